/// distsne plot: the way from result files to their picture.
#include <fmt/format.h>

#include <cstdio>
#include <filesystem>
#include <map>

#include "cli/commands.hpp"
#include "cli/plot_options.hpp"
#include "cli/plot_page.hpp"
#include "io/input.hpp"
#include "io/result.hpp"
#include "io/result_curves.hpp"
#include "mpi/agreement.hpp"
#include "render/curves.hpp"
#include "render/picture.hpp"
#include "render/picture_file.hpp"
#include "render/sheet.hpp"
#include "render/spread_map.hpp"
#include "render/text.hpp"

namespace distsne {
namespace {

std::string title_of(const ResultPicture& result) {
  const std::map<std::string, std::string> names{
      {"sne", "SNE of "}, {"ssne", "symmetric SNE of "}, {"tsne", "t-SNE of "}};
  const auto name = names.find(result.method);
  return fmt::format("{}{} point{}", name == names.end() ? "" : name->second, with_separators(result.rows),
                     result.rows == 1 ? "" : "s");
}

std::string chosen_title(const PlotOptions& options, const std::string& automatic) {
  return options.title == "auto" ? automatic : options.title == "none" ? "" : options.title;
}

std::string stem(const std::string& path) { return std::filesystem::path(path).stem().string(); }

/// Adds the colors that came with the labels, and those of a file.
void take_colors(const PlotOptions& options, const ResultPicture& result, PictureOptions& picture) {
  for (const auto& [name, text] : result.colors) {
    if (const std::optional<Color> color = parse_color(text)) {
      picture.coloring.given[name] = *color;
    }
  }
  if (!options.colors.empty()) {
    for (const auto& [name, color] : read_colors(options.colors)) {
      picture.coloring.given[name] = color;
    }
  }
}

Scene draw_map(const std::string& path, const ResultPicture& result, const PlotOptions& options,
               PictureOptions picture) {
  take_colors(options, result, picture);
  try {
    return compose(result.embedding, result.dims, {result.label_name, result.numeric_labels, result.text_labels},
                   picture);
  } catch (const Error& error) {
    throw Error(fmt::format("'{}': {}", path, error.what()), error.code());
  }
}

/// The colors of the classes in a map's picture.
std::map<std::string, Color> colors_in(const ResultPicture& result, const PlotOptions& options,
                                       PictureOptions picture) {
  take_colors(options, result, picture);
  return settled_colors(result.embedding, result.dims, {result.label_name, result.numeric_labels, result.text_labels},
                        picture);
}

Scene draw_maps(const PlotOptions& options) {
  const std::size_t count = options.inputs.size() * options.labels.size();
  PictureOptions picture = options.picture;
  if (count > 1) {
    picture.size = std::max(200, picture.size / static_cast<int>(sheet_columns(count)));
    picture.subtitle.clear();
  }
  std::vector<Scene> scenes;
  std::string title;
  std::map<std::string, Color> settled;  // colors that a class has in all maps
  for (const std::string& path : options.inputs) {
    for (const std::string& labels : options.labels) {
      const ResultPicture result = read_result(path, labels == "auto" ? "" : labels);
      title = title_of(result);
      picture.title = count == 1                   ? chosen_title(options, title)
                      : options.labels.size() == 1 ? stem(path)
                      : options.inputs.size() == 1 ? result.label_name
                                                   : stem(path) + ", " + result.label_name;
      if (options.inputs.size() > 1 && options.labels.size() == 1) {
        picture.coloring.given = settled;
        settled.merge(colors_in(result, options, picture));
        picture.coloring.given = settled;
      }
      scenes.push_back(draw_map(path, result, options, picture));
    }
  }
  if (count == 1) {
    return std::move(scenes.front());
  }
  PictureOptions sheet = options.picture;
  sheet.title = chosen_title(options, options.inputs.size() == 1 ? title : "");
  return make_sheet(scenes, sheet);
}

Scene draw_history(const PlotOptions& options) {
  const ResultHistory history = read_history(options.inputs.front());
  PictureOptions picture = options.picture;
  picture.title = chosen_title(options, "History of " + stem(options.inputs.front()));
  return draw_curves(history.iteration,
                     {{"KL divergence (nats)", history.kl, false},
                      {"gradient norm", history.gradient_norm, true},
                      {"relative error of the forces", history.force_error, true}},
                     exaggerated(history.iteration, history.exaggeration), picture);
}

Scene draw_timings(const PlotOptions& options) {
  const ResultTimings timings = read_timings(options.inputs.front());
  std::vector<Duration> durations;
  for (std::size_t i = 0; i < timings.phase.size(); ++i) {
    durations.push_back({timings.phase[i], timings.min[i], timings.mean[i], timings.max[i]});
  }
  PictureOptions picture = options.picture;
  picture.title = chosen_title(options, "Time of " + stem(options.inputs.front()));
  return draw_durations(durations, picture);
}

void film(const PlotOptions& options) {
  const std::string& path = options.inputs.front();
  const std::string& labels = options.labels.front();
  const ResultPicture result = read_result(path, labels == "auto" ? "" : labels);
  PictureOptions picture = options.picture;
  take_colors(options, result, picture);
  picture.title = chosen_title(options, title_of(result));
  const std::string message = write_film(options, result, std::move(picture));
  if (!options.quiet) {
    fmt::print(stderr, "{}\n", message);
  }
}

/// Whether the map needs not be gathered.
bool is_spread(const PlotOptions& options) {
  return options.picture.points == PointStyle::density && !is_page(options.output) && options.inputs.size() == 1 &&
         options.film.empty() && !options.history && !options.timings &&
         options.labels == std::vector<std::string>{no_labels};
}

/// Collective.
void plot_spread(const Communicator& comm, const PlotOptions& options) {
  const InputDescription input = describe_input(comm, {options.inputs.front(), "/embedding"});
  const DistributedMatrix<float> map = read_matrix<float>(comm, input);
  PictureOptions picture = options.picture;
  picture.title = chosen_title(options, fmt::format("{} points", with_separators(input.rows)));
  const Scene scene = draw_spread_map(comm, map.values, map.columns, picture);
  attempt_on_root(comm, [&] {
    write_picture(options.output, scene);
    if (!options.quiet) {
      fmt::print(stderr, "{} x {} pixels written to {}\n", scene.width, scene.height, options.output);
    }
  });
}

void plot(const PlotOptions& options) {
  if (is_page(options.output)) {
    plot_page({options.inputs.front(), options.output, options.labels.front(), options.title,
               options.colors.empty() ? std::map<std::string, Color>() : read_colors(options.colors),
               options.picture.background == Background::black, options.tiles, options.quiet});
    return;
  }
  const Scene scene = options.history   ? draw_history(options)
                      : options.timings ? draw_timings(options)
                                        : draw_maps(options);
  write_picture(options.output, scene);
  if (!options.quiet) {
    for (const std::string& note : scene.notes) {
      fmt::print(stderr, "note: {}\n", note);
    }
    const bool curves = options.history || options.timings;
    fmt::print(stderr, "{} x {} pixels written to {}{}\n", scene.width, scene.height, options.output,
               curves || options.inputs.size() * options.labels.size() > 1 ? ""
               : scene.colored_by.empty()                                  ? ", no labels"
                                          : fmt::format(", colored by '{}'", scene.colored_by));
  }
}

}  // namespace

void run_plot(const Communicator& comm, const Arguments& arguments) {
  PlotOptions options;
  const CommandLine command{"distsne plot", "Draw a map that distsne embed has written", plot_table(options), false};
  if (!parse(comm, command, arguments, [&] { finish_plot_options(options); })) {
    return;
  }
  for (const std::string& input : options.inputs) {
    require_writable(comm, options.film.empty() ? options.output : options.film, input);
  }
  if (is_spread(options)) {
    plot_spread(comm, options);
    return;
  }
  attempt_on_root(comm, [&] { options.film.empty() ? plot(options) : film(options); });
}

}  // namespace distsne
