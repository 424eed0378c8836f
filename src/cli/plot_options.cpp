/// Declaring the options of a picture, and turning their texts into values.
#include "cli/plot_options.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <sstream>

#include "cli/options.hpp"
#include "cli/plot_page.hpp"
#include "distsne/base/error.hpp"
#include "render/picture_file.hpp"

namespace distsne {
namespace {

template <class T>
struct Choices {
  std::vector<std::pair<std::string, T>> list;
  [[nodiscard]] std::vector<std::string> names() const {
    std::vector<std::string> result;
    for (const auto& choice : list) {
      result.push_back(choice.first);
    }
    return result;
  }
  [[nodiscard]] T at(const std::string& name) const {
    return std::find_if(list.begin(), list.end(), [&](const auto& choice) { return choice.first == name; })->second;
  }
};

const Choices<Background> backgrounds{
    {{"white", Background::white}, {"black", Background::black}, {"transparent", Background::transparent}}};
const Choices<LegendPlace> legends{{{"auto", LegendPlace::automatic},
                                    {"beside", LegendPlace::beside},
                                    {"below", LegendPlace::below},
                                    {"off", LegendPlace::off}}};
const Choices<NamePlace> name_places{
    {{"auto", NamePlace::automatic}, {"on", NamePlace::on}, {"around", NamePlace::around}, {"off", NamePlace::off}}};
const Choices<PointStyle> point_styles{
    {{"auto", PointStyle::automatic}, {"markers", PointStyle::markers}, {"density", PointStyle::density}}};
const Choices<Tone> tones{{{"log", Tone::logarithmic}, {"equalized", Tone::equalized}}};
const Choices<ScaleKind> scales{{{"auto", ScaleKind::automatic},
                                 {"linear", ScaleKind::linear},
                                 {"log", ScaleKind::logarithmic},
                                 {"percentile", ScaleKind::percentile}}};
const Choices<Order> orders{
    {{"auto", Order::automatic}, {"mixed", Order::mixed}, {"low", Order::low}, {"high", Order::high}}};

template <class T>
CLI::Option* add_choice(CLI::App& app, const std::string& name, std::string& text, const Choices<T>& choices,
                        const std::string& help) {
  return app.add_option(name, text, help)->check(CLI::IsMember(choices.names()))->capture_default_str();
}

const auto point_size_range = CLI::Validator(
    [](std::string& text) {
      double value = 0.0;
      const bool fine = text == "auto" || (CLI::detail::lexical_cast(text, value) && value >= 0.1 && value <= 200.0);
      return fine ? std::string() : fmt::format("{}: auto or a number of pixels from 0.1 to 200 is wanted", text);
    },
    "auto|0.1..200", "point size");

/// "A:B" with A < B.
std::optional<Range> range_of(const std::string& text) {
  const std::size_t colon = text.find(':');
  Range range;
  const bool fine = colon != std::string::npos && CLI::detail::lexical_cast(text.substr(0, colon), range.low) &&
                    CLI::detail::lexical_cast(text.substr(colon + 1), range.high) && range.low < range.high &&
                    range.width() < 1e300;
  return fine ? std::optional(range) : std::nullopt;
}

Frame frame_of(const std::string& text) {
  if (text == "robust" || text == "all") {
    return {text == "all" ? Frame::Kind::all : Frame::Kind::robust, {}};
  }
  Frame frame{Frame::Kind::chosen, {}};
  std::istringstream parts(text);
  for (std::string part; std::getline(parts, part, ',');) {
    const std::optional<Range> range = range_of(part);
    if (!range) {
      throw Error(fmt::format("--frame {}: robust, all or ranges such as -10:25,0:30 are wanted", text),
                  ExitCode::bad_input);
    }
    frame.axes.push_back(*range);
  }
  return frame;
}

void add_color_options(CLI::App& app, PlotOptions& options) {
  app.add_option("--colors", options.colors,
                 "File with colors of classes: lines of a name, a tab or comma, and #RRGGBB; or a JSON object")
      ->type_name("FILE");
  app.add_option("--highlight", options.picture.coloring.highlight,
                 "Class to show in its color, all others in grey; may be given several times")
      ->type_name("CLASS")
      ->allow_extra_args(false);
  add_choice(app, "--order", options.order, orders,
             "What is drawn over the rest: auto: rare classes and the highest numbers; mixed: nothing, colors mix; "
             "low or high: the lowest or highest numbers");
  add_choice(app, "--scale", options.scale, scales, "How numbers become colors; auto: linear unless they are skewed");
  app.add_option("--range", options.range,
                 "Numbers of the lowest and the highest color; auto: those without extreme ones")
      ->type_name("auto|LOW:HIGH")
      ->capture_default_str();
  app.add_option("--color-map", options.color_map, "Colors of numbers; coolwarm has a light middle")
      ->check(CLI::IsMember(color_map_names()))
      ->capture_default_str();
}

}  // namespace

void add_plot_options(CLI::App& app, PlotOptions& options) {
  app.add_option("input", options.inputs, "Result file that distsne embed has written; several are drawn side by side")
      ->required()
      ->type_name("OUTPUT");
  app.add_option("-o,--output", options.output,
                 "The picture, whose name ends in .png, .svg or .pdf; or .html: a page to explore the map in a browser")
      ->type_name("FILE");
  app.add_option("--film", options.film,
                 "In place of a picture: a film of the snapshots that embed --snapshots has kept. Its name ends in "
                 ".apng, or in .png for a picture of each snapshot, numbered by iterations")
      ->type_name("FILE");
  app.add_option(
         "--labels", options.labels,
         "Dataset of the result to color by (numbers or strings, one for each point), or none; auto: one with a "
         "usual name such as cell_type, labels or cluster, else classes, else numbers; never row names. Several "
         "names, with commas or by several --labels, are drawn side by side")
      ->type_name("auto|none|NAME")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->capture_default_str();
  add_choice(app, "--names", options.names, name_places,
             "Names of classes on the map or around it; auto: where most classes have a place of their own");
  add_choice(app, "--legend", options.legend, legends,
             "Where colors are explained; auto: beside the map, or below where that would make it too small, and only "
             "for classes that are not named on the map");
  app.add_flag("--no-legend", options.no_legend, "Leave out what the colors mean: --legend off --names off");
  add_color_options(app, options);
  CLI::Option* const history = app.add_flag("--history", options.history,
                                            "In place of the map: cost, gradient and force error over the iterations");
  app.add_flag("--timings", options.timings, "In place of the map: the seconds of each phase")->excludes(history);
  app.add_option(
         "--frame", options.frame,
         "What is shown: robust leaves out a few points far from all others; all; or a range for each dimension")
      ->type_name("robust|all|X0:X1,Y0:Y1")
      ->capture_default_str();
  add_choice(
      app, "--points", options.points, point_styles,
      "Discs, or for very many points how many fall on each pixel. With --labels none the density is computed by "
      "all ranks, none of which holds the whole map");
  add_choice(app, "--tone", options.tone, tones,
             "How many points lie on a pixel as opacity: by the logarithm, or by rank among all pixels");
  app.add_option("--point-size", options.point_size,
                 "Diameter of a point in pixels; auto: smaller for more points, so that they cover much the same area")
      ->check(point_size_range)
      ->capture_default_str();
  app.add_option("--size", options.picture.size,
                 "Pixels of the longer side (a legend below comes on top); letters grow with it. In SVG and PDF also "
                 "the resolution of the points")
      ->check(CLI::Range(200, 10000))
      ->capture_default_str();
  app.add_option("--dpi", options.picture.dots_per_inch, "Pixels of an inch in print, for PDF")
      ->check(CLI::Range(10.0, 2400.0))
      ->capture_default_str();
  app.add_option("--title", options.title, "Line above the map, or none; auto: the method and the number of points")
      ->type_name("auto|none|TEXT")
      ->capture_default_str();
  app.add_option("--subtitle", options.picture.subtitle, "Smaller line below the title")->type_name("TEXT");
  add_choice(app, "--background", options.background, backgrounds, "Behind the map; on transparent, text is dark");
  app.add_flag(
      "--tiles", options.tiles,
      "Keep the data of a page in a folder beside it, from which browsers read what they show over HTTP; always "
      "so beyond 12 million points");
  app.add_flag("-q,--quiet", options.quiet, "Say nothing but errors");
}

void finish_plot_options(PlotOptions& options) {
  const bool film = !options.film.empty();
  if (film == !options.output.empty()) {
    throw Error(film ? "--film takes the place of --output: give one of them" : "--output is required: -o map.png",
                ExitCode::bad_input);
  }
  if (film && !options.film.ends_with(".apng") && !options.film.ends_with(".png")) {
    throw Error(fmt::format("cannot write '{}': let the name of a film end in .apng, or in .png for single pictures",
                            options.film),
                ExitCode::bad_input);
  }
  if (film && (options.history || options.timings || options.inputs.size() > 1 || options.labels.size() > 1)) {
    throw Error("--film is of one map, by one dataset: leave out --history, --timings and further files or labels",
                ExitCode::bad_input);
  }
  if ((options.history || options.timings) && options.inputs.size() > 1) {
    throw Error("--history and --timings draw one result: give one file", ExitCode::bad_input);
  }
  if (!film && !is_page(options.output)) {
    static_cast<void>(format_of(options.output));
  } else if (!film && (options.history || options.timings || options.inputs.size() > 1 || options.labels.size() > 1)) {
    throw Error(
        "a page is of one map: leave out --history, --timings and further files or labels (the page colors by "
        "any column)",
        ExitCode::bad_input);
  }
  PictureOptions& picture = options.picture;
  picture.background = backgrounds.at(options.background);
  picture.legend = options.no_legend ? LegendPlace::off : legends.at(options.legend);
  picture.names = options.no_legend ? NamePlace::off : name_places.at(options.names);
  picture.points = point_styles.at(options.points);
  picture.tone = tones.at(options.tone);
  picture.frame = frame_of(options.frame);
  picture.coloring.scale = scales.at(options.scale);
  picture.coloring.order = orders.at(options.order);
  picture.coloring.color_map = *color_map_of(options.color_map);
  if (options.point_size != "auto") {
    picture.point_size = number_of(options.point_size);
  }
  if (options.range != "auto") {
    picture.coloring.range = range_of(options.range);
    if (!picture.coloring.range) {
      throw Error(
          fmt::format("--range {}: auto or two numbers such as 0:12.5, the lower first, are wanted", options.range),
          ExitCode::bad_input);
    }
  }
}

}  // namespace distsne
