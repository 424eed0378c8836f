/// What runs from file to file begin with.
#include "pipeline/stages.hpp"

#include <cstdio>

#include "pipeline/forecast.hpp"

namespace distsne {

Prediction foresee(const Communicator& comm, Job job, const Config& config, const Plan& plan) {
  Prediction prediction = predict_run(comm, job, config, plan, config.dry_run);
  if (config.dry_run && comm.is_root()) {
    print_prediction(config, plan.rows, prediction);
    std::fflush(stdout);
  }
  require_memory(comm, config, prediction);
  return prediction;
}

template <class Real>
RawRows<Real> read_input(FileRun& run) {
  RawRows<Real> raw = read_raw_rows<Real>(run.comm, run.plan.input, treatment_of(run.config, run.plan.components));
  run.input_checksum = checksum_of(run.comm, raw);
  return raw;
}

template RawRows<float> read_input(FileRun&);
template RawRows<double> read_input(FileRun&);

}  // namespace distsne
