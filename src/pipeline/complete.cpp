/// What follows from the options of a run taken together.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "distsne/base/error.hpp"
#include "pipeline/options.hpp"
#include "render/picture_file.hpp"

namespace distsne {
namespace {

/// The file of --init.
InputOptions initial_map_file(const std::string& text) {
  InputOptions file = file_and_dataset(text, "--init");
  std::error_code ignored;
  if (!std::filesystem::exists(file.path, ignored)) {
    throw Error(
        fmt::format("--init: '{}' is none of auto, pca, random, spectral and multilevel, nor a file that exists", text),
        ExitCode::bad_input);
  }
  return file;
}

template <class T>
void require_different(std::vector<T> values, const char* option) {
  std::sort(values.begin(), values.end());
  const auto twice = std::adjacent_find(values.begin(), values.end());
  if (twice != values.end()) {
    throw Error(fmt::format("--{} names {} twice, which would be the same map: name each once", option, *twice),
                ExitCode::bad_input);
  }
}

/// Seed and perplexity are those of the first map.
void complete_ensemble(Config& config) {
  const EnsembleOptions& ensemble = config.ensemble;
  const auto refuse = [](const char* message) { throw Error(message, ExitCode::bad_input); };
  require_different(ensemble.seeds, "seeds");
  require_different(ensemble.perplexities, "perplexities");
  if (!ensemble.perplexities.empty() && config.affinity.kind != AffinityKind::perplexity) {
    refuse("--perplexities is of use with --affinity perplexity only: leave out one of them");
  }
  if (!ensemble.seeds.empty()) {
    config.seed = ensemble.seeds.front();
  }
  if (!ensemble.perplexities.empty()) {
    config.affinity.perplexities = {ensemble.perplexities.front()};
  }
  if (!ensemble.several()) {
    return;
  }
  constexpr std::size_t most = 1000;
  if (ensemble.maps() > most) {
    throw Error(fmt::format("--seeds, --perplexities and --bootstraps make {} maps together: at most {} are computed "
                            "in a run",
                            ensemble.maps(), most),
                ExitCode::bad_input);
  }
  if (config.snapshots > 0) {
    refuse("--snapshots keeps the course of one map, and several are to be computed: leave it out");
  }
  if (!config.live.empty()) {
    refuse("--live draws one map while it takes shape, and several are to be computed: leave it out");
  }
  if (!config.align.empty() || !config.fix.empty()) {
    refuse("--align and --fix make one map that goes on from another, and several are to be computed: leave them out");
  }
  if (config.resume_with_changes) {
    refuse("--resume-with-changes would change the course of some of several maps only: use --restart");
  }
}

/// --align and --fix.
void begin_with_earlier_map(Config& config) {
  const std::string option = config.align.empty() ? "--fix" : "--align";
  if (!config.align.empty() && !config.fix.empty()) {
    throw Error("--align holds the rows of an earlier map near their places and --fix keeps them there: choose one",
                ExitCode::bad_input);
  }
  if (config.init != "auto") {
    throw Error(fmt::format("{} begins with the earlier map: leave --init at auto", option), ExitCode::bad_input);
  }
  if (config.objective.anchor != AnchorKind::none) {
    throw Error(fmt::format("--anchor pca and {} hold rows in different places: choose one", option),
                ExitCode::bad_input);
  }
  config.initialization.kind = InitialMap::earlier;
  config.schedule.begins_finished = true;
}

}  // namespace

void complete(Config& config) {
  config.objective.accuracy = accuracy_of(config);
  if (!config.live.empty()) {
    static_cast<void>(format_of(config.live));
    if (config.objective.dims < 2) {
      throw Error("--live draws maps of two or three dimensions: leave it out, or choose --dims 2",
                  ExitCode::bad_input);
    }
  }
  complete_ensemble(config);
  config.input.seed = config.seed;
  config.input.apart = config.weights;
  const bool has_input = !config.input.path.empty();
  if (!has_input && config.graph.empty()) {
    throw Error("input, or --graph FILE, is required", ExitCode::bad_input);
  }
  if (config.affinity.kind == AffinityKind::given && config.graph.empty()) {
    throw Error("--affinity given takes the affinities from --graph FILE: name the file", ExitCode::bad_input);
  }
  if (config.init == "pca" && !has_input) {
    throw Error("--init: pca needs the input beside --graph", ExitCode::bad_input);
  }
  if (config.init == "multilevel" && !has_input) {
    throw Error("--init: multilevel needs the input beside --graph", ExitCode::bad_input);
  }
  if (!config.align.empty() || !config.fix.empty()) {
    begin_with_earlier_map(config);
  } else if (config.init == "spectral") {
    config.initialization.kind = InitialMap::spectral;
  } else if (config.init == "multilevel") {
    config.initialization.kind = InitialMap::multilevel;
  } else if (config.init == "auto") {
    const bool of_rows = has_input && config.ensemble.seeds.size() < 2;  // maps of several seeds are to differ
    config.initialization.kind = of_rows ? InitialMap::pca : InitialMap::random;
  } else if (config.init == "pca") {
    config.initialization.kind = InitialMap::pca;
  } else if (config.init == "random") {
    config.initialization.kind = InitialMap::random;
  } else {
    config.initialization.kind = InitialMap::file;
    config.initial_map = initial_map_file(config.init);
  }
}

std::vector<std::string> idle_options(const Config& config) {
  Config given = config;
  Config untouched;
  const Options options = run_options(given, Command::embed);
  const Options defaults = run_options(untouched, Command::embed);
  std::vector<std::string> idle;
  for (std::size_t i = 0; i < options.size(); ++i) {
    const Option& option = options[i];
    if (option.value.write() == defaults[i].value.write()) {
      continue;
    }
    for (const Serves& serves : option.serves) {
      const Option& served = *find_option(options, serves.option);
      const std::string chosen = served.value.write();
      const bool named = std::find(serves.words.begin(), serves.words.end(), chosen) != serves.words.end();
      if (named == serves.others) {
        const std::string with = chosen.empty()
                                     ? fmt::format("without {}{}", served.positional ? "" : "--", served.name)
                                     : fmt::format("with --{} {}", served.name, chosen);
        idle.push_back(fmt::format("--{} has no effect {}", option.name, with));
        break;
      }
    }
  }
  return idle;
}

std::vector<ConfigLine> bearing_options(const Config& config) {
  Config effective = config;
  std::vector<ConfigLine> lines;
  for (const Option& option : run_options(effective, Command::embed)) {
    if (option.bears) {
      lines.push_back({option.name, option.value.write()});
    }
  }
  return lines;
}

}  // namespace distsne
