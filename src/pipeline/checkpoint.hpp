/// What a run keeps for a later one: stages that are done, and where the iterations stand.
#pragma once

#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "io/saved_file.hpp"
#include "pipeline/map_stages.hpp"
#include "pipeline/stages.hpp"

namespace distsne {

/// The last stage whose result was kept.
enum class KeptStage { none, rows, graph, affinities };

/// Three files: FILE, where the iterations stand; FILE.previous, where they stood before that, until FILE is known to
/// be whole; FILE.stages, the result of the last stage that took long. Member functions are collective, but for kept(),
/// reason(), changes(), resumable() and last_iteration().
template <class Real>
class Checkpoint : public StageStore<Real> {
 public:
  /// Looks for what an earlier run has left. Throws Error everywhere (bad input) when it was another run: of other
  /// options or another input.
  explicit Checkpoint(FileRun& run);
  ~Checkpoint() override;
  Checkpoint(const Checkpoint&) = delete;
  Checkpoint& operator=(const Checkpoint&) = delete;
  Checkpoint(Checkpoint&&) = delete;
  Checkpoint& operator=(Checkpoint&&) = delete;

  [[nodiscard]] KeptStage kept() const;
  [[nodiscard]] std::optional<ReducedRows<Real>> kept_rows() override;
  [[nodiscard]] std::optional<Neighborhood<Real>> kept_neighborhood() override;
  [[nodiscard]] std::optional<Prepared<Real>> kept_affinities() override;

  /// Keep the result of a stage, if it took so long that it is worth it.
  void keep(const ReducedRows<Real>& rows) override;
  void keep(const Neighborhood<Real>& neighborhood) override;
  void keep(const Prepared<Real>& prepared) override;

  bool resume(LoopState<Real>& state, Objective<Real>& objective) override;
  /// Keeps the state when it is time to, or when any rank is asked to stop.
  bool after_update(const LoopState<Real>& state, const FieldFit& fit) override;
  /// Why the run stops.
  [[nodiscard]] const std::string& reason() const;
  /// Options that were changed on the way.
  [[nodiscard]] const std::vector<std::string>& changes() const;
  /// Whether there is anything to go on from.
  [[nodiscard]] bool resumable() const;
  /// The iteration of the checkpoint that was written or read last; empty: none.
  [[nodiscard]] std::optional<int> last_iteration() const;

  /// Removes the files: the run is done.
  void remove();

  /// A further file of the run, of this name, with its facts; empty, with a note, where there is none to use. Throws as
  /// the constructor does where it is of another run.
  [[nodiscard]] std::optional<SavedFile> kept_file(const std::string& name);
  /// Writes it; `what` it is, for the log. Does nothing where no checkpoints are wanted.
  void keep_file(const std::string& name, std::span<const SavedArray> arrays, nlohmann::json facts,
                 const std::string& what);

 private:
  struct State;
  /// What `load` makes of the kept stage, if it is the one that is meant. One that turns out to be damaged is dropped.
  template <class Load>
  auto load(KeptStage stage, const Load& load) -> std::optional<decltype(load())>;
  [[nodiscard]] Embedding<Real> kept_start() const;
  std::unique_ptr<State> state_;
};

extern template class Checkpoint<float>;
extern template class Checkpoint<double>;

}  // namespace distsne
