/// Sizes, colors and lines of names.
#include "render/cluster_names.hpp"

#include <algorithm>
#include <cmath>
#include <sstream>

#include "render/text.hpp"

namespace distsne {
namespace {

constexpr std::size_t most_lines = 3;
constexpr double line_height = 1.15;
constexpr double most_overhang = 1.4;  // of a long word over the width of lines
constexpr double smallest = 0.8;       // of letters, for the smallest class and for the largest
constexpr double largest = 1.25;
constexpr double much_more = 8.0;   // points of the largest class than of the smallest: less, and letters differ less
constexpr double mostly_own = 0.5;  // share of the points around a class's center that are its own
constexpr double enough = 0.6;      // share of the classes of which this holds
// A name over its class would hide most of it when that reaches no farther, in widths and heights of the name.
constexpr double hidden_across = 0.6;
constexpr double hidden_down = 1.5;
constexpr double apart = 2.0;  // pixels from such a class to its name below

bool is_muted(const Coloring& coloring, std::size_t shade) { return !coloring.muted.empty() && coloring.muted[shade]; }

double longest_word(const std::string& text, double font, bool bold) {
  double width = 0.0;
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    width = std::max(width, text_width(word, font, bold));
  }
  return width;
}

}  // namespace

std::vector<NameText> name_texts(const Coloring& coloring, const ClassMap& classes, double font, double width,
                                 bool bold) {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < classes.places.size(); ++i) {
    if (classes.places[i].count > 0 && !is_muted(coloring, i)) {
      order.push_back(i);
    }
  }
  const auto count = [&](std::size_t i) { return static_cast<double>(classes.places[i].count); };
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return count(a) > count(b); });
  std::vector<NameText> texts;
  for (const std::size_t i : order) {
    const double least = count(order.back());
    const double ratio = std::log(count(order.front()) / least);
    const double share = 0.5 + (std::log(count(i) / least) - 0.5 * ratio) / std::max(ratio, std::log(much_more));
    NameText text;
    text.shade = i;
    text.bold = bold;
    text.font = font * (smallest + (largest - smallest) * share);
    const double longest =
        std::min(most_overhang * width, longest_word(clean_text(coloring.classes[i]), text.font, bold));
    text.lines = wrapped(clean_text(coloring.classes[i]), text.font, std::max(width, longest), most_lines, bold);
    for (const std::string& line : text.lines) {
      text.width = std::max(text.width, text_width(line, text.font, bold));
    }
    text.height = line_height * text.font * static_cast<double>(text.lines.size());
    texts.push_back(std::move(text));
  }
  return texts;
}

bool have_places(const Coloring& coloring, const ClassMap& classes) {
  double number = 0.0;
  double number_placed = 0.0;
  double points = 0.0;
  double points_placed = 0.0;
  for (std::size_t i = 0; i < classes.places.size(); ++i) {
    const ClassPlace& place = classes.places[i];
    if (place.count > 0) {
      const bool placed = place.own_share >= mostly_own || (!coloring.muted.empty() && !is_muted(coloring, i));
      number += 1.0;
      points += static_cast<double>(place.count);
      number_placed += placed ? 1.0 : 0.0;
      points_placed += placed ? static_cast<double>(place.count) : 0.0;
    }
  }
  return number > 1.0 &&
         (!coloring.muted.empty() || (number_placed >= enough * number && points_placed >= enough * points));
}

std::vector<Name> names_of(const std::vector<NameText>& texts, const ClassMap& classes, double scale) {
  std::vector<Name> names;
  for (const NameText& text : texts) {
    const ClassPlace& place = classes.places[text.shade];
    const Place reach{place.reach.x * scale, place.reach.y * scale};
    const bool hides = reach.x < hidden_across * text.width && reach.y < hidden_down * text.height;
    names.push_back(
        {{place.center.x * scale, place.center.y * scale}, text.width, text.height, hides ? reach.y + apart : 0.0});
  }
  return names;
}

void draw_names(Scene& scene, const std::vector<NameText>& texts, const std::vector<PlacedName>& placed,
                const Coloring& coloring, const Style& style, bool around, double right, double down) {
  for (const PlacedName& name : placed) {
    const NameText& text = texts[name.name];
    const Color color = around ? readable(coloring.colors[text.shade], style) : style.ink;
    if (name.leader) {
      const auto& [from, to] = *name.leader;
      scene.lines.push_back(
          {from.x + right, from.y + down, to.x + right, to.y + down, style.hairline, around ? color : style.ink});
      if (around) {
        scene.discs.push_back({to.x + right, to.y + down, 1.8 * style.hairline, color});
      }
    }
    const double slack = (name.box.height - text.height) / 2.0;
    double base = name.box.top + slack + down + 0.92 * text.font;
    for (const std::string& line : text.lines) {
      TextShape shape{0.0, base, text.font, line, color, text.bold, Align::middle, std::nullopt};
      shape.x = name.box.left + name.box.width / 2.0 + right;
      if (around) {
        shape.align = name.right_of_map ? Align::begin : Align::end;
        shape.x = (name.right_of_map ? name.box.left : name.box.right()) + right;
      } else {
        shape.halo = style.ground;
      }
      scene.texts.push_back(std::move(shape));
      base += line_height * text.font;
    }
  }
}

}  // namespace distsne
