/// Makes HDF5 files that the library can read and that are odd in any way that the bytes of an input tell. They are
/// cut short at times, but no bytes in them are changed: the crashes on damaged metadata that HDF5 1.10 is known for
/// would hide what the readers here do wrong.
#pragma once

#include <hdf5.h>

#include <functional>
#include <string>
#include <vector>

#include "fuzz/bytes.hpp"

namespace distsne::fuzz {

/// A dataset as a reader wants it; each byte of 0 in the input keeps one property of it.
struct Wanted {
  std::string name;
  std::vector<hsize_t> extent;
  hid_t type = H5T_IEEE_F64LE;
  /// Element i.
  std::function<double(hsize_t i)> value = [](hsize_t i) { return static_cast<double>(i * 7 % 5); };
};

/// Any of the types that HDF5 has; for use where a byte says so. The caller closes it.
[[nodiscard]] hid_t odd_type(Bytes& bytes);

/// A number that is more often at some border than not.
[[nodiscard]] double odd_number(Bytes& bytes);

class FileMaker {
 public:
  /// Creates the file; of another format and with other properties if the bytes say so.
  FileMaker(Bytes& bytes, std::string path);
  FileMaker(const FileMaker&) = delete;
  FileMaker& operator=(const FileMaker&) = delete;
  FileMaker(FileMaker&&) = delete;
  FileMaker& operator=(FileMaker&&) = delete;
  ~FileMaker();

  /// Adds a dataset or what is put in its place: nothing, a group, a link that leads somewhere or nowhere.
  void dataset(const Wanted& wanted);
  /// Adds a 1-D dataset of strings, of fixed or variable length, which need not be UTF-8.
  void strings(const std::string& name, hsize_t count);
  /// Adds a dataset of bytes; as dataset() does, but with this content.
  void text(const std::string& name, const std::string& text);
  /// Adds an attribute of the root, a number or a string, or of any other type.
  void attribute(const std::string& name, double number);
  void attribute(const std::string& name, const std::string& text);

  /// Closes the file, and cuts it short if the bytes say so.
  void finish();

 private:
  bool put_something_else(const std::string& name);
  void add(const std::string& name, const std::vector<hsize_t>& extent, hid_t type, hid_t memory_type,
           const void* values);
  void write_odd(hid_t dataset, hid_t type, std::size_t count);

  Bytes& bytes_;
  std::string path_;
  hid_t file_ = H5I_INVALID_HID;
};

}  // namespace distsne::fuzz
