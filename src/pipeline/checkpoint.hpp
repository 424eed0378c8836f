/// What a run keeps for a later one: stages that are done, and where the iterations stand.
#pragma once

#include <memory>

#include "distsne/affinity/joint.hpp"
#include "distsne/embed/optimize.hpp"
#include "distsne/io/saved_file.hpp"
#include "pipeline/stages.hpp"

namespace distsne {

/// Joint affinities and all else that the loop starts from.
template <class Real>
struct Prepared {
  JointAffinities<Real> joint;
  AffinityEntropy entropy;
  /// The input row of each row of this rank in the order of sparse affinities; empty for that of the input.
  std::vector<GlobalIndex> input_row;
};

/// The last stage whose result was kept.
enum class KeptStage { none, rows, graph, affinities };

/// Three files: FILE, where the iterations stand; FILE.previous, where they stood before that, until FILE is known to
/// be whole; FILE.stages, the result of the last stage that took long. Member functions are collective, but for kept(),
/// drop_stage(), reason(), resumable() and last_iteration().
template <class Real>
class Checkpoint {
 public:
  /// Looks for what an earlier run has left. Throws Error everywhere (bad input) when it was another run: of other
  /// options or another input.
  explicit Checkpoint(Run& run, RunRecord& record);
  ~Checkpoint();
  Checkpoint(const Checkpoint&) = delete;
  Checkpoint& operator=(const Checkpoint&) = delete;
  Checkpoint(Checkpoint&&) = delete;
  Checkpoint& operator=(Checkpoint&&) = delete;

  [[nodiscard]] KeptStage kept() const;
  [[nodiscard]] DistributedMatrix<Real> rows() const;
  [[nodiscard]] NeighborGraph graph() const;
  [[nodiscard]] Prepared<Real> affinities() const;
  /// The initial map, in the order of the input; kept with the graph and the affinities.
  [[nodiscard]] Embedding<Real> initial_map() const;

  /// Forgets the kept stage, which has turned out to be damaged.
  void drop_stage();

  /// Keep the result of a stage, if it took so long that it is worth it.
  void keep_rows(const DistributedMatrix<Real>& x);
  void keep_graph(const NeighborGraph& graph, const Embedding<Real>& initial_map);
  void keep_affinities(const Prepared<Real>& prepared, const Embedding<Real>& initial_map);

  /// Puts the loop and its objective to where the earlier run stood; false when that had not come so far.
  bool resume(LoopState<Real>& state, Objective<Real>& objective);
  /// To be called after every update: keeps the state when it is time to, or when any rank is asked to stop. Returns
  /// whether it is.
  bool after_update(const LoopState<Real>& state, const FieldFit& fit);
  /// Why the run stops.
  [[nodiscard]] const std::string& reason() const;
  /// Whether there is anything to go on from.
  [[nodiscard]] bool resumable() const;
  /// The iteration of the checkpoint that was written or read last; empty: none.
  [[nodiscard]] std::optional<int> last_iteration() const;

  /// Removes the files: the run is done.
  void remove();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

extern template class Checkpoint<float>;
extern template class Checkpoint<double>;

}  // namespace distsne
