/// Cells of a sheet.
#include "render/sheet.hpp"

#include <algorithm>
#include <cmath>

#include "render/legend.hpp"
#include "render/style.hpp"
#include "render/text.hpp"

namespace distsne {

std::size_t sheet_columns(std::size_t pictures) {
  return static_cast<std::size_t>(std::ceil(std::sqrt(static_cast<double>(pictures)) - 1e-9));
}

Scene make_sheet(const std::vector<Scene>& pictures, const PictureOptions& options) {
  const Style style = style_of(options.size, options.background);
  const std::size_t columns = sheet_columns(pictures.size());
  const std::size_t rows = divide_up(pictures.size(), columns);
  std::vector<int> widths(columns, 0);
  std::vector<int> heights(rows, 0);
  for (std::size_t i = 0; i < pictures.size(); ++i) {
    widths[i % columns] = std::max(widths[i % columns], pictures[i].width);
    heights[i / columns] = std::max(heights[i / columns], pictures[i].height);
  }
  Scene sheet;
  sheet.dots_per_inch = options.dots_per_inch;
  if (options.background != Background::transparent) {
    sheet.background = style.ground;
  }
  for (const int width : widths) {
    sheet.width += width;
  }
  double top = style.margin;
  for (const auto& [text, font, color] : {std::tuple{clean_text(options.title), style.title_font, style.ink},
                                          std::tuple{clean_text(options.subtitle), style.font, style.faint}}) {
    if (!text.empty()) {
      sheet.texts.push_back({style.margin, top + font, font, shortened(text, font, sheet.width - 2.0 * style.margin),
                             color, false, Align::begin, std::nullopt});
      top += 1.5 * font;
    }
  }
  top = sheet.texts.empty() ? 0.0 : std::round(top);
  for (std::size_t row = 0; row < rows; ++row) {
    double left = 0.0;
    for (std::size_t column = 0; column < columns && row * columns + column < pictures.size(); ++column) {
      const Scene& picture = pictures[row * columns + column];
      place_shapes(sheet, picture, left + std::floor((widths[column] - picture.width) / 2.0), top);
      left += widths[column];
      for (const std::string& note : picture.notes) {
        if (std::find(sheet.notes.begin(), sheet.notes.end(), note) == sheet.notes.end()) {
          sheet.notes.push_back(note);
        }
      }
    }
    top += heights[row];
  }
  sheet.height = static_cast<int>(std::lround(top));
  return sheet;
}

}  // namespace distsne
