/// The table of options of a picture, and what its texts mean.
#include "cli/plot_options.hpp"

#include <fmt/format.h>

#include <charconv>
#include <optional>
#include <sstream>

#include "cli/plot_page.hpp"
#include "distsne/base/error.hpp"
#include "pipeline/options.hpp"
#include "render/picture_file.hpp"

namespace distsne {
namespace {

constexpr Word<Background> background_words[] = {
    {"white", Background::white}, {"black", Background::black}, {"transparent", Background::transparent}};
constexpr Word<LegendPlace> legend_words[] = {{"auto", LegendPlace::automatic},
                                              {"beside", LegendPlace::beside},
                                              {"below", LegendPlace::below},
                                              {"off", LegendPlace::off}};
constexpr Word<NamePlace> name_words[] = {
    {"auto", NamePlace::automatic}, {"on", NamePlace::on}, {"around", NamePlace::around}, {"off", NamePlace::off}};
constexpr Word<PointStyle> point_words[] = {
    {"auto", PointStyle::automatic}, {"markers", PointStyle::markers}, {"density", PointStyle::density}};
constexpr Word<Tone> tone_words[] = {{"log", Tone::logarithmic}, {"equalized", Tone::equalized}};
constexpr Word<ScaleKind> color_scale_words[] = {{"auto", ScaleKind::automatic},
                                                 {"linear", ScaleKind::linear},
                                                 {"log", ScaleKind::logarithmic},
                                                 {"percentile", ScaleKind::percentile}};
constexpr Word<Order> order_words[] = {
    {"auto", Order::automatic}, {"mixed", Order::mixed}, {"low", Order::low}, {"high", Order::high}};

bool read_number(std::string_view text, double& value) {
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  return failure == std::errc() && end == text.data() + text.size();
}

/// "A:B" with A < B.
std::optional<Range> range_of(std::string_view text) {
  const std::size_t colon = text.find(':');
  Range range;
  const bool fine = colon != std::string::npos && read_number(text.substr(0, colon), range.low) &&
                    read_number(text.substr(colon + 1), range.high) && range.low < range.high && range.width() < 1e300;
  return fine ? std::optional(range) : std::nullopt;
}

Form<Range> range() {
  return {"LOW:HIGH", "two numbers such as 0:12.5, the lower first,", range_of,
          [](const Range& range) { return fmt::format("{}:{}", range.low, range.high); }};
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

}  // namespace

Options plot_table(PlotOptions& options) {
  PictureOptions& picture = options.picture;
  const std::string files = "Files";
  const std::string colors = "Colors";
  const std::string content = "What is drawn";
  const std::string layout = "Layout";
  return {
      {.name = "input",
       .value = texts(options.inputs, "MAP..."),
       .group = files,
       .help = "Result file that distsne embed has written; several are drawn side by side",
       .positional = true,
       .required = true},
      {.name = "output",
       .value = text(options.output, "FILE"),
       .group = files,
       .help = "The picture, whose name ends in .png, .svg or .pdf; or .html: a page to explore the map in a browser",
       .letter = 'o'},
      {.name = "film",
       .value = text(options.film, "FILE"),
       .group = files,
       .help =
           "In place of a picture: a film of the snapshots that embed --snapshots has kept. Its name ends in .apng, "
           "or in .png for a picture of each snapshot, numbered by iterations"},
      {.name = "tiles",
       .value = flag(options.tiles),
       .group = files,
       .help = "Keep the data of a page in a folder beside it, from which browsers read what they show over HTTP; "
               "always so beyond 12 million points"},
      {.name = "labels",
       .value = texts(options.labels, "auto|none|NAME,...", {"auto", "none"}, ','),
       .group = colors,
       .help = "Dataset of the result to color by (numbers or strings, one for each point), or none; auto: one with a "
               "usual name such as cell_type, labels or cluster, else classes, else numbers; never row names. Several "
               "names, with commas or by several --labels, are drawn side by side"},
      {.name = "colors",
       .value = text(options.colors, "FILE"),
       .group = colors,
       .help = "File with colors of classes: lines of a name, a tab or comma, and #RRGGBB; or a JSON object"},
      {.name = "highlight",
       .value = texts(picture.coloring.highlight, "CLASS"),
       .group = colors,
       .help = "Class to show in its color, all others in grey; may be given several times"},
      {.name = "order",
       .value = one_of(picture.coloring.order, order_words),
       .group = colors,
       .help =
           "What is drawn over the rest: auto: rare classes and the highest numbers; mixed: nothing, colors mix; low "
           "or high: the lowest or highest numbers"},
      {.name = "scale",
       .value = one_of(picture.coloring.scale, color_scale_words),
       .group = colors,
       .help = "How numbers become colors; auto: linear unless they are skewed"},
      {.name = "range",
       .value = value_or("auto", picture.coloring.range, range()),
       .group = colors,
       .help = "Numbers of the lowest and the highest color; auto: those without extreme ones"},
      {.name = "color-map",
       .value = one_of(picture.coloring.color_map, color_map_words),
       .group = colors,
       .help = "Colors of numbers; coolwarm has a light middle"},
      {.name = "history",
       .value = flag(options.history),
       .group = content,
       .help = "In place of the map: cost, gradient and force error over the iterations"},
      {.name = "timings",
       .value = flag(options.timings),
       .group = content,
       .help = "In place of the map: the seconds of each phase",
       .excludes = "history"},
      {.name = "frame",
       .value = text(options.frame, "robust|all|X0:X1,Y0:Y1", {"robust", "all"}),
       .group = content,
       .help = "What is shown: robust leaves out a few points far from all others; all; or a range for each dimension"},
      {.name = "points",
       .value = one_of(picture.points, point_words),
       .group = content,
       .help = "Discs, or for very many points how many fall on each pixel. With --labels none the density is computed "
               "by all ranks, none of which holds the whole map"},
      {.name = "tone",
       .value = one_of(picture.tone, tone_words),
       .group = content,
       .help = "How many points lie on a pixel as opacity: by the logarithm, or by rank among all pixels"},
      {.name = "point-size",
       .value = value_or("auto", picture.point_size, number_between(0.1, 200.0)),
       .group = content,
       .help = "Diameter of a point in pixels; auto: smaller for more points, so that they cover much the same area"},
      {.name = "names",
       .value = one_of(picture.names, name_words),
       .group = layout,
       .help = "Names of classes on the map or around it; auto: where most classes have a place of their own"},
      {.name = "legend",
       .value = one_of(picture.legend, legend_words),
       .group = layout,
       .help =
           "Where colors are explained; auto: beside the map, or below where that would make it too small, and only "
           "for classes that are not named on the map"},
      {.name = "no-legend",
       .value = flag(options.no_legend),
       .group = layout,
       .help = "Leave out what the colors mean: --legend off --names off"},
      {.name = "size",
       .value = value(picture.size, whole(200, 10000)),
       .group = layout,
       .help = "Pixels of the longer side (a legend below comes on top); letters grow with it. In SVG and PDF also the "
               "resolution of the points"},
      {.name = "dpi",
       .value = value(picture.dots_per_inch, number_between(10.0, 2400.0)),
       .group = layout,
       .help = "Pixels of an inch in print, for PDF"},
      {.name = "title",
       .value = text(options.title, "auto|none|TEXT", {"auto", "none"}),
       .group = layout,
       .help = "Line above the map, or none; auto: the method and the number of points"},
      {.name = "subtitle",
       .value = text(picture.subtitle, "TEXT"),
       .group = layout,
       .help = "Smaller line below the title"},
      {.name = "background",
       .value = one_of(picture.background, background_words),
       .group = layout,
       .help = "Behind the map; on transparent, text is dark"},
      quiet_option(flag(options.quiet), layout)};
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
  if (options.no_legend) {
    picture.legend = LegendPlace::off;
    picture.names = NamePlace::off;
  }
  picture.frame = frame_of(options.frame);
}

}  // namespace distsne
