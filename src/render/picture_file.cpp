/// Encoding a picture and putting it in place whole.
#include "render/picture_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <string_view>

#include "render/partial_file.hpp"
#include "render/pdf.hpp"
#include "render/png.hpp"
#include "render/svg.hpp"

namespace distsne {
namespace {

std::string encode(PictureFormat format, const Scene& scene) {
  switch (format) {
    case PictureFormat::png:
      return encode_png(scene);
    case PictureFormat::svg:
      return encode_svg(scene);
    case PictureFormat::pdf:
      break;
  }
  return encode_pdf(scene);
}

}  // namespace

PictureFormat format_of(const std::string& path) {
  std::string ending = std::filesystem::path(path).extension().string();
  std::transform(ending.begin(), ending.end(), ending.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (ending == ".png") {
    return PictureFormat::png;
  }
  if (ending == ".svg") {
    return PictureFormat::svg;
  }
  if (ending == ".pdf") {
    return PictureFormat::pdf;
  }
  throw Error(
      fmt::format("cannot write '{}': pictures are PNG, SVG or PDF files; let the name end in .png, .svg or .pdf",
                  path),
      ExitCode::bad_input);
}

void write_picture(const std::string& path, const Scene& scene) { write_bytes(path, encode(format_of(path), scene)); }

void write_bytes(const std::string& path, const std::string& bytes) {
  PartialFile file(path);
  file.write(bytes);
  file.put_in_place();
}

}  // namespace distsne
