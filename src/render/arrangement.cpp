/// Trying places for names and legend until all fit.
#include "render/arrangement.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

namespace distsne {
namespace {

constexpr double legend_share = 0.3;  // of the width, that a legend beside the map may take
constexpr double name_on_map = 0.14;  // of the width, before a name is wrapped
constexpr double name_around_map = 0.12;
constexpr double wide_name_around_map = 0.18;  // where there are so many that wrapped ones don't fit
constexpr double farthest_name = 0.045;        // of the width, from its anchor
constexpr std::size_t most_on_map = 40;        // names, unless asked for
constexpr double much = 30.0;  // entries, from which a legend below has smaller letters: 85 %, 60 % for 200

class Arranger {
 public:
  explicit Arranger(const Contents& contents) : in_(contents) {}

  Arrangement run() {
    const NamePlace wanted = in_.options.names;
    const bool named = !in_.classes.places.empty() && in_.view.axes.size() == 2 && wanted != NamePlace::off &&
                       (wanted != NamePlace::automatic || have_places(in_.coloring, in_.classes));
    if (named && wanted != NamePlace::around) {
      if (std::optional<Arrangement> result = with_names_on_map(wanted == NamePlace::on)) {
        return *result;
      }
    }
    if (named) {
      return with_names_around_map();
    }
    return without_names();
  }

 private:
  [[nodiscard]] LegendStyle legend_style(double width, double height) const {
    return {in_.style.font, in_.style.ink, width, height, 3};
  }

  void lay_out_within(Arrangement& result, double width, double height) const {
    result.panels = lay_out(in_.view, width, height, in_.edge, in_.style.font);
    result.width = result.panels.width;
    result.height = result.panels.height;
  }

  /// A legend under all that is arranged.
  void add_below(Arrangement& result, const std::vector<bool>& named) const {
    LegendStyle style = legend_style(std::max(result.width, 0.6 * in_.width), 0.0);
    style.most_columns = 10;
    const auto entries = static_cast<double>(in_.coloring.classes.size());
    style.font *= entries > much ? std::clamp(0.85 * std::pow(2.0 * much / entries, 0.3), 0.6, 0.85) : 1.0;
    result.legend = make_legend(in_.coloring, style, named);
    if (result.legend.width > 0.0) {
      result.legend_x = 0.0;
      result.legend_y = result.height + in_.style.gap;
      result.width = std::max(result.width, result.legend.width);
      result.height = result.legend_y + result.legend.height;
    }
  }

  /// Panels and a legend of all beside them; empty where the legend would take too much.
  [[nodiscard]] std::optional<Arrangement> with_legend_beside() const {
    Arrangement result;
    const double most = legend_share * in_.width;
    double height = in_.height;
    for (int round = 0; round < 2; ++round) {
      // The width of the legend depends on the height of the panels, which depends on the width of the legend.
      result.legend = make_legend(in_.coloring, legend_style(most, height), {});
      if (!result.legend.fits) {
        return std::nullopt;
      }
      lay_out_within(result, in_.width - in_.style.gap - result.legend.width, in_.height);
      if (result.legend.height <= result.panels.height) {
        break;
      }
      height = result.panels.height;
    }
    result.legend_x = result.panels.width + in_.style.gap;
    result.width = result.legend_x + result.legend.width;
    result.height = std::max(result.height, result.legend.height);
    return result;
  }

  [[nodiscard]] Arrangement without_names() const {
    Arrangement result;
    result.panels = in_.whole;
    result.width = in_.whole.width;
    result.height = in_.whole.height;
    const LegendPlace place = in_.options.legend;
    if (place == LegendPlace::off || in_.coloring.kind == Coloring::Kind::plain) {
      return result;
    }
    const Panel& corner = in_.whole.corner;
    if (place == LegendPlace::automatic && corner.width > 0) {
      result.legend = make_legend(in_.coloring, legend_style(corner.width - in_.style.gap, corner.height), {});
      if (result.legend.fits) {
        result.legend_x = corner.x + in_.style.gap;
        result.legend_y = corner.y;
        return result;
      }
    }
    if (place != LegendPlace::below) {
      if (std::optional<Arrangement> beside = with_legend_beside()) {
        return *beside;
      }
    }
    add_below(result, {});
    return result;
  }

  /// Where the legend goes beside names: it lists what is not named, or all where it was asked for.
  void add_legend(Arrangement& result, std::vector<bool> named) const {
    if (in_.options.legend == LegendPlace::off) {
      return;
    }
    add_below(result, in_.options.legend == LegendPlace::automatic ? std::move(named) : std::vector<bool>());
  }

  [[nodiscard]] std::optional<Arrangement> with_names_on_map(bool asked) const {
    Arrangement result;
    result.panels = in_.whole;
    result.width = in_.whole.width;
    result.height = in_.whole.height;
    if (in_.options.legend == LegendPlace::beside) {
      if (std::optional<Arrangement> beside = with_legend_beside()) {
        result = *beside;
      }
    }
    const bool has_legend = result.legend.width > 0.0;
    result.texts = name_texts(in_.coloring, in_.classes, in_.style.font, name_on_map * in_.width, true);
    if (!asked && result.texts.size() > most_on_map) {
      return std::nullopt;
    }
    const std::vector<Name> names = names_of(result.texts, in_.classes, result.panels.scale / in_.whole.scale);
    const double outside = 0.8 * in_.style.margin;  // names may reach into the margin
    const Box frame{-outside, -0.3 * outside, result.panels.width + (has_legend ? 1.0 : 2.0) * outside,
                    result.panels.height + 1.3 * outside};
    std::optional<std::vector<PlacedName>> placed =
        place_names_on_map(names, frame, 0.2 * in_.style.font, (asked ? 2.0 : 1.0) * farthest_name * in_.width);
    if (!placed) {
      return std::nullopt;
    }
    result.names = std::move(*placed);
    if (!has_legend) {
      add_legend(result, std::vector<bool>(in_.coloring.classes.size(), true));
    }
    return result;
  }

  [[nodiscard]] Arrangement with_names_around_map() const {
    Arrangement result;
    result.around = true;
    const double gap = 0.35 * in_.style.font;
    const double reach = 1.2 * in_.style.font;  // of the curve around the panel
    double total = 0.0;
    // The more names there are, the fewer lines and the smaller letters they have.
    for (const auto& [font, width] :
         {std::pair{1.0, name_around_map}, std::pair{0.85, name_around_map}, std::pair{0.8, wide_name_around_map}}) {
      result.texts =
          name_texts(in_.coloring, in_.classes, std::max(8.0, font * in_.style.font), width * in_.width, false);
      total = 0.0;
      for (const NameText& text : result.texts) {
        total += text.height + gap;
      }
      if (total <= 1.75 * in_.height) {
        break;
      }
    }
    double widest = 0.0;
    for (const NameText& text : result.texts) {
      widest = std::max(widest, text.width);
    }
    lay_out_within(result, in_.width - 2.0 * (widest + reach + gap), in_.height - 2.0 * reach);
    const double height = std::clamp(0.56 * total, result.panels.height + 2.0 * reach,
                                     std::max(result.panels.height + 2.0 * reach, in_.height));
    const double side = widest + reach + gap;
    const double above = std::round((height - result.panels.height) / 2.0);
    const Box map{0.0, 0.0, static_cast<double>(result.panels.width), static_cast<double>(result.panels.height)};
    const Box frame{-side, -above, result.panels.width + 2.0 * side, height};
    const std::vector<Name> names = names_of(result.texts, in_.classes, result.panels.scale / in_.whole.scale);
    result.names = place_names_around_map(names, map, frame, reach, gap);
    result.panels_x = std::round(side);
    result.panels_y = above;
    result.width = frame.width;
    result.height = frame.height;
    std::vector<bool> named(in_.coloring.classes.size(), false);
    for (const PlacedName& name : result.names) {
      named[result.texts[name.name].shade] = true;
    }
    add_legend(result, std::move(named));
    return result;
  }

  const Contents& in_;
};

}  // namespace

Arrangement arrange(const Contents& contents) { return Arranger(contents).run(); }

}  // namespace distsne
