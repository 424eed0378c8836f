/// Choosing the objective of a method, and its field.
#include "embed/objective.hpp"

#include "embed/sne_objective.hpp"
#include "embed/symmetric_objective.hpp"
#include "field/direct_field.hpp"
#include "field/grid_field.hpp"

namespace distsne {
namespace {

/// Rows from which on the grid is quicker than the sum over all pairs, by dimensions of the map; measured with the maps
/// that runs end with. Those of the Gaussian methods are small, and their kernel takes longer to evaluate.
constexpr std::array<GlobalIndex, 4> grid_pays_from{0, 3000, 6000, 100000};
constexpr std::array<GlobalIndex, 4> gaussian_grid_pays_from{0, 2000, 2000, 8000};

}  // namespace

Kernel kernel_of(const ObjectiveOptions& options) {
  return options.method == Method::tsne ? Kernel{KernelShape::student_t, options.tail}
                                        : Kernel{KernelShape::gaussian, 1.0};
}

bool uses_grid(const ObjectiveOptions& options, GlobalIndex rows) {
  const auto& pays_from = options.method == Method::tsne ? grid_pays_from : gaussian_grid_pays_from;
  return options.field == FieldKind::grid ||
         (options.field == FieldKind::automatic && rows >= pays_from[static_cast<std::size_t>(options.dims)]);
}

template <class Real>
std::unique_ptr<Objective<Real>> make_objective(const Communicator& comm, const ObjectiveOptions& options,
                                                JointAffinities<Real>&& affinities, const AffinityEntropy& entropy) {
  const Kernel kernel = kernel_of(options);
  const GlobalIndex rows = std::visit([](const auto& kept) { return kept.partition.rows(); }, affinities.rows);
  ObjectiveParts<Real> parts;
  parts.entropy = entropy;
  parts.attraction = make_attraction(comm, kernel, std::move(affinities.rows));
  if (uses_grid(options, rows)) {
    parts.field = make_grid_field<Real>(comm, kernel, {options.accuracy});
  } else {
    parts.field = std::make_unique<DirectField<Real>>(kernel);
  }
  if (options.method == Method::sne) {
    return std::make_unique<SneObjective<Real>>(std::move(parts));
  }
  return std::make_unique<SymmetricObjective<Real>>(std::move(parts));
}

template std::unique_ptr<Objective<float>> make_objective(const Communicator&, const ObjectiveOptions&,
                                                          JointAffinities<float>&&, const AffinityEntropy&);
template std::unique_ptr<Objective<double>> make_objective(const Communicator&, const ObjectiveOptions&,
                                                           JointAffinities<double>&&, const AffinityEntropy&);

}  // namespace distsne
