/// Drawing a scene into pixels, and Cairo's writer of PNG.
#include "render/png.hpp"

#include "render/draw_scene.hpp"

namespace distsne {
namespace {

std::string encode(cairo_surface_t* surface) {
  std::string bytes;
  check_cairo(cairo_surface_write_to_png_stream(surface, append_bytes, &bytes));
  return bytes;
}

}  // namespace

std::string encode_png(const Scene& scene) {
  const cairo_format_t format = scene.background ? CAIRO_FORMAT_RGB24 : CAIRO_FORMAT_ARGB32;
  const CairoSurface surface = make_surface(format, scene.width, scene.height);
  const CairoContext context = make_context(surface.get());
  draw_scene(context.get(), scene);
  return encode(surface.get());
}

std::string encode_png(const Raster& raster) { return encode(surface_of(raster).get()); }

}  // namespace distsne
