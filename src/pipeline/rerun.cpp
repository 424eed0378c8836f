/// Options of a run without what concerned its own files.
#include "pipeline/rerun.hpp"

#include <algorithm>

#include "pipeline/input_rows.hpp"

namespace distsne {

Rerun::Rerun(const Communicator& comm, const Config& of_run) : config(of_run) {
  if (config.affinity.kind != AffinityKind::given) {
    config.graph = "";  // neighbors are looked for anew
  }
  config.initialization.kind = InitialMap::random;
  config.ensemble = {};  // of several maps the first is meant
  config.objective.anchor = AnchorKind::none;
  config.checkpoint = "off";
  config.log_json = "";
  plan = make_plan(comm, config, false);
  affinity = fitted_to(config.affinity, plan.rows, config.k);
}

template <class Real>
DistributedMatrix<Real> Rerun::rows(const Communicator& comm) const {
  const RowTreatment treatment = treatment_of(config, plan.components);
  Preparation found_on_the_way;
  return prepare_rows<Real>(comm, read_raw_rows<Real>(comm, plan.input, treatment), treatment, found_on_the_way);
}

NeighborOptions Rerun::search(LocalIndex k) const {
  NeighborOptions options;
  options.k = k;
  options.recall = std::max(config.recall, 0.95);
  options.seed = config.seed;
  return options;
}

template DistributedMatrix<float> Rerun::rows(const Communicator&) const;
template DistributedMatrix<double> Rerun::rows(const Communicator&) const;

}  // namespace distsne
