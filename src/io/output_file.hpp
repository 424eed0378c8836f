/// A file that is either whole or what it was before: written under another name, then moved into place.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>

#include "base/output_name.hpp"

namespace distsne {

/// A file that one process writes to; others may write to other places of it at the same time. Every failure throws
/// Error (I/O) with the name of the file and the reason.
class OutputFile {
 public:
  enum class Mode { create, join };  // anew, or one that another process has created

  OutputFile(std::string path, Mode mode);
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;
  OutputFile(OutputFile&&) = delete;
  OutputFile& operator=(OutputFile&&) = delete;
  ~OutputFile();

  void set_size(std::uint64_t bytes);
  void write(std::span<const std::byte> bytes, std::uint64_t offset);
  /// To be called at the end: what was written has reached the disk when it returns.
  void close();

 private:
  [[noreturn]] void fail(const std::string& hint = "") const;

  std::string path_;
  int descriptor_;
};

/// One process. Writes `output` as a copy of `original`, which it may be itself, that `change(path)` has changed under
/// a temporary name: it is whole at any moment, before or after. Throws Error (I/O), and what `change` throws.
void write_changed_copy(const std::string& original, const std::string& output,
                        const std::function<void(const std::string& path)>& change);

/// One process. Gives the file with the temporary name its own name; throws Error (I/O).
void move_into_place(const std::string& path);

}  // namespace distsne
