/// What a checkpoint knows of its files.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "distsne/base/error.hpp"
#include "pipeline/checkpoint.hpp"

namespace distsne {

/// Numbers in JSON, which has no NaN: null stands for it.
[[nodiscard]] nlohmann::json json_of(double value);
[[nodiscard]] double number_in(const nlohmann::json& value);
/// A whole number; throws std::out_of_range when it is none from `low` to `high`.
[[nodiscard]] std::int64_t integer_in(const nlohmann::json& value, std::int64_t low, std::int64_t high);

/// Error everywhere (I/O): a file is not as the program writes it, though its checksums are right.
[[nodiscard]] Error unusable(const std::string& file);

/// Returns what `read` makes of the facts of a file; throws the error above when they are not as it wants them.
template <class Read>
auto from_facts(const std::string& file, const Read& read) {
  try {
    return read();
  } catch (const nlohmann::json::exception&) {
    throw unusable(file);
  } catch (const std::out_of_range&) {
    throw unusable(file);
  }
}

template <class Real>
struct Checkpoint<Real>::State {
  FileRun& run;
  bool enabled;
  std::string path;
  std::string previous;
  std::string stages;
  std::optional<SavedFile> kept_stage;
  std::optional<SavedFile> kept_loop;
  std::optional<SavedFile> kept_previous;
  nlohmann::json stage_facts;
  Findings found;                    // of the run that kept the stage
  std::vector<std::string> changes;  // options that were changed on the way
  std::string reason;
  double last_kept = now_seconds();
  bool something_kept = false;
  bool changed = false;  // the run goes on with other options than it had
  std::string whole;     // the file of the iterations that is known to be good
  std::optional<int> last_iteration;

  explicit State(FileRun& run_in);

  [[nodiscard]] RowPartition even() const { return {run.plan.rows, run.comm.size()}; }
  [[nodiscard]] Rank rank() const { return run.comm.rank(); }

  /// Opens what files there are. Collective, as the others.
  void look();
  /// The facts of a file, once they are known to be of this run.
  nlohmann::json facts_of(const SavedFile& file, const std::string& name);
  /// Opens a file and takes what is known of the run from its facts; empty, and a note, where there is none to use.
  std::optional<SavedFile> take(const std::string& name);
  /// Throws the error of unusable() unless `fine` holds on all ranks.
  void require_usable(bool fine) const;
  /// Whether enough time has passed since something was kept.
  [[nodiscard]] bool worth_keeping() const;
  void keep_stage(const char* stage, std::span<const SavedArray> arrays, nlohmann::json facts,
                  const Findings& findings);
  void write(const std::string& file, std::span<const SavedArray> arrays, const std::string& facts,
             const std::string& what);
};

}  // namespace distsne
