/// The way of rows to where they are compared.
#include "pipeline/preparation.hpp"

#include "distsne/reduce/metric.hpp"
#include "distsne/reduce/preprocess.hpp"
#include "reduce/sparse.hpp"

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
template DistributedMatrix<float> prepare_rows(const Communicator&, RawRows<float>&&, const RowTreatment&,
                                               Preparation&);
template DistributedMatrix<double> prepare_rows(const Communicator&, RawRows<double>&&, const RowTreatment&,
                                                Preparation&);

}  // namespace distsne
