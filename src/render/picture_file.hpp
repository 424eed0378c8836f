/// The file that a picture becomes.
#pragma once

#include <string>

#include "render/scene.hpp"

namespace distsne {

enum class PictureFormat { png, svg, pdf };

/// The format that the ending of a file name asks for; throws Error (bad input) when it is not .png, .svg or
/// .pdf.
[[nodiscard]] PictureFormat format_of(const std::string& path);

/// One process. Writes the picture under a temporary name beside `path`, flushes it and renames it, so that `path` is
/// either the whole picture or what it was before. Throws Error (I/O) when writing fails.
void write_picture(const std::string& path, const Scene& scene);

/// The same for the bytes of any file.
void write_bytes(const std::string& path, const std::string& bytes);

}  // namespace distsne
