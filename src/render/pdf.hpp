/// Pictures as PDF.
#pragma once

#include <string>

#include "render/scene.hpp"

namespace distsne {

/// The bytes of a PDF file of one page: rasters as images, the rest as shapes, and text that can be searched, with its
/// fonts embedded. Equal scenes give equal bytes.
[[nodiscard]] std::string encode_pdf(const Scene& scene);

}  // namespace distsne
