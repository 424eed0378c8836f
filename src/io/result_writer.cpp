/// What the result file holds.
#include <fmt/format.h>

#include "base/version.hpp"
#include "io/carry_over.hpp"
#include "io/hdf5_filters.hpp"
#include "io/result.hpp"
#include "io/rows_file.hpp"

namespace distsne {
namespace {

void annotate(const Annotator& out, const RunRecord& record) {
  out.attribute("format", std::string("distsne result"));
  out.attribute("format_version", std::int64_t{result_format_version});
  out.attribute("version", std::string(version()));
  out.attribute("commit", std::string(commit()));
  out.attribute("method", record.method);
  out.attribute("input", record.input);
  out.attribute("config", record.config);
  out.attribute("iterations", record.iterations);
  out.attribute("finished", std::int64_t{record.finished ? 1 : 0});
  out.attribute("ending", record.ending);
  out.attribute("kl_fall", record.fall);
  out.attribute("recoveries", std::int64_t{record.recoveries});
  out.attribute("flat", std::int64_t{record.flat ? 1 : 0});
  std::string changes;
  for (const std::string& change : record.changes) {
    changes += change + "\n";
  }
  out.attribute("changes", changes);
  out.attribute("neighbors", record.neighbors);
  out.attribute("recall", record.recall);
  out.attribute("seed", record.seed);
  out.attribute("ranks", std::int64_t{record.ranks});
  out.attribute("threads", std::int64_t{record.threads});
  out.attribute("instruction_set", record.instruction_set);
  out.attribute("peak_memory_min", record.peak_memory.min);
  out.attribute("peak_memory_mean", record.peak_memory.mean);
  out.attribute("peak_memory_max", record.peak_memory.max);

  if (record.drift) {
    out.attribute("earlier_map", record.drift->map);
    out.attribute("earlier_rows", record.drift->rows);
    out.attribute("earlier_spread", record.drift->spread);
    out.attribute("drift_rms", record.drift->mean);
    out.attribute("drift_most", record.drift->most);
  }

  std::vector<std::int64_t> iteration;
  std::vector<double> kl;
  std::vector<double> gradient_norm;
  std::vector<double> force_error;
  std::vector<double> exaggeration;
  for (const HistoryEntry& entry : record.history) {
    iteration.push_back(entry.iteration);
    kl.push_back(entry.kl);
    gradient_norm.push_back(entry.gradient_norm);
    force_error.push_back(entry.force_error);
    exaggeration.push_back(entry.exaggeration);
  }
  out.group("history");
  out.dataset("history/iteration", iteration);
  out.dataset("history/kl", kl);
  out.dataset("history/gradient_norm", gradient_norm);
  out.dataset("history/force_error", force_error);
  out.dataset("history/exaggeration", exaggeration);

  if (!record.explained_variance.empty()) {
    out.group("pca");
    out.dataset("pca/explained_variance_ratio", record.explained_variance);
    if (!record.axes.empty()) {
      out.dataset("pca/mean", record.mean);
      out.matrix("pca/axes", record.axes, record.mean.size());
    }
  }

  const Snapshots& snapshots = record.snapshots;
  if (!snapshots.iteration.empty()) {
    out.group("snapshots");
    out.dataset("snapshots/iteration", snapshots.iteration);
    out.dataset("snapshots/low", snapshots.low);
    out.dataset("snapshots/high", snapshots.high);
  }

  std::vector<std::string> phase;
  std::vector<double> least;
  std::vector<double> mean;
  std::vector<double> most;
  for (const RankSummary& timing : record.timings) {
    phase.push_back(timing.name);
    least.push_back(timing.min);
    mean.push_back(timing.mean);
    most.push_back(timing.max);
  }
  out.group("timings");
  out.dataset("timings/phase", phase);
  out.dataset("timings/min", least);
  out.dataset("timings/mean", mean);
  out.dataset("timings/max", most);
}

template <class Further>
void describe(const Annotator& out, const Further& one) {
  out.attribute("seed", one.seed);
  out.attribute("perplexity", fmt::format("{}", fmt::join(one.perplexity, ",")));
  out.attribute("rows", one.rows);
  out.attribute("bootstrap", std::int64_t{one.bootstrap});
  out.attribute("kl", one.kl);
  out.attribute("iterations", one.iterations);
  out.attribute("ending", one.ending);
  out.attribute("residual", one.residual);
}

}  // namespace

template <class Real>
void write_result(const Communicator& comm, const std::string& path, const Embedding<Real>& map,
                  const InputDescription& input, const RunRecord& record, const FurtherMaps<Real>& further) {
  set_up_hdf5();
  const hid_t type = sizeof(Real) == sizeof(float) ? H5T_NATIVE_FLOAT : H5T_NATIVE_DOUBLE;
  std::vector<RowDataset> datasets{
      {"embedding", type, map.rows(), map.columns, map.first_row(), std::as_bytes(std::span<const Real>(map.values))}};
  if (const Snapshots& snapshots = record.snapshots; !snapshots.iteration.empty()) {
    datasets.push_back({"snapshots/steps", H5T_NATIVE_UINT16, map.rows(),
                        static_cast<GlobalIndex>(snapshots.iteration.size()) * map.columns, map.first_row(),
                        std::as_bytes(std::span<const std::uint16_t>(snapshots.steps))});
  }
  std::vector<std::string> taken{"embedding", "history", "timings", "pca", "snapshots"};
  if (!further.spread.empty() || !further.maps.empty()) {
    taken.insert(taken.end(), {"spread", "ensemble"});
    datasets.push_back({"spread", H5T_NATIVE_FLOAT, map.rows(), 0, map.first_row(),
                        std::as_bytes(std::span<const float>(further.spread))});
  }
  for (std::size_t k = 0; k < further.maps.size(); ++k) {
    const auto& one = further.maps[k];
    datasets.push_back({"ensemble/maps/" + std::to_string(k + 2), type, map.rows(), map.columns, map.first_row(),
                        std::as_bytes(std::span<const Real>(one.map.values)),
                        [&one](const Annotator& out) { describe(out, one); }});
  }
  if (record.drift) {
    datasets.push_back({"drift", H5T_NATIVE_DOUBLE, map.rows(), 0, map.first_row(),
                        std::as_bytes(std::span<const double>(record.drift->of_row))});
    taken.emplace_back("drift");
  }
  write_rows_file(comm, path, datasets, [&](hid_t file, const Annotator& out) {
    carry_over(file, input, taken);
    annotate(out, record);
    if (!further.maps.empty()) {
      out.group("ensemble");
      out.group("ensemble/maps");
    }
  });
}

template void write_result(const Communicator&, const std::string&, const Embedding<float>&, const InputDescription&,
                           const RunRecord&, const FurtherMaps<float>&);
template void write_result(const Communicator&, const std::string&, const Embedding<double>&, const InputDescription&,
                           const RunRecord&, const FurtherMaps<double>&);

}  // namespace distsne
