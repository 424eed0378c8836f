/// The variables of a MATLAB 5 file ("MAT-File Format", The MathWorks, chapter 1: MATLAB 5 to 7, level 5).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "distsne/base/types.hpp"
#include "io/binary_numbers.hpp"
#include "io/bytes.hpp"

namespace distsne {

/// A list of numbers in a file.
struct MatlabNumbers {
  NumberType type;
  std::uint64_t offset = 0;  ///< in the bytes of its variable
  GlobalIndex length = 0;
};

/// A variable, or a field of a structure, without what is in it.
struct MatlabVariable {
  enum class Kind { numbers, truths, characters, cells, sparse, other };

  std::string name;  ///< as MATLAB writes it: X, or s.X for a field
  Kind kind = Kind::other;
  bool complex = false;
  bool integers = false;                ///< of MATLAB's integer classes
  std::vector<GlobalIndex> dimensions;  ///< two or more
  MatlabNumbers values;                 ///< of numbers, truths and characters by columns; of sparse: its entries
  MatlabNumbers rows;                   ///< of sparse: the row of each entry
  MatlabNumbers begins;                 ///< of sparse: the first entry of each column, and the end
  std::uint64_t cells = 0;              ///< where those of a cell array begin
  std::uint64_t end = 0;                ///< where its element ends
  std::uint64_t element = 0;            ///< the place in the file of the element of the workspace that it is in

  /// How many of one it is a list; -1: it is none.
  [[nodiscard]] GlobalIndex length() const;
};

/// One process has the file open. All throw Error: bad input where it is damaged, I/O when reading fails.
class MatlabFile {
 public:
  explicit MatlabFile(const std::string& path);

  /// Calls take(variable) for the variables of the workspace and the fields of single structures among them, in the
  /// order of the file.
  void for_variables(const std::function<void(const MatlabVariable&)>& take) const;
  /// The unpacked bytes of the element that a variable is in.
  [[nodiscard]] std::unique_ptr<Bytes> bytes_of(const MatlabVariable& variable) const;
  /// The words of a cell array of texts, or of the rows of a matrix of characters; none where it is another.
  [[nodiscard]] std::vector<std::string> words_of(const MatlabVariable& variable) const;

 private:
  [[nodiscard]] std::unique_ptr<Bytes> element_at(std::uint64_t place, std::uint64_t& after) const;

  std::string path_;
  std::unique_ptr<Bytes> file_;
  bool big_endian_ = false;
};

/// Whether a file begins as such files do.
[[nodiscard]] bool is_matlab5(const std::string& head);

}  // namespace distsne
