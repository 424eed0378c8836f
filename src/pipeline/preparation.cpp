/// The way of rows from the file to where they are compared.
#include "pipeline/preparation.hpp"

#include "distsne/io/saved_file.hpp"
#include "distsne/reduce/metric.hpp"
#include "distsne/reduce/preprocess.hpp"
#include "distsne/reduce/sparse.hpp"
#include "pipeline/plan.hpp"

namespace distsne {

template <class Real>
GlobalIndex RawRows<Real>::rows() const {
  return std::visit([](const auto& x) { return x.rows(); }, values);
}

template <class Real>
LocalIndex RawRows<Real>::columns() const {
  return std::visit([](const auto& x) { return x.columns; }, values);
}

template <class Real>
RawRows<Real> read_raw_rows(const Communicator& comm, const InputDescription& input, const RowTreatment& treatment) {
  RawRows<Real> raw;
  if (input.sparse() && treatment.components > 0) {
    raw.values = read_sparse_matrix<Real>(comm, input);
  } else {
    raw.values = read_matrix<Real>(comm, input, origin_for(treatment.metric, treatment.preprocess), &raw.origin);
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

template <class Real>
DistributedMatrix<Real> prepare_rows(const Communicator& comm, RawRows<Real>&& raw, const RowTreatment& treatment,
                                     Preparation& found) {
  found.origin = std::move(raw.origin);
  return std::visit(
      [&](auto& values) -> DistributedMatrix<Real> {
        auto x = std::move(values);
        found.factors = preprocess(comm, x, treatment.preprocess);
        prepare_metric(comm, x, treatment.metric);
        if (treatment.components > 0) {
          if (found.axes.count == 0) {
            found.axes = principal_components(comm, x, treatment.components);
          }
          return principal_scores<Real>(comm, x, found.axes);
        }
        if constexpr (std::is_same_v<decltype(x), DistributedMatrix<Real>>) {
          return x;
        } else {
          throw Error("sparse rows are compared by their principal components only", ExitCode::bad_input);
        }
      },
      raw.values);
}

DistributedMatrix<float> prepare_more_rows(const Communicator& comm, DistributedMatrix<float>&& rows,
                                           const RowTreatment& treatment, const Preparation& found) {
  DistributedMatrix<float> x = std::move(rows);
  preprocess(comm, x, treatment.preprocess, found.factors);
  prepare_metric(comm, x, treatment.metric);
  return found.axes.count == 0 ? std::move(x) : principal_scores<float>(comm, x, found.axes);
}

template struct RawRows<float>;
template struct RawRows<double>;
template RawRows<float> read_raw_rows(const Communicator&, const InputDescription&, const RowTreatment&);
template RawRows<double> read_raw_rows(const Communicator&, const InputDescription&, const RowTreatment&);
template std::uint64_t checksum_of(const Communicator&, const RawRows<float>&);
template std::uint64_t checksum_of(const Communicator&, const RawRows<double>&);
template DistributedMatrix<float> prepare_rows(const Communicator&, RawRows<float>&&, const RowTreatment&,
                                               Preparation&);
template DistributedMatrix<double> prepare_rows(const Communicator&, RawRows<double>&&, const RowTreatment&,
                                                Preparation&);

}  // namespace distsne
