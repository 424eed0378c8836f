/// Looking for the files of a checkpoint, and writing them.
#include "pipeline/checkpoint_state.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <limits>

#include "distsne/mpi/agreement.hpp"
#include "pipeline/identity.hpp"

namespace distsne {
namespace {

using Json = nlohmann::json;

/// Stages that took less in all are computed again rather than kept.
constexpr double least_seconds_kept = 10.0;

/// The latest file of some that can be read; what is wrong with the others goes to the log.
std::optional<SavedFile> open_first(const Run& run, const std::vector<std::string>& paths) {
  for (const std::string& path : paths) {
    std::error_code ignored;
    const bool exists = run.comm.broadcast_value(std::filesystem::exists(path, ignored));
    if (!exists) {
      continue;
    }
    try {
      return SavedFile(run.comm, path);
    } catch (const Error& error) {
      run.progress.say(fmt::format("note: {}; going on without it", error.what()));
    }
  }
  return std::nullopt;
}

}  // namespace

nlohmann::json json_of(double value) { return std::isfinite(value) ? Json(value) : Json(); }

double number_in(const nlohmann::json& value) {
  return value.is_number() ? value.get<double>() : std::numeric_limits<double>::quiet_NaN();
}

template <class Real>
Checkpoint<Real>::State::State(Run& run_in, RunRecord& record_in)
    : run(run_in),
      record(record_in),
      enabled(run.config.checkpoint != "off"),
      path(run.plan.checkpoint),
      previous(path + ".previous"),
      stages(path + ".stages") {}

template <class Real>
Json Checkpoint<Real>::State::facts_of(const SavedFile& file, const std::string& name) {
  const Json facts = Json::parse(file.facts());
  Json now = identity_of(run);
  if (facts.at("run").at("mark") != now.at("mark") && run.plan.needs_rows && run.input_checksum == 0) {
    // Another time or size: the rows themselves decide.
    static_cast<void>(input_rows<Real>(run));
    now = identity_of(run);
  }
  std::string note;
  // The ranks may see other times of a file: rank 0 decides.
  const std::string differs = run.comm.broadcast_string(difference(facts.at("run"), now, note));
  require_everywhere(
      run.comm, differs.empty(),
      fmt::format("'{}' is the checkpoint of another run: {}; --restart starts afresh, --checkpoint names another "
                  "file",
                  name, differs));
  if (!note.empty()) {
    run.progress.say(note);
  }
  return facts;
}

template <class Real>
void Checkpoint<Real>::State::look() {
  kept_stage = open_first(run, {stages});
  if (kept_stage) {
    stage_facts = facts_of(*kept_stage, stages);
    run.input_checksum = stage_facts.at("run").at("checksum");
    for (const Json& value : stage_facts.at("explained variance")) {
      record.explained_variance.push_back(number_in(value));
    }
    record.recall = number_in(stage_facts.at("recall"));
  }
  kept_loop = open_first(run, {path});
  kept_previous = open_first(run, {previous});
  for (const auto* file : {&kept_loop, &kept_previous}) {
    if (*file) {
      const Json facts = facts_of(**file, file == &kept_loop ? path : previous);
      run.input_checksum = facts.at("run").at("checksum");
    }
  }
  something_kept = kept_stage || kept_loop || kept_previous;
}

template <class Real>
bool Checkpoint<Real>::State::worth_keeping() const {
  const double least = std::min(least_seconds_kept, run.config.checkpoint_every);
  return enabled && run.comm.max(now_seconds() - last_kept) >= least;
}

template <class Real>
void Checkpoint<Real>::State::keep_stage(const char* stage, std::span<const SavedArray> arrays, Json facts) {
  facts["run"] = identity_of(run);
  facts["stage"] = stage;
  facts["recall"] = json_of(record.recall);
  facts["explained variance"] = record.explained_variance;
  write(stages, arrays, facts.dump(), std::string(stage));
}

template <class Real>
void Checkpoint<Real>::State::write(const std::string& file, std::span<const SavedArray> arrays,
                                    const std::string& facts, const std::string& what) {
  const auto timer = run.timers.scope("checkpoint");
  // What is measured on rank 0 holds for all.
  write_saved(run.comm, file, arrays, run.comm.broadcast_string(facts));
  something_kept = true;
  last_kept = now_seconds();
  run.progress.say(fmt::format("checkpoint   {:>9.2f} s   {} kept in {}", now_seconds() - run.start, what, file));
}

template struct Checkpoint<float>::State;
template struct Checkpoint<double>::State;

}  // namespace distsne
