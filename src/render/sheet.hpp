/// Several pictures in one.
#pragma once

#include <vector>

#include "render/picture.hpp"

namespace distsne {

/// Columns of a sheet of so many pictures that is about as wide as high.
[[nodiscard]] std::size_t sheet_columns(std::size_t pictures);

/// The pictures in rows, from the left, each in the middle of a cell that is as large as the largest of its column and
/// its row; title and subtitle of the options above them. Notes are joined, equal ones once.
[[nodiscard]] Scene make_sheet(const std::vector<Scene>& pictures, const PictureOptions& options);

}  // namespace distsne
