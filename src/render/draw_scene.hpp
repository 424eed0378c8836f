/// A scene on any surface of Cairo.
#pragma once

#include "render/cairo_handle.hpp"
#include "render/scene.hpp"

namespace distsne {

/// Draws the background and all shapes. Throws Error when Cairo fails.
void draw_scene(cairo_t* context, const Scene& scene);

/// A surface that holds the pixels.
[[nodiscard]] CairoSurface surface_of(const Raster& raster);

/// For Cairo's writers: appends to the std::string that `bytes` points to.
cairo_status_t append_bytes(void* bytes, const unsigned char* data, unsigned int length);

}  // namespace distsne
