/// Tables that HDF5 holds as records, a field for each column.
#pragma once

#include <functional>

#include "io/hdf5_tree.hpp"

namespace distsne {

/// Calls take(column) for each field of numbers, words or truths of a list of `rows` records; for none where it is
/// something else.
void for_record_fields(const Hdf5Tree& tree, const std::string& dataset, GlobalIndex rows,
                       const std::function<void(RowAnnotation&&)>& take);

}  // namespace distsne
