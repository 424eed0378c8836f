/// Sorting labels into classes, or numbers onto a scale.
#include "render/coloring.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <iterator>
#include <numeric>
#include <optional>
#include <set>
#include <string_view>
#include <unordered_map>

#include "render/text.hpp"

namespace distsne {
namespace {

constexpr std::size_t most_integer_classes = 50;
constexpr std::size_t most_text_classes = 500;
constexpr std::array<const char*, 6> class_words{"cluster", "leiden", "louvain", "class", "label", "type"};
constexpr double largest_number = 1e300;  // differences of numbers must be finite too
constexpr std::size_t scale_shades = 256;
constexpr double top_share = 0.01;  // of all points, from which shades are too few to be seen among the others
constexpr double rare_share = 0.2;  // of the mean size of a class, up to which one is rare
constexpr std::size_t named_in_errors = 10;
constexpr double lowest_on_dark = 0.15;  // of the scale, whose first colors are nearly black
constexpr Color plain_on_light = from_hex(0x1f4e79);
constexpr Color plain_on_dark = from_hex(0xa9d0f0);

bool is_number(double value) { return std::abs(value) <= largest_number; }

bool is_missing(const std::string& text) { return text.empty() || text == "nan" || text == "NaN"; }

Coloring plain(bool dark, GlobalIndex rows) {
  Coloring coloring;
  coloring.colors = {dark ? plain_on_dark : plain_on_light, missing_color};
  coloring.counts = {rows, 0};
  return coloring;
}

/// The different values when all finite ones are integers and few, or not too many and their name says classes.
std::optional<std::set<double>> integer_classes(const std::string& name, std::span<const double> numbers) {
  std::string lower = name;
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  const bool named = std::any_of(class_words.begin(), class_words.end(),
                                 [&lower](const char* word) { return lower.find(word) != std::string::npos; });
  const std::size_t most = named ? most_text_classes : most_integer_classes;
  std::set<double> classes;
  for (const double number : numbers) {
    if (!is_number(number)) {
      continue;
    }
    if (number != std::nearbyint(number)) {
      return std::nullopt;
    }
    classes.insert(number);
    if (classes.size() > most) {
      return std::nullopt;
    }
  }
  return classes;
}

void count(Coloring& coloring) {
  coloring.counts.assign(coloring.colors.size(), 0);
  for (const std::uint16_t shade : coloring.shades) {
    ++coloring.counts[shade];
  }
}

/// The colors of classes, by the palette and as they were given.
std::vector<Color> colors_of(const std::vector<std::string>& classes, const ColoringOptions& options) {
  std::vector<Color> colors = class_colors(classes.size(), options.dark);
  for (std::size_t i = 0; i < classes.size(); ++i) {
    const auto given = options.given.find(classes[i]);
    colors[i] = given == options.given.end() ? colors[i] : given->second;
  }
  colors.push_back(missing_color);
  return colors;
}

Coloring color_integers(std::span<const double> numbers, const std::set<double>& classes,
                        const ColoringOptions& options) {
  Coloring coloring;
  coloring.kind = Coloring::Kind::classes;
  std::transform(classes.begin(), classes.end(), std::back_inserter(coloring.classes),
                 [](double value) { return fmt::format("{:.0f}", value + 0.0); });
  coloring.colors = colors_of(coloring.classes, options);
  const std::vector<double> sorted(classes.begin(), classes.end());
  coloring.shades.reserve(numbers.size());
  for (const double number : numbers) {
    const auto place = is_number(number) ? std::lower_bound(sorted.begin(), sorted.end(), number) - sorted.begin()
                                         : static_cast<std::ptrdiff_t>(coloring.missing());
    coloring.shades.push_back(static_cast<std::uint16_t>(place));
  }
  return coloring;
}

Coloring color_by_scale(std::span<const double> numbers, const ColoringOptions& options) {
  std::vector<double> finite;
  std::copy_if(numbers.begin(), numbers.end(), std::back_inserter(finite), is_number);
  Coloring coloring;
  coloring.kind = Coloring::Kind::scale;
  coloring.scale = NumberScale::fit(std::move(finite), options.scale, options.range);
  constexpr double last = scale_shades - 1;
  const double first = options.dark && !is_diverging(options.color_map) ? lowest_on_dark : 0.0;
  for (std::size_t shade = 0; shade < scale_shades; ++shade) {
    coloring.colors.push_back(
        scale_color(first + (1.0 - first) * static_cast<double>(shade) / last, options.color_map));
  }
  coloring.colors.push_back(missing_color);
  coloring.shades.reserve(numbers.size());
  const Range& range = coloring.scale.range();
  for (const double number : numbers) {
    auto shade = static_cast<std::uint16_t>(coloring.missing());
    if (is_number(number)) {
      shade = static_cast<std::uint16_t>(std::lround(coloring.scale.share(number) * last));
      coloring.lower_values = coloring.lower_values || number < range.low;
      coloring.higher_values = coloring.higher_values || number > range.high;
    }
    coloring.shades.push_back(shade);
  }
  return coloring;
}

Coloring color_texts(const MapLabels& labels, GlobalIndex rows, const ColoringOptions& options) {
  std::unordered_map<std::string_view, std::size_t> first_seen;
  for (const std::string& text : labels.texts) {
    if (!is_missing(text)) {
      first_seen.try_emplace(text, first_seen.size());
    }
  }
  if (first_seen.size() > most_text_classes) {
    Coloring coloring = plain(options.dark, rows);
    coloring.note = fmt::format(
        "the labels '{}' have {} different values, too many for colors: drawn without; --labels chooses "
        "others",
        labels.name, with_separators(static_cast<GlobalIndex>(first_seen.size())));
    return coloring;
  }
  std::vector<std::string> names(first_seen.size());
  for (const auto& [text, place] : first_seen) {
    names[place] = text;
  }
  std::vector<std::size_t> order(names.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(),
            [&names](std::size_t a, std::size_t b) { return natural_less(names[a], names[b]); });

  Coloring coloring;
  coloring.kind = Coloring::Kind::classes;
  std::vector<std::uint16_t> shade_of(names.size());
  for (std::size_t shade = 0; shade < order.size(); ++shade) {
    coloring.classes.push_back(names[order[shade]]);
    shade_of[order[shade]] = static_cast<std::uint16_t>(shade);
  }
  coloring.colors = colors_of(coloring.classes, options);
  coloring.shades.reserve(labels.texts.size());
  for (const std::string& text : labels.texts) {
    coloring.shades.push_back(is_missing(text) ? static_cast<std::uint16_t>(coloring.missing())
                                               : shade_of[first_seen.at(text)]);
  }
  return coloring;
}

/// Greys all classes but the chosen ones.
void highlight(Coloring& coloring, const std::vector<std::string>& names) {
  if (coloring.kind != Coloring::Kind::classes) {
    throw Error("classes can be highlighted where labels are classes: choose such labels with --labels",
                ExitCode::bad_input);
  }
  coloring.muted.assign(coloring.classes.size(), true);
  for (const std::string& name : names) {
    const auto found = std::find(coloring.classes.begin(), coloring.classes.end(), name);
    if (found == coloring.classes.end()) {
      throw Error(
          fmt::format("there is no class '{}' to highlight among the labels '{}'; there are {}{}", name, coloring.name,
                      fmt::join(coloring.classes.begin(),
                                coloring.classes.begin() +
                                    static_cast<std::ptrdiff_t>(std::min(named_in_errors, coloring.classes.size())),
                                ", "),
                      coloring.classes.size() > named_in_errors ? " ..." : ""),
          ExitCode::bad_input);
    }
    coloring.muted[static_cast<std::size_t>(found - coloring.classes.begin())] = false;
  }
  for (std::size_t i = 0; i < coloring.muted.size(); ++i) {
    coloring.colors[i] = coloring.muted[i] ? missing_color : coloring.colors[i];
    coloring.on_top[i] = !coloring.muted[i];
  }
}

/// Which shades lie over the others: as many from an end as have few points together.
void put_on_top(Coloring& coloring, const ColoringOptions& options, GlobalIndex rows) {
  coloring.on_top.assign(coloring.colors.size(), false);
  const std::size_t shades = coloring.missing();
  const auto few = static_cast<GlobalIndex>(top_share * static_cast<double>(rows));
  if (options.order == Order::mixed || coloring.kind == Coloring::Kind::plain) {
    return;
  }
  if (coloring.kind == Coloring::Kind::classes && options.order == Order::automatic) {
    const double usual = static_cast<double>(rows) / static_cast<double>(std::max<std::size_t>(1, shades));
    for (std::size_t i = 0; i < shades; ++i) {
      coloring.on_top[i] = coloring.counts[i] <= few && static_cast<double>(coloring.counts[i]) <= rare_share * usual;
    }
    return;
  }
  const auto mark = [&](bool from_high) {
    GlobalIndex total = 0;
    for (std::size_t k = 0; k < shades; ++k) {
      const std::size_t shade = from_high ? shades - 1 - k : k;
      total += coloring.counts[shade];
      if (k > 0 && total > few) {
        break;
      }
      coloring.on_top[shade] = total <= few || options.order != Order::automatic;
    }
  };
  if (options.order != Order::low) {
    mark(true);
  }
  if (options.order == Order::low || (options.order == Order::automatic && is_diverging(options.color_map))) {
    mark(false);
  }
}

}  // namespace

Coloring make_coloring(const MapLabels& labels, GlobalIndex rows, const ColoringOptions& options) {
  Coloring coloring;
  if (!labels.texts.empty()) {
    coloring = color_texts(labels, rows, options);
  } else if (labels.numbers.empty()) {
    coloring = plain(options.dark, rows);
  } else if (const auto classes = integer_classes(labels.name, labels.numbers)) {
    coloring = color_integers(labels.numbers, *classes, options);
  } else {
    coloring = color_by_scale(labels.numbers, options);
  }
  if (coloring.kind != Coloring::Kind::plain) {
    coloring.name = labels.name;
    count(coloring);
  }
  put_on_top(coloring, options, rows);
  if (!options.highlight.empty()) {
    highlight(coloring, options.highlight);
  }
  return coloring;
}

}  // namespace distsne
