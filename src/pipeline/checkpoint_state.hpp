/// What a checkpoint knows of its files.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "pipeline/checkpoint.hpp"

namespace distsne {

/// Numbers in JSON, which has no NaN: null stands for it.
[[nodiscard]] nlohmann::json json_of(double value);
[[nodiscard]] double number_in(const nlohmann::json& value);

template <class Real>
struct Checkpoint<Real>::State {
  Run& run;
  RunRecord& record;
  bool enabled;
  std::string path;
  std::string previous;
  std::string stages;
  std::optional<SavedFile> kept_stage;
  std::optional<SavedFile> kept_loop;
  std::optional<SavedFile> kept_previous;
  nlohmann::json stage_facts;
  std::string reason;
  double last_kept = now_seconds();
  bool something_kept = false;

  State(Run& run_in, RunRecord& record_in);

  [[nodiscard]] RowPartition even() const { return {run.plan.rows, run.comm.size()}; }
  [[nodiscard]] Rank rank() const { return run.comm.rank(); }

  /// Opens what files there are. Collective, as the others.
  void look();
  /// The facts of a file, once they are known to be of this run.
  nlohmann::json facts_of(const SavedFile& file, const std::string& name);
  /// Whether enough time has passed since something was kept.
  [[nodiscard]] bool worth_keeping() const;
  void keep_stage(const char* stage, std::span<const SavedArray> arrays, nlohmann::json facts);
  void write(const std::string& file, std::span<const SavedArray> arrays, const std::string& facts,
             const std::string& what);
};

}  // namespace distsne
