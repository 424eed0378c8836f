/// What the stages of a map share.
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "base/memory.hpp"
#include "distsne/base/aligned.hpp"
#include "distsne/base/allocation.hpp"
#include "distsne/base/timer.hpp"
#include "distsne/mpi/communicator.hpp"
#include "distsne/pipeline/map_options.hpp"
#include "distsne/pipeline/observer.hpp"
#include "neighbors/neighbors.hpp"

namespace distsne {

struct EarlierMap;

/// The weights of the rows of a map (data/row_weights.hpp).
struct PlannedWeights {
  AlignedVector<double> own;  ///< of the rows of this rank, in even blocks of the input's order
  double total = 0.0;         ///< sum_i w_i: how many points the rows stand for
  double pairs = 0.0;         ///< of different ones among these, in either order
};

/// What is settled about a map before anything is computed.
struct MapPlan {
  GlobalIndex rows = 0;
  bool needs_rows = true;     ///< the rows themselves are looked at
  int threads = 1;            ///< of this rank
  LocalIndex components = 0;  ///< principal components that rows are reduced to; 0: rows are taken as they are
  bool dense = false;         ///< all pairs of rows have an affinity
  LocalIndex neighbors = 0;   ///< of each row, where not dense
  AffinityOptions affinity;   ///< with perplexities that fit the rows
  /// Entries of a row, on average, of a square matrix that neighbors or affinities are taken from; empty: of none.
  std::optional<LocalIndex> matrix_entries;
  std::shared_ptr<const EarlierMap> earlier;  ///< that this one goes on from; empty: none
  /// On all ranks or none; empty also where all of them are 1.
  std::optional<PlannedWeights> weights;

  /// How many points the rows stand for.
  [[nodiscard]] double points() const { return weights ? weights->total : static_cast<double>(rows); }
};

/// How neighbors are searched where not all pairs are taken.
[[nodiscard]] NeighborSearch search_of(NeighborChoice choice);

/// Collective. Chooses which pairs of rows get an affinity, where the plan has its rows, and its matrix if any.
/// `searched`: neighbors are not given. Rows with weights have neighbors, and never all pairs. Throws Error everywhere
/// (bad input) when the options do not fit the rows or each other.
void choose_pairs(const Communicator& comm, const MapOptions& options, bool searched, MapPlan& plan);

/// Collective. The number of neighbors of each row, where not all are. Throws Error everywhere (bad input).
void choose_neighbors(const Communicator& comm, const MapOptions& options, MapPlan& plan);

/// The principal components that rows of so many columns are reduced to, at least `least`; 0: none.
[[nodiscard]] LocalIndex chosen_components(const MapOptions& options, GlobalIndex columns, LocalIndex least);

/// Threads of this rank, and the same SIMD loops on every rank, as different ones would give different bits; for the
/// life of this object, after which all is as it was before. Made and destroyed collectively.
class SettledRanks {
 public:
  SettledRanks(const Communicator& comm, int threads);
  SettledRanks(const SettledRanks&) = delete;
  SettledRanks& operator=(const SettledRanks&) = delete;
  SettledRanks(SettledRanks&&) = delete;
  SettledRanks& operator=(SettledRanks&&) = delete;
  ~SettledRanks();

 private:
  int threads_before_;
  std::int64_t sets_before_;
};

struct Run {
  const Communicator& comm;
  const MapOptions& config;
  const MapPlan& plan;
  MapObserver& progress;
  Timers timers;
  double start = now_seconds();
  bool watches_memory = false;           // of the whole process, whose peak begins anew with each stage
  std::map<std::string, double> memory;  // the most that this rank had in each stage, in bytes

  Run(const Communicator& comm_in, const MapOptions& config_in, const MapPlan& plan_in, MapObserver& progress_in)
      : comm(comm_in), config(config_in), plan(plan_in), progress(progress_in) {}

  template <class Work>
  auto timed(const char* stage, const Work& work) {
    progress.working(stage);
    const auto timer = timers.scope(stage);
    const MemoryScope memory_of_stage(watches_memory ? &memory[stage] : nullptr);
    return work();
  }

  /// A stage is done, and what came of it.
  void done(const char* stage, const std::string& what) const { progress.done(stage, timers.seconds(stage), what); }

 private:
  /// Notes the peak of memory during its life.
  class MemoryScope {
   public:
    explicit MemoryScope(double* peak) : peak_(peak) {
      if (peak_ != nullptr) {
        return_free_memory();
        begin_memory_peak();
      }
    }
    MemoryScope(const MemoryScope&) = delete;
    MemoryScope& operator=(const MemoryScope&) = delete;
    MemoryScope(MemoryScope&&) = delete;
    MemoryScope& operator=(MemoryScope&&) = delete;
    ~MemoryScope() {
      if (peak_ != nullptr) {
        *peak_ = std::max(*peak_, latest_memory_peak_bytes());
      }
    }

   private:
    double* peak_;
  };
};

}  // namespace distsne
