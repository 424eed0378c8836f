/// Arrays as NumPy writes them.
#pragma once

#include <string>
#include <vector>

#include "io/binary_numbers.hpp"

namespace distsne {

/// An array as its header describes it.
struct NumpyArray {
  std::string type;
  bool by_columns = false;
  std::vector<GlobalIndex> shape;
  std::uint64_t offset = 0;  ///< of its first value
};

/// The array that some bytes hold; throws Error (bad input) where they hold none. `place`: for messages.
[[nodiscard]] NumpyArray array_in(const Bytes& bytes, const std::string& place);

[[nodiscard]] std::string shape_text(const NumpyArray& array);

/// How the values of a matrix or a list lie; throws Error (bad input) where they are no numbers, or fewer than the
/// shape says.
[[nodiscard]] BinaryLayout layout_of_array(const NumpyArray& array, const Bytes& bytes, const std::string& place);

/// The array as a matrix, whose layout is the state.
[[nodiscard]] InputDescription describe_array(const NumpyArray& array, const Bytes& bytes, const InputOptions& options,
                                              const std::string& place);

}  // namespace distsne
