/// Frames and sums over ranks.
#include "render/spread_map.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "mpi/agreement.hpp"
#include "render/splat.hpp"
#include "render/style.hpp"
#include "render/text.hpp"

namespace distsne {
namespace {

constexpr std::size_t steps = 4096;
constexpr int most_rounds = 8;
constexpr double far_share = 0.001;
constexpr double far_widths = 0.25;
constexpr double point_share = 0.22;  // of the area, that points take together
constexpr double smallest_radius = 0.65;
constexpr double largest_share = 1.0 / 180.0;

/// The steps from the first to the last that has points, without a few that are far out.
Range without_far(const std::vector<std::int64_t>& counts, GlobalIndex rows) {
  const auto cut = static_cast<std::int64_t>(far_share * static_cast<double>(rows));
  const auto first_beyond = [&](auto begin, auto end) {
    std::int64_t seen = 0;
    return std::find_if(begin, end, [&](std::int64_t count) { return (seen += count) > cut; });
  };
  const auto low = static_cast<double>(first_beyond(counts.begin(), counts.end()) - counts.begin());
  const auto high = static_cast<double>(counts.rend() - first_beyond(counts.rbegin(), counts.rend()));
  const double reach = far_widths * (high - low);
  auto first = static_cast<std::size_t>(std::max(0.0, low - reach));
  auto last = static_cast<std::size_t>(std::min(static_cast<double>(steps), high + reach));
  while (first + 1 < last && counts[first] == 0) {
    ++first;
  }
  while (last > first + 1 && counts[last - 1] == 0) {
    --last;
  }
  return {static_cast<double>(first), static_cast<double>(last)};
}

/// What is shown of a dimension.
Range robust_range(const Communicator& comm, std::span<const float> own, std::size_t dims, std::size_t axis,
                   GlobalIndex rows) {
  std::array<double, 2> ends{-1e300, -1e300};  // of the negated and of the plain values
  for (std::size_t i = axis; i < own.size(); i += dims) {
    const auto value = static_cast<double>(own[i]);
    ends = {std::max(ends[0], -value), std::max(ends[1], value)};
  }
  comm.max(std::span<double>(ends));
  Range shown{-ends[0], ends[1]};
  if (shown.width() <= 0.0) {
    return {shown.low - 0.5, shown.high + 0.5};
  }
  // A single step may hold the whole map where others lie very far out: look closer until that is not so.
  for (int round = 0; round < most_rounds; ++round) {
    const double step = shown.width() / static_cast<double>(steps);
    std::vector<std::int64_t> counts(steps, 0);
    for (std::size_t i = axis; i < own.size(); i += dims) {
      const double place = (static_cast<double>(own[i]) - shown.low) / step;
      if (place >= 0.0 && place <= static_cast<double>(steps)) {
        ++counts[std::min(steps - 1, static_cast<std::size_t>(place))];
      }
    }
    comm.sum(std::span<std::int64_t>(counts));
    const Range narrowed = without_far(counts, rows);
    const bool near = narrowed.width() > 0.25 * static_cast<double>(steps);
    shown = {shown.low + step * narrowed.low, shown.low + step * narrowed.high};
    if (near) {
      break;
    }
  }
  return shown;
}

void sum_over_ranks(const Communicator& comm, Canvas& canvas) {
  static_assert(sizeof(Canvas::Cell) == 5 * sizeof(std::int64_t));
  comm.sum(std::span<std::int64_t>(reinterpret_cast<std::int64_t*>(canvas.cells().data()), 5 * canvas.cells().size()));
}

}  // namespace

Scene draw_spread_map(const Communicator& comm, std::span<const float> own, int dims, const PictureOptions& options) {
  const auto columns = static_cast<std::size_t>(dims);
  const GlobalIndex own_rows = static_cast<GlobalIndex>(own.size()) / dims;
  const GlobalIndex rows = comm.sum(own_rows);
  require_everywhere(comm, rows > 0 && dims >= 2, "a map of two dimensions with at least one point can be drawn so");
  const Range across = robust_range(comm, own, columns, 0, rows);
  const Range up = robust_range(comm, own, columns, 1, rows);

  const Style style = style_of(options.size, options.background);
  const bool has_head = !options.title.empty() || !options.subtitle.empty();
  const double head = has_head ? 1.7 * style.title_font + (options.subtitle.empty() ? 0.0 : 1.5 * style.font) : 0.0;
  const int side = std::max(50, static_cast<int>(options.size - 2.0 * style.margin));
  const double area = static_cast<double>(side) * static_cast<double>(side);
  const double radius = options.point_size
                            ? *options.point_size / 2.0
                            : std::clamp(std::sqrt(point_share * area / (std::numbers::pi * static_cast<double>(rows))),
                                         smallest_radius, std::max(smallest_radius, options.size * largest_share));
  const double scale = (side - 2.0 * radius - 2.0) / std::max(across.width(), up.width());
  ColoringOptions coloring_options;
  coloring_options.dark = style.dark;
  const Coloring coloring = make_coloring({}, rows, coloring_options);
  PointsLayers layers(coloring, side, side, radius, radius);
  const double x_middle = (across.low + across.high) / 2.0;
  const double y_middle = (up.low + up.high) / 2.0;
  for (std::size_t i = 0; i < own.size(); i += columns) {
    layers.add(static_cast<GlobalIndex>(i / columns),
               {side / 2.0 + (static_cast<double>(own[i]) - x_middle) * scale,
                side / 2.0 - (static_cast<double>(own[i + 1]) - y_middle) * scale});
  }
  sum_over_ranks(comm, layers.base());
  if (!comm.is_root()) {
    return {};
  }
  Scene scene;
  scene.dots_per_inch = options.dots_per_inch;
  scene.width = options.size;
  scene.height = static_cast<int>(std::lround(side + 2.0 * style.margin + head));
  if (options.background != Background::transparent) {
    scene.background = style.ground;
  }
  scene.images.push_back({style.margin, style.margin + std::round(head), layers.finish(options.tone)});
  double base = style.margin;
  for (const auto& [text, font, color] : {std::tuple{clean_text(options.title), style.title_font, style.ink},
                                          std::tuple{clean_text(options.subtitle), style.font, style.faint}}) {
    if (!text.empty()) {
      scene.texts.push_back(
          {style.margin, base + font, font, shortened(text, font, side), color, false, Align::begin, std::nullopt});
      base += 1.5 * font;
    }
  }
  return scene;
}

}  // namespace distsne
