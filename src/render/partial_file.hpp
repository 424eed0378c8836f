/// A file that appears when it is whole.
#pragma once

#include <string>
#include <string_view>

namespace distsne {

/// A file under a temporary name beside `path`, or beside what it is a symbolic link to, which goes away again unless
/// it is put in place. All functions throw Error (I/O) when writing fails.
class PartialFile {
 public:
  explicit PartialFile(const std::string& path);
  PartialFile(const PartialFile&) = delete;
  PartialFile& operator=(const PartialFile&) = delete;
  PartialFile(PartialFile&&) = delete;
  PartialFile& operator=(PartialFile&&) = delete;
  ~PartialFile();

  void write(std::string_view bytes);
  [[nodiscard]] std::size_t size() const { return size_; }
  /// Flushes the file and renames it to its path; a link there stays, and leads to the file.
  void put_in_place();
  /// The same, under a name that is known only now.
  void put_in_place(const std::string& path);

 private:
  std::string path_;
  std::string partial_;
  int descriptor_;
  std::size_t size_ = 0;
  bool in_place_ = false;
};

}  // namespace distsne
