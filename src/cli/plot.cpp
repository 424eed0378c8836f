/// distsne plot: the options of the picture, and the way from a result file to it.
#include <fmt/format.h>

#include <cstdio>
#include <map>

#include "cli/commands.hpp"
#include "cli/options.hpp"
#include "distsne/io/result.hpp"
#include "distsne/mpi/agreement.hpp"
#include "distsne/render/picture.hpp"
#include "distsne/render/picture_file.hpp"
#include "distsne/render/text.hpp"

namespace distsne {
namespace {

struct PlotOptions {
  std::string input;
  std::string output;
  std::string labels = "auto";
  std::string title = "auto";
  std::string point_size = "auto";
  std::string background = "white";
  bool no_legend = false;
  bool quiet = false;
  PictureOptions picture;
};

const auto point_size_range = CLI::Validator(
    [](std::string& text) {
      double value = 0.0;
      const bool fine = text == "auto" || (CLI::detail::lexical_cast(text, value) && value >= 0.1 && value <= 200.0);
      return fine ? std::string() : fmt::format("{}: auto or a number of pixels from 0.1 to 200 is wanted", text);
    },
    "auto|0.1..200", "point size");

void add_options(CLI::App& app, PlotOptions& options) {
  app.add_option("input", options.input, "Result file that distsne embed has written")->required()->type_name("OUTPUT");
  app.add_option("-o,--output", options.output, "The picture; its name ends in .png or .svg")
      ->required()
      ->type_name("FILE");
  app.add_option("--labels", options.labels,
                 "Dataset of the result to color by (numbers or strings, one for each point), or none; auto: the first "
                 "of labels, label, y, target, class, cluster, or else any")
      ->type_name("auto|none|NAME")
      ->capture_default_str();
  app.add_option("--size", options.picture.size,
                 "Pixels of the longer side; letters grow with it. In SVG also the resolution of the points")
      ->check(CLI::Range(200, 10000))
      ->capture_default_str();
  app.add_option("--title", options.title, "Line above the map, or none; auto: the method and the number of points")
      ->type_name("auto|none|TEXT")
      ->capture_default_str();
  app.add_option("--point-size", options.point_size,
                 "Diameter of a point in pixels; auto: smaller for more points, so that they cover much the same area")
      ->check(point_size_range)
      ->capture_default_str();
  app.add_option("--background", options.background, "Behind the map; on transparent, text is dark")
      ->check(CLI::IsMember({"white", "black", "transparent"}))
      ->capture_default_str();
  app.add_flag("--no-legend", options.no_legend, "Leave out what the colors mean");
  app.add_flag("-q,--quiet", options.quiet, "Say nothing but errors");
}

void finish(PlotOptions& options) {
  static_cast<void>(format_of(options.output));
  options.picture.background = std::map<std::string, Background>{
      {"white", Background::white},
      {"black", Background::black},
      {"transparent",
       Background::transparent}}.at(options.background);
  options.picture.legend = !options.no_legend;
  if (options.point_size != "auto") {
    options.picture.point_size = number_of(options.point_size);
  }
}

std::string title_of(const ResultPicture& result) {
  const std::map<std::string, std::string> names{
      {"sne", "SNE of "}, {"ssne", "symmetric SNE of "}, {"tsne", "t-SNE of "}};
  const auto name = names.find(result.method);
  return fmt::format("{}{} point{}", name == names.end() ? "" : name->second, with_separators(result.rows),
                     result.rows == 1 ? "" : "s");
}

void plot(const PlotOptions& options) {
  const ResultPicture result = read_result(options.input, options.labels == "auto" ? "" : options.labels);
  PictureOptions picture = options.picture;
  picture.title = options.title == "auto" ? title_of(result) : options.title == "none" ? "" : options.title;
  Scene scene;
  try {
    scene =
        compose(result.embedding, result.dims, {result.label_name, result.numeric_labels, result.text_labels}, picture);
  } catch (const Error& error) {
    throw Error(fmt::format("'{}': {}", options.input, error.what()), error.code());
  }
  write_picture(options.output, scene);
  if (!options.quiet) {
    for (const std::string& note : scene.notes) {
      fmt::print(stderr, "note: {}\n", note);
    }
    fmt::print(stderr, "{} x {} pixels written to {}{}\n", scene.width, scene.height, options.output,
               scene.colored_by.empty() ? ", no labels" : fmt::format(", colored by '{}'", scene.colored_by));
  }
}

}  // namespace

void run_plot(const Communicator& comm, const Arguments& arguments) {
  PlotOptions options;
  CLI::App app("Draw a map that distsne embed has written; runs on one process", "distsne plot");
  add_options(app, options);
  if (!parse(comm, app, arguments, [&] { finish(options); })) {
    return;
  }
  require_writable(comm, options.output, options.input);
  attempt_on_root(comm, [&] { plot(options); });
}

}  // namespace distsne
