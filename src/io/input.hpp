/// Reading a matrix from a file, each rank its own rows.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "distsne/data/matrix.hpp"
#include "distsne/data/sparse_matrix.hpp"
#include "distsne/mpi/communicator.hpp"

namespace distsne {

struct InputOptions {
  std::string path;
  /// Path of the dataset inside the file; empty: what files of its kind usually hold the rows in.
  std::string dataset;
  /// How the user names the dataset, for messages.
  std::string dataset_option = "--dataset";
  bool transpose = false;    ///< columns of the matrix are the rows
  std::string shape = {};    ///< of numbers without a header: "ROWS,COLUMNS"
  std::string type = "f4";   ///< theirs, as NumPy spells it
  std::string rows = {};     ///< which are taken: "A:B,..." counted from 0, B not among them; empty: all
  std::string where = {};    ///< of these, those with a value of an annotation: "NAME=VALUE,..." or "NAME!=VALUE,..."
  int sample = 0;            ///< of these, so many by chance; 0: all
  std::uint64_t seed = 42;   ///< of that chance
  std::string columns = {};  ///< which are taken: names, numbers and ranges of numbers; empty: all
  std::string apart = {};    ///< the name of one that is left out, if the matrix has it: it says something of the rows
};

/// FILE or FILE:DATASET as a user writes them behind `option`. A colon may be part of the name of a file that exists.
[[nodiscard]] InputOptions file_and_dataset(const std::string& text, const std::string& option);

/// The rows and columns of a file that are taken, where not all are.
struct Selection;

/// What people usually do with values of a kind before they embed them (InputDescription::usual).
inline constexpr const char* usual_for_counts = "counts of cells are usually embedded with --normalize 1e4 --log1p";
inline constexpr const char* usual_for_cytometry =
    "cytometry is usually embedded with --arcsinh 150 (fluorescence) or --arcsinh 5 (mass)";

/// How a matrix lies in a file: row after row, column after column, or as the entries of either that are not zero.
enum class Layout { rows, columns, sparse_rows, sparse_columns };

/// Where a matrix lies in a file, and how large it is.
struct InputDescription {
  std::string path;
  std::string dataset;  ///< full path inside the file
  GlobalIndex rows = 0;
  GlobalIndex columns = 0;
  Layout layout = Layout::rows;
  GlobalIndex entries = 0;                       ///< of sparse layouts, as far as the file says
  std::string format = "HDF5";                   ///< the kind of file, such as AnnData
  std::string note = {};                         ///< what was chosen where there was a choice, for the log
  std::string usual = {};                        ///< what is usually done with such values first; empty: not known
  std::vector<std::string> aside = {};           ///< columns that are left out unless they are named: no measurements
  std::string state = {};                        ///< what the format wants to know again when it opens the file
  std::shared_ptr<const Selection> chosen = {};  ///< of the rows and columns of the file; empty: all of them
  bool signed_integers = false;  ///< stored as integers, all of which 64 bits with a sign hold; RowSource reads these

  [[nodiscard]] bool sparse() const { return layout == Layout::sparse_rows || layout == Layout::sparse_columns; }
};

/// From where the values of a matrix are counted.
enum class Origin {
  of_the_file,  ///< as they are
  /// Where rows lie far from the origin compared with how far apart they are: from a row amid them. For rows of which
  /// nothing but differences count, and which would lose them to rounding.
  of_the_rows
};

/// Collective. Rank 0's description on all ranks.
[[nodiscard]] InputDescription broadcast(const Communicator& comm, InputDescription input);

/// Collective. Looks at the file on rank 0. Throws Error (bad input) everywhere when the file is missing, unreadable,
/// of no known kind, truncated, or has no such dataset, or when the dataset is not a matrix of integers or floats.
[[nodiscard]] InputDescription describe_input(const Communicator& comm, const InputOptions& options);

/// Collective. Throws Error (bad input) everywhere when a matrix is too small to embed: fewer than 2 rows, no columns.
void require_embeddable(const Communicator& comm, const InputDescription& input);

/// Collective. Reads the rows of each rank; any integer or float type, chunking and compression is converted to Real.
/// Throws Error everywhere when reading fails (I/O) or a value is NaN, infinite or too large for Real (bad input, with
/// row and column), and Stopped. `taken_off` becomes what was subtracted from each column for `origin`, or empty.
template <class Real>
[[nodiscard]] DistributedMatrix<Real> read_matrix(const Communicator& comm, const InputDescription& input,
                                                  Origin origin = Origin::of_the_file,
                                                  std::vector<double>* taken_off = nullptr);

/// Collective. The rows [first_row, first_row + count) of a matrix on this rank, any number on any rank, as one matrix,
/// less `taken_off` where that is not empty. Throws Error everywhere as read_matrix does.
[[nodiscard]] DistributedMatrix<float> read_some_rows(const Communicator& comm, const InputDescription& input,
                                                      GlobalIndex first_row, LocalIndex count,
                                                      std::span<const double> taken_off);

/// Collective. The same for sparse rows, which stay so; zeros that stand in the file are kept.
template <class Real>
[[nodiscard]] SparseMatrix<Real> read_sparse_matrix(const Communicator& comm, const InputDescription& input);

extern template SparseMatrix<float> read_sparse_matrix(const Communicator&, const InputDescription&);
extern template SparseMatrix<double> read_sparse_matrix(const Communicator&, const InputDescription&);
extern template DistributedMatrix<float> read_matrix(const Communicator&, const InputDescription&, Origin,
                                                     std::vector<double>*);
extern template DistributedMatrix<double> read_matrix(const Communicator&, const InputDescription&, Origin,
                                                      std::vector<double>*);

}  // namespace distsne
