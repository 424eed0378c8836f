/// Drawing a scene with Cairo.
#include "distsne/render/png.hpp"

#include <cstring>
#include <numbers>

#include "render/cairo_handle.hpp"

namespace distsne {
namespace {

void set_color(cairo_t* context, const Color& color) {
  cairo_set_source_rgb(context, static_cast<double>(color.red), static_cast<double>(color.green),
                       static_cast<double>(color.blue));
}

CairoSurface surface_of(const Raster& raster) {
  CairoSurface surface = make_surface(CAIRO_FORMAT_ARGB32, raster.width, raster.height);
  cairo_surface_flush(surface.get());
  unsigned char* const data = cairo_image_surface_get_data(surface.get());
  const auto stride = static_cast<std::size_t>(cairo_image_surface_get_stride(surface.get()));
  const auto row_bytes = static_cast<std::size_t>(raster.width) * sizeof(std::uint32_t);
  for (int y = 0; y < raster.height; ++y) {
    std::memcpy(data + static_cast<std::size_t>(y) * stride, raster.pixels.data() + raster.index(0, y), row_bytes);
  }
  cairo_surface_mark_dirty(surface.get());
  return surface;
}

void draw(cairo_t* context, const ImageShape& image) {
  const CairoSurface surface = surface_of(image.raster);
  cairo_set_source_surface(context, surface.get(), image.x, image.y);
  cairo_paint(context);
}

void draw(cairo_t* context, const BarShape& bar) {
  const CairoPattern pattern(cairo_pattern_create_linear(0.0, bar.y + bar.height, 0.0, bar.y));
  const auto last = static_cast<double>(bar.colors.size() - 1);
  for (std::size_t i = 0; i < bar.colors.size(); ++i) {
    const Color& color = bar.colors[i];
    cairo_pattern_add_color_stop_rgb(pattern.get(), static_cast<double>(i) / last, static_cast<double>(color.red),
                                     static_cast<double>(color.green), static_cast<double>(color.blue));
  }
  cairo_rectangle(context, bar.x, bar.y, bar.width, bar.height);
  cairo_set_source(context, pattern.get());
  cairo_fill(context);
}

void draw(cairo_t* context, const LineShape& line) {
  set_color(context, line.color);
  cairo_set_line_width(context, line.width);
  cairo_move_to(context, line.x1, line.y1);
  cairo_line_to(context, line.x2, line.y2);
  cairo_stroke(context);
}

void draw(cairo_t* context, const DiscShape& disc) {
  set_color(context, disc.color);
  cairo_arc(context, disc.x, disc.y, disc.radius, 0.0, 2.0 * std::numbers::pi);
  cairo_fill(context);
}

void draw(cairo_t* context, const TextShape& text) {
  set_color(context, text.color);
  select_font(context, text.size, text.bold);
  cairo_move_to(context, text.ends_at_x ? text.x - text_width(text.text, text.size, text.bold) : text.x, text.y);
  cairo_show_text(context, text.text.c_str());
}

template <class Shape>
void draw_all(cairo_t* context, const std::vector<Shape>& shapes) {
  for (const Shape& shape : shapes) {
    draw(context, shape);
  }
}

cairo_status_t append(void* bytes, const unsigned char* data, unsigned int length) {
  static_cast<std::string*>(bytes)->append(reinterpret_cast<const char*>(data), length);
  return CAIRO_STATUS_SUCCESS;
}

std::string encode(cairo_surface_t* surface) {
  std::string bytes;
  check_cairo(cairo_surface_write_to_png_stream(surface, append, &bytes));
  return bytes;
}

}  // namespace

std::string encode_png(const Scene& scene) {
  const cairo_format_t format = scene.background ? CAIRO_FORMAT_RGB24 : CAIRO_FORMAT_ARGB32;
  const CairoSurface surface = make_surface(format, scene.width, scene.height);
  const CairoContext context = make_context(surface.get());
  if (scene.background) {
    set_color(context.get(), *scene.background);
    cairo_paint(context.get());
  }
  draw_all(context.get(), scene.images);
  draw_all(context.get(), scene.bars);
  draw_all(context.get(), scene.lines);
  draw_all(context.get(), scene.discs);
  draw_all(context.get(), scene.texts);
  check_cairo(cairo_status(context.get()));
  return encode(surface.get());
}

std::string encode_png(const Raster& raster) { return encode(surface_of(raster).get()); }

}  // namespace distsne
