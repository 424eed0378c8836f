/// Text files, plain or packed by gzip, read line by line.
#pragma once

#include <zlib.h>

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace distsne {

/// A text file that one process reads from any place on. Throws Error: I/O when reading fails, bad input when what is
/// packed is truncated or damaged.
class TextFile {
 public:
  explicit TextFile(const std::string& path);
  TextFile(const TextFile&) = delete;
  TextFile& operator=(const TextFile&) = delete;
  TextFile(TextFile&&) = delete;
  TextFile& operator=(TextFile&&) = delete;
  ~TextFile();

  /// Whether it is packed: then a place far on is reached by unpacking all before it.
  [[nodiscard]] bool packed() const;
  /// Calls use(block, offset of the block) for blocks of whole lines from `offset` on, where a line begins, until it
  /// returns false or the file ends. With `quotes`, ends of lines between double quotes end none. A line without an end
  /// at the end of the file gets one.
  void blocks(std::uint64_t offset, bool quotes,
              const std::function<bool(std::string_view block, std::uint64_t offset)>& use);

 private:
  std::size_t read(char* to, std::size_t size);

  std::string path_;
  gzFile file_;
};

/// The next line of `text`, which is taken from it, without its end; with `quotes` it may go on beyond ends of lines.
[[nodiscard]] std::string_view next_line(std::string_view& text, bool quotes = false);

/// The first `size` bytes of a file, unpacked; fewer where it is shorter or damaged.
[[nodiscard]] std::string text_head(const std::string& path, std::size_t size);

}  // namespace distsne
