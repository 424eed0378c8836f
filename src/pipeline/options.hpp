/// The one table of the options of a run, for the command line, config files and checkpoints.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "base/option.hpp"
#include "pipeline/config.hpp"

namespace distsne {

/// Who has options of the table: commands, and maps in memory (pipeline/map.hpp).
enum class Command { embed, neighbors, plan, map };

/// The options of a command or of a map, bound to `config`, which outlives them.
[[nodiscard]] Options run_options(Config& config, Command command);

/// How a file is read.
[[nodiscard]] Options reading_options(InputOptions& input);

/// Rows that the tables of several commands have.
[[nodiscard]] Option threads_option(int& threads, const std::string& group);
[[nodiscard]] Option quiet_option(OptionValue value, const std::string& group);
/// What a run that may be stopped keeps, how often, and whether it goes on from it; in this order.
[[nodiscard]] std::array<Option, 3> checkpoint_options(std::string& file, double& seconds_between, bool& restart,
                                                       const std::string& group);

/// Checks options of `embed` and `plan` against each other and derives what follows from them. Throws Error (bad
/// input).
void complete(Config& config);

/// Options of `embed` that are not at their defaults and have no effect, with what they would serve, for a note.
[[nodiscard]] std::vector<std::string> idle_options(const Config& config);

/// Effective options of a run that bear on its map: a run with others is another run.
[[nodiscard]] std::vector<ConfigLine> bearing_options(const Config& config);

}  // namespace distsne
