/// Encoding a picture and putting it in place whole.
#include "distsne/render/picture_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <string_view>
#include <utility>

#include "distsne/render/pdf.hpp"
#include "distsne/render/png.hpp"
#include "distsne/render/svg.hpp"

namespace distsne {
namespace {

Error failure(const std::string& path, int reason) {
  return Error(fmt::format("writing '{}' failed: {}", path, std::strerror(reason)), ExitCode::io_failure);
}

/// A file under a temporary name, which goes away again unless it is put in place.
class PartialFile {
 public:
  explicit PartialFile(const std::string& path)
      : path_(path),
        partial_(path + ".partial"),
        descriptor_(::open(partial_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666)) {
    if (descriptor_ < 0) {
      throw failure(partial_, errno);
    }
  }
  PartialFile(const PartialFile&) = delete;
  PartialFile& operator=(const PartialFile&) = delete;
  PartialFile(PartialFile&&) = delete;
  PartialFile& operator=(PartialFile&&) = delete;
  ~PartialFile() {
    if (descriptor_ >= 0) {
      ::close(descriptor_);
    }
    if (!in_place_) {
      ::unlink(partial_.c_str());
    }
  }

  void write(std::string_view bytes) const {
    while (!bytes.empty()) {
      const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
      if (written < 0 && errno != EINTR) {
        throw failure(partial_, errno);
      }
      bytes.remove_prefix(static_cast<std::size_t>(std::max<ssize_t>(0, written)));
    }
  }

  void put_in_place() {
    if (::fsync(descriptor_) != 0 || ::close(std::exchange(descriptor_, -1)) != 0) {
      throw failure(partial_, errno);
    }
    if (std::rename(partial_.c_str(), path_.c_str()) != 0) {
      throw failure(path_, errno);
    }
    in_place_ = true;
  }

 private:
  std::string path_;
  std::string partial_;
  int descriptor_;
  bool in_place_ = false;
};

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
