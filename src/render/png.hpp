/// Pictures as PNG.
#pragma once

#include <string>

#include "render/scene.hpp"

namespace distsne {

/// The bytes of a PNG file; equal scenes give equal bytes. Cairo's own writer makes them: it draws the text anyway, and
/// nothing that libpng could add is needed.
[[nodiscard]] std::string encode_png(const Scene& scene);
[[nodiscard]] std::string encode_png(const Raster& raster);

}  // namespace distsne
