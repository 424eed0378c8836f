/// What a run will take: memory, time and messages of every stage, before any number is read.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "base/cost.hpp"
#include "pipeline/plan.hpp"

namespace distsne {

/// Its memory includes that of a process.
struct StagePrediction : StageCost {
  std::string stage;
};

struct Prediction {
  std::vector<StagePrediction> stages;
  double seconds = 0.0;            ///< in all
  double memory = 0.0;             ///< bytes of the largest rank
  double iteration_seconds = 0.0;  ///< of one iteration late in the run
  double iteration_bytes = 0.0;    ///< that each rank sends in it
  std::string fullest;             ///< the stage that takes the memory

  /// Null where a stage is not predicted by itself.
  [[nodiscard]] const StagePrediction* find(const std::string& stage) const {
    const auto same = [&](const StagePrediction& one) { return one.stage == stage; };
    const auto found = std::find_if(stages.begin(), stages.end(), same);
    return found == stages.end() ? nullptr : &*found;
  }
};

/// Which of the program's jobs is meant.
enum class Job { embed, neighbors };

/// Not collective. The memory is good to a quarter where the map gets as wide as maps of so many rows do; time to a
/// half, as it depends on the data as well.
[[nodiscard]] Prediction predict(Job job, const Config& config, const Plan& plan, const Workplace& place);

/// The quickest of the workplaces of the fewest hosts like this one whose memory suffices; of more, up to 1,024, where
/// the run takes above 10 minutes and twice the hosts save a third of that; without ranks where none suffices.
[[nodiscard]] Workplace suggest(Job job, const Config& config, const Plan& plan, int cores_of_host,
                                double memory_of_host, const MachineRates& rates);

}  // namespace distsne
