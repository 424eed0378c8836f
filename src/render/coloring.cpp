/// Sorting labels into classes, or numbers onto a scale.
#include "distsne/render/coloring.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <numeric>
#include <optional>
#include <set>
#include <string_view>
#include <unordered_map>

#include "distsne/render/text.hpp"

namespace distsne {
namespace {

constexpr std::size_t most_integer_classes = 50;
constexpr std::size_t most_text_classes = 500;
constexpr double largest_number = 1e300;  // differences of numbers must be finite too
constexpr std::size_t scale_shades = 256;
constexpr double lowest_on_dark = 0.15;  // of the scale, whose first colors are nearly black
constexpr Color plain_on_light = from_hex(0x1f4e79);
constexpr Color plain_on_dark = from_hex(0xa9d0f0);

bool is_digit(char c) { return c >= '0' && c <= '9'; }

unsigned char lower(char c) { return static_cast<unsigned char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c); }

bool is_number(double value) { return std::abs(value) <= largest_number; }

bool is_missing(const std::string& text) { return text.empty() || text == "nan" || text == "NaN"; }

Coloring plain(bool dark, GlobalIndex rows) {
  Coloring coloring;
  coloring.colors = {dark ? plain_on_dark : plain_on_light, missing_color};
  coloring.counts = {rows, 0};
  return coloring;
}

/// The different values when all finite ones are integers and few.
std::optional<std::set<double>> integer_classes(std::span<const double> numbers) {
  std::set<double> classes;
  for (const double number : numbers) {
    if (!is_number(number)) {
      continue;
    }
    if (number != std::nearbyint(number)) {
      return std::nullopt;
    }
    classes.insert(number);
    if (classes.size() > most_integer_classes) {
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

Coloring color_integers(std::span<const double> numbers, const std::set<double>& classes) {
  Coloring coloring;
  coloring.kind = Coloring::Kind::classes;
  coloring.colors = class_colors(classes.size());
  coloring.colors.push_back(missing_color);
  std::transform(classes.begin(), classes.end(), std::back_inserter(coloring.classes),
                 [](double value) { return fmt::format("{:.0f}", value + 0.0); });
  const std::vector<double> sorted(classes.begin(), classes.end());
  coloring.shades.reserve(numbers.size());
  for (const double number : numbers) {
    const auto place = is_number(number) ? std::lower_bound(sorted.begin(), sorted.end(), number) - sorted.begin()
                                         : static_cast<std::ptrdiff_t>(coloring.missing());
    coloring.shades.push_back(static_cast<std::uint16_t>(place));
  }
  return coloring;
}

Coloring color_by_scale(std::span<const double> numbers, bool dark) {
  std::vector<double> finite;
  std::copy_if(numbers.begin(), numbers.end(), std::back_inserter(finite), is_number);
  Coloring coloring;
  coloring.kind = Coloring::Kind::scale;
  coloring.range = fit_range(std::move(finite));
  constexpr double last = scale_shades - 1;
  const double first = dark ? lowest_on_dark : 0.0;
  for (std::size_t shade = 0; shade < scale_shades; ++shade) {
    coloring.colors.push_back(scale_color(first + (1.0 - first) * static_cast<double>(shade) / last));
  }
  coloring.colors.push_back(missing_color);
  coloring.shades.reserve(numbers.size());
  for (const double number : numbers) {
    auto shade = static_cast<std::uint16_t>(coloring.missing());
    if (is_number(number)) {
      const double width = coloring.range.width();
      const double share = width > 0.0 ? (number - coloring.range.low) / width : 0.5;
      shade = static_cast<std::uint16_t>(std::lround(std::clamp(share, 0.0, 1.0) * last));
      coloring.lower_values = coloring.lower_values || number < coloring.range.low;
      coloring.higher_values = coloring.higher_values || number > coloring.range.high;
    }
    coloring.shades.push_back(shade);
  }
  return coloring;
}

Coloring color_texts(const MapLabels& labels, GlobalIndex rows, bool dark) {
  std::unordered_map<std::string_view, std::size_t> first_seen;
  for (const std::string& text : labels.texts) {
    if (!is_missing(text)) {
      first_seen.try_emplace(text, first_seen.size());
    }
  }
  if (first_seen.size() > most_text_classes) {
    Coloring coloring = plain(dark, rows);
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
  coloring.colors = class_colors(names.size());
  coloring.colors.push_back(missing_color);
  std::vector<std::uint16_t> shade_of(names.size());
  for (std::size_t shade = 0; shade < order.size(); ++shade) {
    coloring.classes.push_back(names[order[shade]]);
    shade_of[order[shade]] = static_cast<std::uint16_t>(shade);
  }
  coloring.shades.reserve(labels.texts.size());
  for (const std::string& text : labels.texts) {
    coloring.shades.push_back(is_missing(text) ? static_cast<std::uint16_t>(coloring.missing())
                                               : shade_of[first_seen.at(text)]);
  }
  return coloring;
}

}  // namespace

Coloring make_coloring(const MapLabels& labels, GlobalIndex rows, bool dark) {
  Coloring coloring;
  if (!labels.texts.empty()) {
    coloring = color_texts(labels, rows, dark);
  } else if (labels.numbers.empty()) {
    return plain(dark, rows);
  } else if (const auto classes = integer_classes(labels.numbers)) {
    coloring = color_integers(labels.numbers, *classes);
  } else {
    coloring = color_by_scale(labels.numbers, dark);
  }
  if (coloring.kind != Coloring::Kind::plain) {
    coloring.name = labels.name;
    count(coloring);
  }
  return coloring;
}

bool natural_less(const std::string& a, const std::string& b) {
  std::size_t i = 0;
  std::size_t j = 0;
  const auto digits_from = [](const std::string& text, std::size_t& begin) {
    while (begin + 1 < text.size() && text[begin] == '0' && is_digit(text[begin + 1])) {
      ++begin;
    }
    std::size_t end = begin;
    while (end < text.size() && is_digit(text[end])) {
      ++end;
    }
    return std::string_view(text).substr(begin, end - begin);
  };
  while (i < a.size() && j < b.size()) {
    if (is_digit(a[i]) && is_digit(b[j])) {
      const std::string_view x = digits_from(a, i);
      const std::string_view y = digits_from(b, j);
      if (x.size() != y.size() || x != y) {
        return x.size() != y.size() ? x.size() < y.size() : x < y;
      }
      i += x.size();
      j += y.size();
    } else if (lower(a[i]) != lower(b[j])) {
      return lower(a[i]) < lower(b[j]);
    } else {
      ++i;
      ++j;
    }
  }
  return a.size() - i != b.size() - j ? a.size() - i < b.size() - j : a < b;
}

}  // namespace distsne
