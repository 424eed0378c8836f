/// A part of the rows, drawn by chance, and what belongs to them.
#pragma once

#include <span>
#include <vector>

#include "distsne/data/matrix.hpp"
#include "distsne/data/sparse_matrix.hpp"
#include "distsne/mpi/communicator.hpp"

namespace distsne {

/// Rows that were drawn, in an order of their own, which is spread evenly over the ranks.
struct Subsample {
  RowPartition all;                 ///< of all rows, evenly
  RowPartition drawn;               ///< of those that were drawn, evenly
  std::vector<GlobalIndex> number;  ///< of each row of this rank: its place among those drawn; -1: it was not

  [[nodiscard]] GlobalIndex rows() const { return drawn.rows(); }
};

/// Collective. Draws each of `rows` rows with the probability `share`, independently, by (seed, draw, row): the same
/// for any number of ranks. They stay in their order. A bootstrap (Efron 1979) draws as many rows as there are with
/// replacement, which leaves 63 % of them, some with more weight than others; drawing without replacement (Politis and
/// Romano 1994, "subsampling") asks the same, how a result depends on the sample, and has no rows that are equal.
[[nodiscard]] Subsample draw_rows(const Communicator& comm, GlobalIndex rows, double share, std::uint64_t seed,
                                  int draw);

/// Collective. The rows and columns that were drawn of a square matrix whose rows stand in another order: `input_row`
/// names the row that each row of this rank is. Rows that have no entries left are left out as well, until each has
/// some; `sample` says so then, and has the rows in the matrix's order.
template <class Real>
[[nodiscard]] SparseMatrix<Real> drawn_part(const Communicator& comm, const SparseMatrix<Real>& matrix,
                                            std::span<const GlobalIndex> input_row, Subsample& sample);

/// Collective. Of rows in the order of the input, evenly spread, those that were drawn.
template <class Real>
[[nodiscard]] DistributedMatrix<Real> drawn_part(const Communicator& comm, const DistributedMatrix<Real>& rows,
                                                 const Subsample& sample);

/// Collective. The other way: all rows in the order of the input, NaN where a row was not drawn.
template <class Real>
[[nodiscard]] Embedding<Real> among_all(const Communicator& comm, const Embedding<Real>& map, const Subsample& sample);

}  // namespace distsne
