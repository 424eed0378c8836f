/// Looking for the files of a checkpoint, and writing them.
#include "pipeline/checkpoint_state.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <limits>
#include <stdexcept>

#include "mpi/agreement.hpp"
#include "pipeline/identity.hpp"

namespace distsne {
namespace {

using Json = nlohmann::json;

/// Stages that took less in all are computed again rather than kept.
constexpr double least_seconds_kept = 10.0;

}  // namespace

nlohmann::json json_of(double value) { return std::isfinite(value) ? Json(value) : Json(); }

double number_in(const nlohmann::json& value) {
  return value.is_number() ? value.get<double>() : std::numeric_limits<double>::quiet_NaN();
}

std::int64_t integer_in(const nlohmann::json& value, std::int64_t low, std::int64_t high) {
  const auto number = value.is_number_integer() ? value.get<std::int64_t>() : std::numeric_limits<std::int64_t>::min();
  if (number < low || number > high) {
    throw std::out_of_range("a number");
  }
  return number;
}

Error unusable(const std::string& file) {
  return Error(fmt::format("'{}' is damaged, or was written by something else", file), ExitCode::io_failure,
               Known::everywhere);
}

template <class Real>
Checkpoint<Real>::State::State(FileRun& run_in)
    : run(run_in),
      enabled(run.config.checkpoint != "off"),
      path(run.plan.checkpoint),
      previous(path + ".previous"),
      stages(path + ".stages") {}

template <class Real>
Json Checkpoint<Real>::State::facts_of(const SavedFile& file, const std::string& name) {
  const Json facts = from_facts(name, [&] { return Json::parse(file.facts()); });
  Json now = identity_of(run);
  const Json mark = from_facts(name, [&] { return facts.at("run").at("mark"); });
  if (mark != now.at("mark") && run.plan.needs_rows && run.input_checksum == 0) {
    // Another time or size: the rows themselves decide.
    static_cast<void>(run.timed("read", [&] { return read_input<Real>(run); }));
    now = identity_of(run);
  }
  std::string note;
  // The ranks may see other times of a file: rank 0 decides.
  std::vector<std::string> changed_options;
  std::string differs = from_facts(name, [&] {
    for (const Json& change : facts.value("changes", Json::array())) {
      changed_options.push_back(change.get<std::string>());
    }
    return difference(facts.at("run"), now, run.config.resume_with_changes ? &changed_options : nullptr, note);
  });
  differs = run.comm.broadcast_string(differs);
  require_everywhere(
      run.comm, differs.empty(),
      fmt::format("'{}' is the checkpoint of another run: {}; --restart starts afresh, --checkpoint names another "
                  "file",
                  name, differs));
  if (!note.empty()) {
    run.progress.say(note);
  }
  if (name == path || name == previous) {
    changed = changed || changed_options.size() > facts.value("changes", Json::array()).size();
    for (const std::string& change : changed_options) {
      if (std::find(changes.begin(), changes.end(), change) == changes.end()) {
        changes.push_back(change);
      }
    }
  }
  return facts;
}

template <class Real>
std::optional<SavedFile> Checkpoint<Real>::State::take(const std::string& name) {
  std::error_code ignored;
  if (!run.comm.broadcast_value(std::filesystem::exists(name, ignored))) {
    return std::nullopt;
  }
  try {
    SavedFile file(run.comm, name);
    const Json facts = facts_of(file, name);
    from_facts(name, [&] {
      const Json& sum = facts.at("run").at("checksum");
      if (name == stages) {
        const auto stage = facts.at("stage").get<std::string>();
        std::vector<double> shares;
        for (const Json& value : facts.at("explained variance")) {
          shares.push_back(number_in(value));
        }
        const double recall = number_in(facts.at("recall"));
        if (stage != "rows" && stage != "neighbors" && stage != "affinities") {
          throw std::out_of_range("a stage");
        }
        found.explained_variance = shares;
        found.recall = recall;
        stage_facts = facts;
      }
      run.input_checksum = sum.is_number_integer() ? sum.get<std::uint64_t>() : throw std::out_of_range("a checksum");
    });
    return file;
  } catch (const Error& error) {
    if (error.code() != ExitCode::io_failure) {
      throw;
    }
    run.progress.say(fmt::format("note: {}; going on without it", error.what()));
    return std::nullopt;
  }
}

template <class Real>
void Checkpoint<Real>::State::require_usable(bool fine) const {
  const Error error = unusable(stages);
  require_everywhere(run.comm, fine, error.what(), error.code());
}

template <class Real>
void Checkpoint<Real>::State::look() {
  kept_stage = take(stages);
  kept_loop = take(path);
  kept_previous = take(previous);
  something_kept = kept_stage || kept_loop || kept_previous;
}

template <class Real>
bool Checkpoint<Real>::State::worth_keeping() const {
  const double least = std::min(least_seconds_kept, run.config.checkpoint_every);
  return enabled && run.comm.max(now_seconds() - last_kept) >= least;
}

template <class Real>
void Checkpoint<Real>::State::keep_stage(const char* stage, std::span<const SavedArray> arrays, Json facts,
                                         const Findings& findings) {
  facts["run"] = identity_of(run);
  facts["stage"] = stage;
  facts["recall"] = json_of(findings.recall);
  facts["explained variance"] = findings.explained_variance;
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
