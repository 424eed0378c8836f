/// Pictures as SVG.
#pragma once

#include <string>

#include "render/scene.hpp"

namespace distsne {

/// The text of an SVG file: rasters as embedded PNG, so that its size does not grow with the points; everything else as
/// shapes and real text that can be edited. Equal scenes give equal bytes.
[[nodiscard]] std::string encode_svg(const Scene& scene);

}  // namespace distsne
