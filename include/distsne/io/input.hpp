/// Reading a matrix from an HDF5 file, each rank its own rows.
#pragma once

#include <string>

#include "distsne/data/matrix.hpp"
#include "distsne/mpi/communicator.hpp"

namespace distsne {

struct InputOptions {
  std::string path;
  /// Path of the dataset inside the file; empty: the file's only 2-D dataset of numbers.
  std::string dataset;
  /// How the user names the dataset, for messages.
  std::string dataset_option = "--dataset";
};

/// Where a matrix lies in a file, and how large it is.
struct InputDescription {
  std::string path;
  std::string dataset;  ///< full path inside the file
  GlobalIndex rows = 0;
  GlobalIndex columns = 0;
  bool signed_integers = false;  ///< stored as integers, all of which 64 bits with a sign hold
};

/// From where the values of a matrix are counted.
enum class Origin {
  of_the_file,  ///< as they are
  /// Where rows lie far from the origin compared with how far apart they are: from a row amid them. For rows of which
  /// nothing but differences count, and which would lose them to rounding.
  of_the_rows
};

/// Collective. Looks at the file on rank 0. Throws Error (bad input) everywhere when the file is missing, unreadable,
/// not HDF5, truncated, or has no such dataset, or when the dataset is not a 2-D array of integers or floats.
[[nodiscard]] InputDescription describe_input(const Communicator& comm, const InputOptions& options);

/// Collective. Throws Error (bad input) everywhere when a matrix is too small to embed: fewer than 2 rows, no columns.
void require_embeddable(const Communicator& comm, const InputDescription& input);

/// Collective. Reads the rows of each rank; any integer or float type, chunking and compression is converted to Real.
/// Throws Error everywhere when reading fails (I/O) or a value is NaN, infinite or too large for Real (bad input, with
/// row and column), and Stopped.
template <class Real>
[[nodiscard]] DistributedMatrix<Real> read_matrix(const Communicator& comm, const InputDescription& input,
                                                  Origin origin = Origin::of_the_file);

extern template DistributedMatrix<float> read_matrix(const Communicator&, const InputDescription&, Origin);
extern template DistributedMatrix<double> read_matrix(const Communicator&, const InputDescription&, Origin);

}  // namespace distsne
