/// distsne plot: the way from a result file to its picture.
#include <fmt/format.h>

#include <cstdio>
#include <map>

#include "cli/commands.hpp"
#include "cli/plot_options.hpp"
#include "cli/plot_page.hpp"
#include "distsne/io/result.hpp"
#include "distsne/mpi/agreement.hpp"
#include "distsne/render/picture.hpp"
#include "distsne/render/picture_file.hpp"
#include "distsne/render/text.hpp"

namespace distsne {
namespace {

std::string title_of(const ResultPicture& result) {
  const std::map<std::string, std::string> names{
      {"sne", "SNE of "}, {"ssne", "symmetric SNE of "}, {"tsne", "t-SNE of "}};
  const auto name = names.find(result.method);
  return fmt::format("{}{} point{}", name == names.end() ? "" : name->second, with_separators(result.rows),
                     result.rows == 1 ? "" : "s");
}

void plot(const PlotOptions& options) {
  if (is_page(options.output)) {
    plot_page({options.input, options.output, options.labels, options.title,
               options.picture.background == Background::black, options.quiet});
    return;
  }
  const ResultPicture result = read_result(options.input, options.labels == "auto" ? "" : options.labels);
  PictureOptions picture = options.picture;
  picture.title = options.title == "auto" ? title_of(result) : options.title == "none" ? "" : options.title;
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
  add_plot_options(app, options);
  if (!parse(comm, app, arguments, [&] { finish_plot_options(options); })) {
    return;
  }
  require_writable(comm, options.output, options.input);
  attempt_on_root(comm, [&] { plot(options); });
}

}  // namespace distsne
