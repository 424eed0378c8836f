/// What several maps share, and each of them after another.
#include "pipeline/ensemble.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <utility>

#include "io/result.hpp"
#include "mpi/interruption.hpp"
#include "pipeline/ending.hpp"
#include "pipeline/ensemble_member.hpp"
#include "pipeline/graph_part.hpp"
#include "pipeline/initial_map.hpp"
#include "pipeline/map_files.hpp"
#include "pipeline/subsample.hpp"
#include "quality/map_spread.hpp"

namespace distsne {
namespace {

/// What the stages of one map take over from what all share.
template <class Real>
class SharedStages : public StageStore<Real> {
 public:
  using StageStore<Real>::StageStore;
  [[nodiscard]] std::optional<ReducedRows<Real>> kept_rows() override { return std::exchange(rows, {}); }
  [[nodiscard]] std::optional<Neighborhood<Real>> kept_neighborhood() override { return std::exchange(hood, {}); }

  std::optional<ReducedRows<Real>> rows;
  std::optional<Neighborhood<Real>> hood;
};

template <class Real>
class Ensemble {
 public:
  Ensemble(const Communicator& comm, const Config& config, const Plan& plan, const Prediction& prediction,
           Progress& progress)
      : comm_(comm),
        whole_config_(config),
        whole_plan_(plan),
        config_(config),
        plan_(plan),
        run_(comm, config_, plan_, prediction, progress),
        checkpoint_(run_),
        members_(members_of(config)),
        maps_(members_.size()) {}

  void run() {
    if (config_.restart) {
      remove_files();
    }
    for (std::size_t i = 0; i < members_.size(); ++i) {
      maps_[i] = kept_member(run_, checkpoint_, file_of(i) + done);
    }
    warn_of_short_time(run_, checkpoint_.kept());
    if (config_.init == "auto" && config_.ensemble.seeds.size() > 1) {
      run_.progress.say("maps of several seeds begin at random places; with --init pca near the principal components");
    }
    const std::string stopped = compute_all();
    if (maps_[0]) {
      write(stopped.empty());
    }
    if (!stopped.empty()) {
      throw Error(stopped + "; " +
                      (resumable_ || checkpoint_.resumable()
                           ? fmt::format("the same command goes on from {}", whole_plan_.checkpoint)
                           : std::string("the same command starts again")),
                  ExitCode::stopped, Known::everywhere);
    }
    remove_files();
    checkpoint_.remove();
  }

 private:
  static constexpr const char* done = ".done";

  [[nodiscard]] std::string file_of(std::size_t number) const {
    return fmt::format("{}.map-{}", whole_plan_.checkpoint, number + 1);
  }

  /// The options and the plan that the run has from now on.
  void use(const Config& config, const Plan& plan) {
    config_ = config;
    plan_ = plan;
  }
  void use_whole() { use(whole_config_, whole_plan_); }
  void use_member(std::size_t number) {
    const Member& member = members_[number];
    Config config = whole_config_;
    Plan plan = whole_plan_;
    config.seed = member.seed;
    config.affinity.perplexities = member.perplexities;
    choose_pairs(comm_, config, config.graph.empty(), plan);
    plan.checkpoint = file_of(number);
    use(config, plan);
  }

  /// Computes what is missing; what stopped that, or nothing.
  std::string compute_all() {
    for (std::size_t i = 0; i < members_.size(); ++i) {
      if (!maps_[i]) {
        try {
          prepare();
          run_.progress.say(fmt::format("map {} of {}: {}", i + 1, members_.size(), text_of(members_[i])));
          const std::string stopped = compute(i);
          if (!stopped.empty()) {
            return stopped;
          }
        } catch (const Stopped& stopped) {
          return fmt::format("{} in map {} of {}", stopped.what(), i + 1, members_.size());
        }
      }
      if (i > 0 && is_the_first(*maps_[i])) {
        run_.progress.say(
            fmt::format("note: map {} is the same as the first to the bit: nothing that is random bears on it; "
                        "--init random or pca makes it another",
                        i + 1));
      }
    }
    return "";
  }

  /// What all maps begin with.
  void prepare() {
    if (prepared_) {
      return;
    }
    use_whole();
    const MapSource<Real> source = source_of<Real>(run_);
    if (plan_.dense || plan_.graph.is_matrix()) {
      rows_ = compared_rows(run_, source, checkpoint_);
      if (whole_config_.ensemble.bootstraps > 0) {
        start_ = run_.timed("initial map", [&] { return initial_map<Real>(run_, rows_.x, source.initial()); });
      }
    } else {
      hood_ = neighborhood(run_, source, checkpoint_);
    }
    prepared_ = true;
  }

  /// Computes a map from its own checkpoint or its beginning; what stopped it, or nothing.
  std::string compute(std::size_t number) {
    SharedStages<Real> shared(comm_);
    use_member(number);
    MapSource<Real> source = source_of<Real>(run_);
    Subsample sample;
    if (members_[number].bootstrap > 0) {
      source = source_of_bootstrap(number, sample, shared);
    } else if (plan_.dense || plan_.graph.is_matrix()) {
      shared.rows = rows_;
    } else {
      const bool other = config_.seed != whole_config_.seed;
      shared.hood = Neighborhood<Real>{nearest_of(hood_.graph, plan_.neighbors),
                                       other ? start_of_seed(run_, hood_.start) : hood_.start, hood_.found};
    }
    Checkpoint<Real> loop(run_);
    Prepared<Real> prepared = prepare_map(run_, source, shared);
    Findings found = std::move(prepared.found);
    const MovedMap<Real> moved =
        iterate<Real>(run_, std::move(prepared), loop, [](const LoopState<Real>& /*state*/) {});
    MemberMap<Real> member;
    member.record = record_of(run_, moved, std::move(found));
    member.map = in_input_order(comm_, moved.state.moving);
    member.rows = plan_.rows;
    if (config_.affinity.kind == AffinityKind::perplexity) {
      member.perplexities = plan_.affinity.perplexities;
    }
    if (members_[number].bootstrap > 0) {
      member.map = among_all(comm_, member.map, sample);
    }
    resumable_ = resumable_ || loop.resumable();
    const std::string stopped = moved.finished ? "" : loop.reason();
    if (!moved.finished) {
      if (number == 0) {
        maps_[number] = std::move(member);
      }
      return fmt::format("stopped by {} in map {} of {} after iteration {}; the maps so far are in {}", stopped,
                         number + 1, members_.size(), moved.state.iteration, whole_config_.output);
    }
    tell(number, member);
    use_whole();
    keep_member(member, checkpoint_, file_of(number) + done, fmt::format("map {}", number + 1));
    loop.remove();
    maps_[number] = std::move(member);
    return "";
  }

  /// Turns the run into that of a part of the rows, with what it is made of.
  MapSource<Real> source_of_bootstrap(std::size_t number, Subsample& sample, SharedStages<Real>& shared) {
    Config config = config_;
    Plan plan = plan_;
    const double share = whole_config_.ensemble.share;
    sample = draw_rows(comm_, plan.rows, share, config.seed, members_[number].bootstrap);
    MapSource<Real> source;
    if (plan.dense) {
      shared.rows = ReducedRows<Real>{drawn_part(comm_, rows_.x, sample), rows_.found};
    } else {
      std::vector<GlobalIndex> input_row = hood_.graph.input_row;
      SparseMatrix<Real> matrix;
      if (plan.graph.is_matrix()) {
        matrix = run_.timed("neighbors", source_of<Real>(run_).matrix).rows;
        input_row.resize(static_cast<std::size_t>(matrix.local_rows()));
        std::iota(input_row.begin(), input_row.end(), matrix.first_row());
      } else {
        matrix = matrix_of<Real>(hood_.graph, plan.neighbors);
      }
      matrix = drawn_part(comm_, matrix, input_row, sample);
      const GlobalIndex entries = comm_.sum(std::int64_t{std::ssize(matrix.values)});
      plan.matrix_entries =
          narrow<LocalIndex>(std::max<GlobalIndex>(1, entries / std::max<GlobalIndex>(1, sample.rows())));
      if (config.k) {
        config.k = plan.matrix_entries;
      }
      source.matrix = [matrix = std::move(matrix)]() mutable {
        return GivenMatrix<Real>{std::move(matrix), "those that are left of the rows that were drawn"};
      };
    }
    plan.rows = sample.rows();
    plan.needs_rows = plan.dense;
    const GlobalIndex most = plan.dense ? plan.rows - 1 : plan.matrix_entries.value_or(1);
    config.affinity.perplexities = plan.affinity.perplexities;
    for (double& perplexity : config.affinity.perplexities) {
      perplexity = std::clamp(share * perplexity, 1.0, static_cast<double>(std::max<GlobalIndex>(1, most)));
    }
    choose_pairs(comm_, config, plan.dense, plan);
    if (config.initialization.kind != InitialMap::spectral) {
      config.initialization.kind = InitialMap::file;
    }
    config.initialization.scale = InitialScale::off;
    const Embedding<Real>& start = plan.dense || plan.graph.is_matrix() ? start_ : hood_.start;
    source.initial = [this, &start, &sample]() -> GivenMap { return drawn_part(comm_, start, sample); };
    use(config, plan);
    return source;
  }

  [[nodiscard]] static std::string text_of(const Member& member) {
    std::string text = fmt::format("seed {}", member.seed);
    if (!member.perplexities.empty()) {
      text += fmt::format(", perplexity {}", fmt::join(member.perplexities, ", "));
    }
    return member.bootstrap > 0 ? fmt::format("{}, bootstrap {}", text, member.bootstrap) : text;
  }

  void tell(std::size_t number, const MemberMap<Real>& member) {
    run_.progress.say(fmt::format("map {} of {}: {} rows, KL {} after {} iterations", number + 1, members_.size(),
                                  member.rows, cost_text(config_, member.rows, kl_of(member)),
                                  member.record.iterations));
    run_.progress.record("map", {{"map", number + 1},
                                 {"seed", members_[number].seed},
                                 {"perplexities", member.perplexities},
                                 {"bootstrap", members_[number].bootstrap},
                                 {"rows", member.rows},
                                 {"kl", kl_of(member)},
                                 {"iterations", member.record.iterations},
                                 {"ending", member.record.ending}});
  }

  static double kl_of(const MemberMap<Real>& member) { return member.record.history.back().kl; }

  bool is_the_first(const MemberMap<Real>& member) const {
    return comm_.min(std::int64_t{member.map.values == maps_[0]->map.values ? 1 : 0}) == 1;
  }

  /// All maps that there are, and how far they lie apart.
  void write(bool finished) {
    use_whole();
    RunRecord record;
    static_cast<MapRecord&>(record) = maps_[0]->record;
    record.finished = finished;
    record.ending = finished ? record.ending : "stopped";
    std::vector<const Embedding<Real>*> all;
    for (std::size_t i = 0; i < maps_.size() && maps_[i]; ++i) {
      all.push_back(&maps_[i]->map);
    }
    FurtherMaps<Real> further;
    double overall = 0.0;
    if (all.size() > 1) {
      const std::span<const double> weights =
          plan_.weights ? std::span<const double>(plan_.weights->own) : std::span<const double>();
      const MapSpread spread = run_.timed("spread", [&] { return spread_of_maps(comm_, all, weights); });
      further.spread.assign(spread.of_row.begin(), spread.of_row.end());
      overall = spread.overall;
      for (std::size_t i = 1; i < all.size(); ++i) {
        MemberMap<Real>& one = *maps_[i];
        const double kl = kl_of(one);
        further.maps.push_back({std::move(one.map), members_[i].seed, one.perplexities, one.rows, members_[i].bootstrap,
                                kl, one.record.iterations, one.record.ending, spread.onto_first[i].residual});
      }
    }
    describe_run(run_, record);
    write_result(comm_, config_.output, maps_[0]->map, plan_.labels, record, further);
    if (finished) {
      report_end(run_, record);
      run_.progress.say(
          fmt::format("{} maps of {} rows in {} dimensions written to {} after {:.1f} s, KL {} of the "
                      "first; a row's places are {:.3g} map units from their mean (root mean square)",
                      all.size(), plan_.rows, config_.objective.dims, config_.output, now_seconds() - run_.start,
                      cost_text(config_, plan_.rows, kl_of(*maps_[0])), overall));
    }
  }

  void remove_files() {
    if (whole_config_.checkpoint != "off" && comm_.is_root()) {
      for (std::size_t i = 0; i < members_.size(); ++i) {
        for (const char* end : {"", ".previous", done}) {
          remove_saved(file_of(i) + end);
        }
      }
    }
    comm_.barrier();
  }

  const Communicator& comm_;
  const Config& whole_config_;
  const Plan& whole_plan_;
  Config config_;  // of the map at hand, as the run sees it
  Plan plan_;
  FileRun run_;
  Checkpoint<Real> checkpoint_;  // of what all share
  std::vector<Member> members_;
  std::vector<std::optional<MemberMap<Real>>> maps_;
  bool prepared_ = false;
  bool resumable_ = false;
  ReducedRows<Real> rows_;  // of all pairs, and beside a given matrix
  Embedding<Real> start_;   // of their bootstraps
  Neighborhood<Real> hood_;
};

}  // namespace

void embed_ensemble(const Communicator& comm, const Config& config, const Plan& plan, const Prediction& prediction,
                    Progress& progress) {
  if (config.precision == Precision::single) {
    Ensemble<float>(comm, config, plan, prediction, progress).run();
  } else {
    Ensemble<double>(comm, config, plan, prediction, progress).run();
  }
}

}  // namespace distsne
