/// Shapes of a scene as calls to Cairo.
#include "render/draw_scene.hpp"

#include <cstring>
#include <numbers>

#include "render/pango_text.hpp"

namespace distsne {
namespace {

void set_color(cairo_t* context, const Color& color) {
  cairo_set_source_rgb(context, static_cast<double>(color.red), static_cast<double>(color.green),
                       static_cast<double>(color.blue));
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
  const PangoLayoutHandle line = make_line(context, text.text, text.size, text.bold);
  int width = 0;
  pango_layout_get_size(line.get(), &width, nullptr);
  const double share = text.align == Align::begin ? 0.0 : text.align == Align::middle ? 0.5 : 1.0;
  const double left = text.x - share * static_cast<double>(width) / PANGO_SCALE;
  PangoLayoutLine* const letters = pango_layout_get_line_readonly(line.get(), 0);
  if (text.halo) {
    cairo_move_to(context, left, text.y);
    pango_cairo_layout_line_path(context, letters);
    set_color(context, *text.halo);
    cairo_set_line_join(context, CAIRO_LINE_JOIN_ROUND);
    cairo_set_line_width(context, halo_width * text.size);
    cairo_stroke(context);
  }
  set_color(context, text.color);
  cairo_move_to(context, left, text.y);
  pango_cairo_show_layout_line(context, letters);
}

template <class Shape>
void draw_all(cairo_t* context, const std::vector<Shape>& shapes) {
  for (const Shape& shape : shapes) {
    draw(context, shape);
  }
}

}  // namespace

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

void draw_scene(cairo_t* context, const Scene& scene) {
  if (scene.background) {
    set_color(context, *scene.background);
    cairo_paint(context);
  }
  draw_all(context, scene.images);
  draw_all(context, scene.bars);
  draw_all(context, scene.lines);
  draw_all(context, scene.discs);
  draw_all(context, scene.texts);
  check_cairo(cairo_status(context));
}

cairo_status_t append_bytes(void* bytes, const unsigned char* data, unsigned int length) {
  static_cast<std::string*>(bytes)->append(reinterpret_cast<const char*>(data), length);
  return CAIRO_STATUS_SUCCESS;
}

}  // namespace distsne
