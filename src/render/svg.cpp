/// Writing a scene as SVG elements.
#include "render/svg.hpp"

#include <fmt/format.h>

#include <array>

#include "render/png.hpp"
#include "render/text.hpp"

namespace distsne {
namespace {

std::string hex(const Color& color) { return fmt::format("#{:06x}", pixel_of(color, 1.0F) & 0xFFFFFFU); }

std::string base64(const std::string& bytes) {
  constexpr const char* digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 3; ++k) {
      group = group << 8U | (i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0U);
    }
    for (std::size_t k = 0; k < 4; ++k) {
      text += i + k > bytes.size() ? '=' : digits[group >> (18U - 6U * k) & 63U];
    }
  }
  return text;
}

std::string escaped(const std::string& text) {
  std::string result;
  for (const char c : text) {
    switch (c) {
      case '&':
        result += "&amp;";
        break;
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      default:
        result += c;
    }
  }
  return result;
}

std::string element(const ImageShape& image, std::size_t /*number*/) {
  return fmt::format(
      "<image x=\"{:.2f}\" y=\"{:.2f}\" width=\"{}\" height=\"{}\" xlink:href=\"data:image/png;base64,{}\"/>\n",
      image.x, image.y, image.raster.width, image.raster.height, base64(encode_png(image.raster)));
}

std::string element(const BarShape& bar, std::size_t number) {
  std::string text = fmt::format("<linearGradient id=\"bar{}\" x1=\"0\" y1=\"1\" x2=\"0\" y2=\"0\">\n", number);
  const auto last = static_cast<double>(bar.colors.size() - 1);
  for (std::size_t i = 0; i < bar.colors.size(); ++i) {
    text +=
        fmt::format("<stop offset=\"{:.4f}\" stop-color=\"{}\"/>\n", static_cast<double>(i) / last, hex(bar.colors[i]));
  }
  return text + fmt::format(
                    "</linearGradient>\n<rect x=\"{:.2f}\" y=\"{:.2f}\" width=\"{:.2f}\" height=\"{:.2f}\" "
                    "fill=\"url(#bar{})\"/>\n",
                    bar.x, bar.y, bar.width, bar.height, number);
}

std::string element(const LineShape& line, std::size_t /*number*/) {
  return fmt::format(
      "<line x1=\"{:.2f}\" y1=\"{:.2f}\" x2=\"{:.2f}\" y2=\"{:.2f}\" stroke=\"{}\" stroke-width=\"{:.2f}\"/>\n",
      line.x1, line.y1, line.x2, line.y2, hex(line.color), line.width);
}

std::string element(const DiscShape& disc, std::size_t /*number*/) {
  return fmt::format("<circle cx=\"{:.2f}\" cy=\"{:.2f}\" r=\"{:.2f}\" fill=\"{}\"/>\n", disc.x, disc.y, disc.radius,
                     hex(disc.color));
}

std::string element(const TextShape& text, std::size_t /*number*/) {
  constexpr std::array<const char*, 3> anchors{"", " text-anchor=\"middle\"", " text-anchor=\"end\""};
  const std::string halo =
      text.halo ? fmt::format(" stroke=\"{}\" stroke-width=\"{:.2f}\" stroke-linejoin=\"round\" paint-order=\"stroke\"",
                              hex(*text.halo), halo_width * text.size)
                : "";
  return fmt::format("<text x=\"{:.2f}\" y=\"{:.2f}\" font-size=\"{:.2f}\" fill=\"{}\"{}{}{}>{}</text>\n", text.x,
                     text.y, text.size, hex(text.color), text.bold ? " font-weight=\"bold\"" : "",
                     anchors[static_cast<std::size_t>(text.align)], halo, escaped(text.text));
}

template <class Shape>
std::string elements(const std::vector<Shape>& shapes) {
  std::string text;
  for (std::size_t i = 0; i < shapes.size(); ++i) {
    text += element(shapes[i], i);
  }
  return text;
}

}  // namespace

std::string encode_svg(const Scene& scene) {
  std::string svg = fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" width=\"{0}\" "
      "height=\"{1}\" viewBox=\"0 0 {0} {1}\" font-family=\"DejaVu Sans, Noto Sans, Verdana, Helvetica, Arial, "
      "sans-serif\">\n",
      scene.width, scene.height);
  if (scene.background) {
    svg += fmt::format("<rect width=\"{}\" height=\"{}\" fill=\"{}\"/>\n", scene.width, scene.height,
                       hex(*scene.background));
  }
  svg += elements(scene.images) + elements(scene.bars) + elements(scene.lines) + elements(scene.discs) +
         elements(scene.texts);
  return svg + "</svg>\n";
}

}  // namespace distsne
