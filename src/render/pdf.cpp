/// Drawing a scene on Cairo's PDF surface.
#include "render/pdf.hpp"

#include <cairo-pdf.h>

#include "render/draw_scene.hpp"

namespace distsne {

std::string encode_pdf(const Scene& scene) {
  constexpr double points_per_inch = 72.0;
  const double scale = points_per_inch / scene.dots_per_inch;
  std::string bytes;
  {
    const CairoSurface surface(
        cairo_pdf_surface_create_for_stream(append_bytes, &bytes, scene.width * scale, scene.height * scale));
    check_cairo(cairo_surface_status(surface.get()));
    // The time of drawing would make the bytes differ.
    cairo_pdf_surface_set_metadata(surface.get(), CAIRO_PDF_METADATA_CREATE_DATE, "1970-01-01T00:00:00Z");
    const CairoContext context = make_context(surface.get());
    cairo_scale(context.get(), scale, scale);
    draw_scene(context.get(), scene);
    cairo_show_page(context.get());
    cairo_surface_finish(surface.get());
    check_cairo(cairo_surface_status(surface.get()));
  }
  return bytes;
}

}  // namespace distsne
