/// One number of each row: a list that a file has beside its matrix, or a column of the matrix.
#pragma once

#include <string>
#include <vector>

#include "io/input.hpp"
#include "io/source.hpp"

namespace distsne {

/// One process. Whether the name is that of a column of the matrix, and of nothing that the file tells of its rows.
[[nodiscard]] bool names_a_column(const RowSource& source, const std::string& name);

/// Collective. The numbers called `name` of the rows of this rank, in even blocks of `input`, which `options` describe:
/// a 1-D dataset beside the matrix or another annotation, else a column, which is there although the input leaves it
/// out (InputOptions::apart). Of a plain HDF5 file each rank reads its own; other annotations are read on rank 0.
/// Missing ones are NaN. Throws Error everywhere (bad input) where there is nothing of that name, or it is no number
/// for each row; `option` names it in messages.
[[nodiscard]] std::vector<double> read_row_numbers(const Communicator& comm, const InputOptions& options,
                                                   const InputDescription& input, const std::string& name,
                                                   const std::string& option);

}  // namespace distsne
