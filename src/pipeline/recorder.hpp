/// What is kept of a map on its way: snapshots for a film, and a live picture.
#pragma once

#include "embed/optimize.hpp"
#include "pipeline/stages.hpp"

namespace distsne {

/// Snapshots go to OUTPUT.snapshots as they come, at a place that follows from their iteration: a run that goes on from
/// a checkpoint writes the same bytes again, so that the result does not tell that it was stopped.
template <class Real>
class Recorder {
 public:
  /// Keeps a reference to the run. `phases`: of the whole run.
  Recorder(FileRun& run, const std::vector<Phase>& phases);

  /// Collective; to be called after every update. Throws Error everywhere (I/O) when writing fails.
  void after_update(const LoopState<Real>& state);

  /// Collective. All snapshots, of the rows that this rank has in the order of the input.
  [[nodiscard]] Snapshots snapshots() const;

  /// Not collective. Removes OUTPUT.snapshots: the run is done.
  void remove() const;

 private:
  void keep(const LoopState<Real>& state);
  void show(const LoopState<Real>& state);
  [[nodiscard]] std::size_t number_of(int iteration) const;

  FileRun& run_;
  int total_;
  LocalIndex dims_;
  std::size_t count_ = 0;  ///< snapshots of the whole run
  std::string path_;
  bool opened_ = false;
  double last_shown_;
};

extern template class Recorder<float>;
extern template class Recorder<double>;

}  // namespace distsne
