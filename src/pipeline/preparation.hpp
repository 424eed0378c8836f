/// From the rows of a file to those that are compared: steps for counts, metric, principal components.
#pragma once

#include <variant>
#include <vector>

#include "distsne/pipeline/config.hpp"
#include "distsne/reduce/pca.hpp"

namespace distsne {

/// What is done to rows.
struct RowTreatment {
  Metric metric = Metric::euclidean;
  PreprocessOptions preprocess;
  LocalIndex components = 0;  ///< 0: all columns are kept
};

/// As a run has it.
[[nodiscard]] inline RowTreatment treatment_of(const Config& config, LocalIndex components) {
  return {config.metric, config.preprocess, components};
}

/// What was found on the way, to do the same to rows that come later.
struct Preparation {
  std::vector<double> origin;   ///< taken off the columns as they are read; empty: nothing
  std::vector<double> factors;  ///< of the columns, where they are scaled
  PrincipalComponents axes;     ///< count 0: none
};

/// Rows as they were read. Those that are sparse and will be reduced stay sparse until they are.
template <class Real>
struct RawRows {
  std::variant<DistributedMatrix<Real>, SparseMatrix<Real>> values;
  std::vector<double> origin;  ///< what was taken off the columns; empty: nothing

  [[nodiscard]] GlobalIndex rows() const;
  [[nodiscard]] LocalIndex columns() const;
};

/// Collective. Throws Error everywhere, and Stopped, as read_matrix does.
template <class Real>
[[nodiscard]] RawRows<Real> read_raw_rows(const Communicator& comm, const InputDescription& input,
                                          const RowTreatment& treatment);

/// Collective. The same for any partition; never 0.
template <class Real>
[[nodiscard]] std::uint64_t checksum_of(const Communicator& comm, const RawRows<Real>& rows);

/// Collective. The rows that are compared. Axes that `found` has already are taken; whatever else it holds is found
/// anew. Throws Error everywhere as the steps do.
template <class Real>
[[nodiscard]] DistributedMatrix<Real> prepare_rows(const Communicator& comm, RawRows<Real>&& raw,
                                                   const RowTreatment& treatment, Preparation& found);

/// Collective. The same for rows that were read less the same origin: each as if it had been among the others.
[[nodiscard]] DistributedMatrix<float> prepare_more_rows(const Communicator& comm, DistributedMatrix<float>&& rows,
                                                         const RowTreatment& treatment, const Preparation& found);

}  // namespace distsne
