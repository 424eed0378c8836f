/// From rows as they are to those that are compared: steps for counts, metric, principal components.
#pragma once

#include <variant>
#include <vector>

#include "distsne/data/matrix.hpp"
#include "distsne/data/sparse_matrix.hpp"
#include "distsne/pipeline/map_options.hpp"
#include "reduce/pca.hpp"

namespace distsne {

/// What is done to rows.
struct RowTreatment {
  Metric metric = Metric::euclidean;
  PreprocessOptions preprocess;
  LocalIndex components = 0;  ///< 0: all columns are kept
};

/// As a run has it.
[[nodiscard]] inline RowTreatment treatment_of(const MapOptions& config, LocalIndex components) {
  return {config.metric, config.preprocess, components};
}

/// Whether nothing but differences between rows count, so that it does not matter where the origin is: not for cosines,
/// correlations, logarithms and the like.
[[nodiscard]] inline bool any_origin(const RowTreatment& treatment) {
  return treatment.metric == Metric::euclidean && !treatment.preprocess.of_single_values();
}

/// What was found on the way, to do the same to rows that come later.
struct Preparation {
  std::vector<double> origin;   ///< taken off the columns as they are read; empty: nothing
  std::vector<double> factors;  ///< of the columns, where they are scaled
  PrincipalComponents axes;     ///< count 0: none
};

/// Rows as they were given. Those that are sparse and will be reduced stay sparse until they are.
template <class Real>
struct RawRows {
  std::variant<DistributedMatrix<Real>, SparseMatrix<Real>> values;
  std::vector<double> origin;  ///< what was taken off the columns; empty: nothing

  [[nodiscard]] GlobalIndex rows() const;
  [[nodiscard]] LocalIndex columns() const;
};

/// Collective. The rows that are compared. Axes that `found` has already are taken; whatever else it holds is found
/// anew. Throws Error everywhere as the steps do.
template <class Real>
[[nodiscard]] DistributedMatrix<Real> prepare_rows(const Communicator& comm, RawRows<Real>&& raw,
                                                   const RowTreatment& treatment, Preparation& found);

/// Collective. The same for rows that were read less the same origin: each as if it had been among the others.
[[nodiscard]] DistributedMatrix<float> prepare_more_rows(const Communicator& comm, DistributedMatrix<float>&& rows,
                                                         const RowTreatment& treatment, const Preparation& found);

}  // namespace distsne
