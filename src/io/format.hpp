/// Kinds of files that rows are read from, told apart by what is in them.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "io/input.hpp"
#include "io/source.hpp"

namespace distsne {

/// The beginning of a file, and its name, which is asked only where contents do not tell.
struct FileHead {
  std::string path;
  std::string bytes;  ///< up to 64 KiB; of a gzip file, what it unpacks to
  bool gzip = false;
};

/// A kind of file. Functions run on one process and throw Error (bad input) with a message for the user.
struct Format {
  std::string_view name;  ///< as in InputDescription::format; of HDF5 that of plain files
  bool (*takes)(const FileHead& head);
  InputDescription (*describe)(const InputOptions& options);
  std::unique_ptr<RowSource> (*open)(const InputDescription& input);
};

/// All of them, in the order in which they are asked whether a file is theirs.
[[nodiscard]] std::span<const Format* const> formats();

extern const Format numpy_array;
extern const Format numpy_archive;
extern const Format matlab5;
extern const Format flow_cytometry;
extern const Format matrix_market;
extern const Format vectors;
extern const Format raw_numbers;  ///< only where the user says how the numbers lie
extern const Format text_table;

/// HDF5 files, also those of programs that have a way of their own to lay them out.
[[nodiscard]] bool is_hdf5(const FileHead& head);
[[nodiscard]] InputDescription describe_hdf5(const InputOptions& options);
[[nodiscard]] std::unique_ptr<RowSource> open_hdf5(const InputDescription& input);

[[nodiscard]] FileHead head_of(const std::string& path);

/// Looks into a file and chooses the matrix to read.
[[nodiscard]] InputDescription describe_file(const InputOptions& options);

/// What was found, with rows for columns.
[[nodiscard]] InputDescription transposed(InputDescription input);

}  // namespace distsne
