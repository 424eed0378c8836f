/// Cairo objects that free themselves, and Cairo's status as exceptions.
#pragma once

#include <cairo.h>

#include <memory>
#include <new>
#include <string>

#include "distsne/base/error.hpp"

namespace distsne {

struct CairoFree {
  void operator()(cairo_surface_t* surface) const { cairo_surface_destroy(surface); }
  void operator()(cairo_t* context) const { cairo_destroy(context); }
  void operator()(cairo_pattern_t* pattern) const { cairo_pattern_destroy(pattern); }
  void operator()(cairo_font_options_t* options) const { cairo_font_options_destroy(options); }
};
using CairoSurface = std::unique_ptr<cairo_surface_t, CairoFree>;
using CairoContext = std::unique_ptr<cairo_t, CairoFree>;
using CairoPattern = std::unique_ptr<cairo_pattern_t, CairoFree>;
using CairoFontOptions = std::unique_ptr<cairo_font_options_t, CairoFree>;

inline void check_cairo(cairo_status_t status) {
  if (status == CAIRO_STATUS_NO_MEMORY) {
    throw std::bad_alloc();
  }
  if (status != CAIRO_STATUS_SUCCESS) {
    throw Error(std::string("drawing failed in cairo: ") + cairo_status_to_string(status), ExitCode::failure);
  }
}

/// An image of its own memory.
[[nodiscard]] inline CairoSurface make_surface(cairo_format_t format, int width, int height) {
  CairoSurface surface(cairo_image_surface_create(format, width, height));
  check_cairo(cairo_surface_status(surface.get()));
  return surface;
}

[[nodiscard]] inline CairoContext make_context(cairo_surface_t* surface) {
  CairoContext context(cairo_create(surface));
  check_cairo(cairo_status(context.get()));
  return context;
}

}  // namespace distsne
