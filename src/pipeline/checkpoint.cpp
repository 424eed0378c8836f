/// The state of the loop, into a checkpoint and out of it.
#include "pipeline/checkpoint.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <filesystem>
#include <limits>
#include <stdexcept>

#include "mpi/agreement.hpp"
#include "mpi/interruption.hpp"
#include "mpi/row_exchange.hpp"
#include "pipeline/checkpoint_state.hpp"
#include "pipeline/identity.hpp"

namespace distsne {

using Json = nlohmann::json;

namespace {

Json facts_of_pace(const Pace& pace) {
  Json bests = Json::array();
  for (const double best : pace.bests) {
    bests.push_back(json_of(best));
  }
  return {{"start", json_of(pace.start)},
          {"best", json_of(pace.best)},
          {"bests", bests},
          {"good iteration", pace.good_iteration},
          {"rising", pace.rising},
          {"recoveries", pace.recoveries},
          {"partings", pace.partings}};
}

void take_pace(const Json& facts, Pace& pace) {
  constexpr int most = std::numeric_limits<int>::max();
  constexpr int most_recoveries = 1000;
  pace = {};
  if (!facts.at("start").is_null()) {
    pace.start = number_in(facts.at("start"));
  }
  if (!facts.at("best").is_null()) {
    pace.best = number_in(facts.at("best"));
  }
  for (const Json& best : facts.at("bests")) {
    pace.bests.push_back(number_in(best));
  }
  pace.good_iteration = static_cast<int>(integer_in(facts.at("good iteration"), 0, most));
  pace.rising = static_cast<int>(integer_in(facts.at("rising"), 0, most_recoveries));
  pace.recoveries = static_cast<int>(integer_in(facts.at("recoveries"), 0, most_recoveries));
  pace.partings = static_cast<int>(integer_in(facts.at("partings"), 0, most_recoveries));
}

/// What the facts of a checkpoint tell about the loop and its field.
template <class Real>
void take_facts(const Json& facts, LoopState<Real>& state, FieldFit& fit) {
  constexpr int most = std::numeric_limits<int>::max();
  state.iteration = static_cast<int>(integer_in(facts.at("iteration"), 0, most));
  state.kl = number_in(facts.at("kl"));
  state.gradient_norm = number_in(facts.at("gradient norm"));
  state.force_error = number_in(facts.at("force error"));
  for (const Json& entry : facts.at("history")) {
    state.history.push_back({integer_in(entry.at(0), 0, most), number_in(entry.at(1)), number_in(entry.at(2)),
                             number_in(entry.at(3)), number_in(entry.at(4))});
  }
  take_pace(facts.at("pace"), state.pace);
  const Json& sizes = facts.at("fit");
  fit = {number_in(sizes.at(0)), number_in(sizes.at(1)), number_in(sizes.at(2))};
  if (!(fit.step >= 0.0 && fit.extent >= 0.0 && fit.latest_extent >= 0.0)) {
    throw std::out_of_range("a size");
  }
}

}  // namespace

template <class Real>
Checkpoint<Real>::Checkpoint(FileRun& run) : StageStore<Real>(run.comm), state_(std::make_unique<State>(run)) {
  if (!state_->enabled) {
    return;
  }
  if (run.config.restart) {
    remove();
  } else {
    state_->look();
  }
}

template <class Real>
Checkpoint<Real>::~Checkpoint() = default;

template <class Real>
KeptStage Checkpoint<Real>::kept() const {
  if (!state_->kept_stage) {
    return KeptStage::none;
  }
  const auto stage = state_->stage_facts.at("stage").template get<std::string>();
  return stage == "rows" ? KeptStage::rows : stage == "neighbors" ? KeptStage::graph : KeptStage::affinities;
}

template <class Real>
bool Checkpoint<Real>::resume(LoopState<Real>& state, Objective<Real>& objective) {
  State& kept = *state_;
  const Communicator& comm = kept.run.comm;
  for (const auto* file : {&kept.kept_loop, &kept.kept_previous}) {
    if (!*file) {
      continue;
    }
    const std::string& name = file == &kept.kept_loop ? kept.path : kept.previous;
    const auto timer = kept.run.timers.scope("checkpoint");
    LoopState<Real> found(MovingMap<Real>{Embedding<Real>(kept.even(), kept.rank(), state.moving.map.columns), {}});
    FieldFit fit;
    try {
      const LocalIndex dims = state.moving.map.columns;
      found.moving.map.values = (*file)->template read<AlignedVector<Real>>("map", dims, kept.even());
      found.optimizer.velocity = (*file)->template read<AlignedVector<Real>>("velocity", dims, kept.even());
      found.optimizer.gains = (*file)->template read<AlignedVector<Real>>("gains", dims, kept.even());
      found.good_map = (*file)->template read<AlignedVector<Real>>("good_map", dims, kept.even());
      if (!kept.run.plan.dense) {
        found.moving.input_row = (*file)->template read<std::vector<GlobalIndex>>("input_row", 1, kept.even());
        if (!names_every_row_once(comm, kept.even(), found.moving.input_row)) {
          throw unusable(name);
        }
      }
      from_facts(name, [&] { take_facts(Json::parse((*file)->facts()), found, fit); });
      if (!all_finite(comm, found)) {
        throw Error(fmt::format("'{}' holds a map with values that are not finite", name), ExitCode::io_failure,
                    Known::everywhere);
      }
    } catch (const Error& error) {
      kept.run.progress.say(fmt::format("note: {}; going on without it", error.what()));
      continue;
    }
    const bool moved = found.moving.input_row != state.moving.input_row;
    if (!kept.run.plan.dense && comm.max(std::int64_t{moved ? 1 : 0}) != 0) {
      const std::vector<GlobalIndex> place = places_in(comm, found.moving, state.moving.input_row);
      objective.reorder(comm, place, RowExchange::deliver(comm, kept.even(), place));
    }
    objective.field().set_fit(fit);
    state = std::move(found);
    if (kept.changed) {  // what comes is judged by itself
      state.pace.recoveries = 0;
      state.pace.bests.clear();
      state.pace.best = std::numeric_limits<double>::infinity();
    }
    kept.run.progress.say(fmt::format("resumed after iteration {} from {}", state.iteration, name));
    kept.last_kept = now_seconds();
    kept.whole = name;
    kept.last_iteration = state.iteration;
    return true;
  }
  return false;
}

template <class Real>
bool Checkpoint<Real>::after_update(const LoopState<Real>& state, const FieldFit& fit) {
  State& kept = *state_;
  const Communicator& comm = kept.run.comm;
  const bool due = kept.enabled && comm.is_root() && now_seconds() - kept.last_kept >= kept.run.config.checkpoint_every;
  std::array<double, 2> wishes{polled_stop_request(), due ? 1.0 : 0.0};
  comm.max(std::span<double>(wishes));
  const bool wanted = wishes[0] > 0.0 || (kept.enabled && wishes[1] > 0.0);
  // A map with NaN is neither kept nor written: the next iteration finds it out, and what was kept before stays.
  const bool fine = wanted && all_finite(comm, state);
  const bool stop = fine && wishes[0] > 0.0;
  if (kept.enabled && fine) {
    Json facts{{"run", identity_of(kept.run)},
               {"iteration", state.iteration},
               {"kl", json_of(state.kl)},
               {"gradient norm", json_of(state.gradient_norm)},
               {"force error", json_of(state.force_error)},
               {"fit", {fit.step, fit.extent, fit.latest_extent}},
               {"pace", facts_of_pace(state.pace)},
               {"changes", kept.changes},
               {"history", Json::array()}};
    for (const HistoryEntry& entry : state.history) {
      facts["history"].push_back({entry.iteration, json_of(entry.kl), json_of(entry.gradient_norm),
                                  json_of(entry.force_error), entry.exaggeration});
    }
    const Embedding<Real>& map = state.moving.map;
    std::vector<SavedArray> arrays{
        SavedArray::of<Real>("map", map.rows(), map.columns, map.first_row(), map.values),
        SavedArray::of<Real>("velocity", map.rows(), map.columns, map.first_row(), state.optimizer.velocity),
        SavedArray::of<Real>("gains", map.rows(), map.columns, map.first_row(), state.optimizer.gains),
        SavedArray::of<Real>("good_map", map.rows(), map.columns, map.first_row(), state.good_map)};
    if (!kept.run.plan.dense) {
      arrays.push_back(
          SavedArray::of<std::int64_t>("input_row", map.rows(), 1, map.first_row(), state.moving.input_row));
    }
    attempt_on_root(comm, [&] {  // the one that is there stays until the new one is whole
      std::error_code ignored;
      if (kept.whole == kept.path) {  // a damaged one does not take the place of the one that was fallen back on
        std::filesystem::remove(kept.previous, ignored);
        std::error_code failed;
        std::filesystem::create_hard_link(kept.path, kept.previous, failed);
        if (failed) {  // not every file system has links
          std::filesystem::rename(kept.path, kept.previous, ignored);
        }
      }
    });
    kept.write(kept.path, arrays, facts.dump(), fmt::format("iteration {}", state.iteration));
    kept.whole = kept.path;
    kept.last_iteration = state.iteration;
  }
  if (stop) {
    kept.reason = stop_reason(wishes[0]);
  }
  return stop;
}

template <class Real>
const std::string& Checkpoint<Real>::reason() const {
  return state_->reason;
}

template <class Real>
const std::vector<std::string>& Checkpoint<Real>::changes() const {
  return state_->changes;
}

template <class Real>
bool Checkpoint<Real>::resumable() const {
  return state_->something_kept;
}

template <class Real>
std::optional<int> Checkpoint<Real>::last_iteration() const {
  return state_->last_iteration;
}

template <class Real>
void Checkpoint<Real>::remove() {
  if (state_->enabled && state_->run.comm.is_root()) {
    for (const std::string& file : {state_->path, state_->previous, state_->stages}) {
      remove_saved(file);
    }
  }
  state_->run.comm.barrier();
}

template <class Real>
std::optional<SavedFile> Checkpoint<Real>::kept_file(const std::string& name) {
  if (!state_->enabled) {
    return std::nullopt;
  }
  std::optional<SavedFile> file = state_->take(name);
  state_->something_kept = state_->something_kept || file;
  return file;
}

template <class Real>
void Checkpoint<Real>::keep_file(const std::string& name, std::span<const SavedArray> arrays, Json facts,
                                 const std::string& what) {
  if (state_->enabled) {
    facts["run"] = identity_of(state_->run);
    state_->write(name, arrays, facts.dump(), what);
  }
}

template class Checkpoint<float>;
template class Checkpoint<double>;

}  // namespace distsne
