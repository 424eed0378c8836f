/// Reading rows as dense or as sparse ones.
#include "pipeline/input_rows.hpp"

#include "io/saved_file.hpp"

namespace distsne {

template <class Real>
RawRows<Real> read_raw_rows(const Communicator& comm, const InputDescription& input, const RowTreatment& treatment) {
  RawRows<Real> raw;
  if (input.sparse() && treatment.components > 0) {
    raw.values = read_sparse_matrix<Real>(comm, input);
  } else {
    raw.values =
        read_matrix<Real>(comm, input, any_origin(treatment) ? Origin::of_the_rows : Origin::of_the_file, &raw.origin);
  }
  return raw;
}

template <class Real>
std::uint64_t checksum_of(const Communicator& comm, const RawRows<Real>& rows) {
  std::uint64_t own = 0;
  if (const auto* dense = std::get_if<DistributedMatrix<Real>>(&rows.values)) {
    own = checksum(std::span<const Real>(dense->values), dense->first_row() * dense->columns);
  } else {
    const auto& sparse = std::get<SparseMatrix<Real>>(rows.values);
    std::int64_t before = std::ssize(sparse.values);
    comm.exclusive_sum(std::span(&before, 1));
    own = checksum(std::span<const Real>(sparse.values), before);
  }
  const auto all = static_cast<std::uint64_t>(comm.sum(static_cast<std::int64_t>(own)));
  return all == 0 ? 1 : all;
}

template RawRows<float> read_raw_rows(const Communicator&, const InputDescription&, const RowTreatment&);
template RawRows<double> read_raw_rows(const Communicator&, const InputDescription&, const RowTreatment&);
template std::uint64_t checksum_of(const Communicator&, const RawRows<float>&);
template std::uint64_t checksum_of(const Communicator&, const RawRows<double>&);

}  // namespace distsne
