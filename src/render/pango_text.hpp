/// Lines of text laid out by Pango: any script, each letter from a font that has it.
#pragma once

#include <pango/pangocairo.h>

#include <algorithm>
#include <memory>
#include <string>

#include "render/cairo_handle.hpp"
#include "render/text.hpp"

namespace distsne {

struct GObjectFree {
  void operator()(void* object) const { g_object_unref(object); }
};
using PangoLayoutHandle = std::unique_ptr<PangoLayout, GObjectFree>;

/// One line of clean text with letters of `size` pixels, drawn the same way whatever the desktop's settings are.
[[nodiscard]] inline PangoLayoutHandle make_line(cairo_t* context, const std::string& text, double size, bool bold) {
  PangoLayoutHandle layout(pango_cairo_create_layout(context));
  PangoContext* const pango = pango_layout_get_context(layout.get());
  const CairoFontOptions options(cairo_font_options_create());
  cairo_font_options_set_antialias(options.get(), CAIRO_ANTIALIAS_GRAY);
  cairo_font_options_set_hint_style(options.get(), CAIRO_HINT_STYLE_NONE);
  cairo_font_options_set_hint_metrics(options.get(), CAIRO_HINT_METRICS_OFF);
  pango_cairo_context_set_font_options(pango, options.get());
  pango_context_set_round_glyph_positions(pango, FALSE);
  const std::unique_ptr<PangoFontDescription, decltype(&pango_font_description_free)> font(pango_font_description_new(),
                                                                                           pango_font_description_free);
  pango_font_description_set_family(font.get(), font_family);
  pango_font_description_set_weight(font.get(), bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
  pango_font_description_set_absolute_size(font.get(), size * PANGO_SCALE);
  pango_layout_set_font_description(layout.get(), font.get());
  pango_layout_set_single_paragraph_mode(layout.get(), TRUE);
  pango_layout_set_text(layout.get(), text.c_str(), static_cast<int>(std::min<std::size_t>(text.size(), 1U << 20U)));
  return layout;
}

}  // namespace distsne
