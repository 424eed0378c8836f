/// Counting classes on a coarse grid.
#include "render/class_places.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace distsne {
namespace {

constexpr int cells_across = 96;
constexpr double near = 0.06;          // of the longer side: what lies around a densest place
constexpr double least_density = 0.2;  // of the densest place, for the median to count as being among the points
constexpr double present = 0.04;       // share of a cell's points from which a class is seen there

/// Counts of one class, or of all, smoothed over neighboring cells.
class Grid {
 public:
  Grid(int width, int height)
      : step_(std::max(1.0, static_cast<double>(std::max(width, height)) / cells_across)),
        columns_(static_cast<std::size_t>(width / step_) + 1),
        rows_(static_cast<std::size_t>(height / step_) + 1) {}

  [[nodiscard]] std::size_t size() const { return columns_ * rows_; }
  [[nodiscard]] std::size_t cell(const Place& place) const {
    const auto clamped = [](double value, std::size_t cells) {
      return static_cast<std::size_t>(std::clamp(value, 0.0, static_cast<double>(cells - 1)));
    };
    return clamped(place.y / step_, rows_) * columns_ + clamped(place.x / step_, columns_);
  }
  [[nodiscard]] Place middle(std::size_t cell) const {
    return {(static_cast<double>(cell % columns_) + 0.5) * step_, (static_cast<double>(cell / columns_) + 0.5) * step_};
  }
  /// Sums over 3 x 3 cells, twice.
  [[nodiscard]] std::vector<float> smoothed(std::vector<float> counts) const {
    for (int round = 0; round < 2; ++round) {
      counts = sums_along(counts, columns_, 1, rows_, columns_);
      counts = sums_along(counts, rows_, columns_, columns_, 1);
    }
    return counts;
  }

 private:
  static std::vector<float> sums_along(const std::vector<float>& counts, std::size_t length, std::size_t stride,
                                       std::size_t lines, std::size_t line_stride) {
    std::vector<float> sums(counts.size());
    for (std::size_t line = 0; line < lines; ++line) {
      for (std::size_t i = 0; i < length; ++i) {
        const std::size_t here = line * line_stride + i * stride;
        sums[here] =
            counts[here] + (i > 0 ? counts[here - stride] : 0.0F) + (i + 1 < length ? counts[here + stride] : 0.0F);
      }
    }
    return sums;
  }

  double step_;
  std::size_t columns_;
  std::size_t rows_;
};

double quantile(std::vector<float>& values, double share) {
  const auto place = values.begin() + static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size()));
  std::nth_element(values.begin(), place, values.end());
  return static_cast<double>(*place);
}

Place median_of(const std::vector<Place>& places) {
  std::vector<float> x(places.size());
  std::vector<float> y(places.size());
  std::transform(places.begin(), places.end(), x.begin(), [](const Place& p) { return static_cast<float>(p.x); });
  std::transform(places.begin(), places.end(), y.begin(), [](const Place& p) { return static_cast<float>(p.y); });
  return {quantile(x, 0.5), quantile(y, 0.5)};
}

Place reach_of(const std::vector<Place>& places, const Place& center) {
  std::vector<float> x(places.size());
  std::vector<float> y(places.size());
  for (std::size_t i = 0; i < places.size(); ++i) {
    x[i] = static_cast<float>(std::abs(places[i].x - center.x));
    y[i] = static_cast<float>(std::abs(places[i].y - center.y));
  }
  return {quantile(x, 0.9), quantile(y, 0.9)};
}

/// Clusters with a gap between them are neighbors too: the nearest ones, by their centers.
void add_nearest(ClassMap& map) {
  constexpr std::size_t nearest = 6;
  constexpr double weight = 4.0;  // as much as several cells in which both are seen
  const std::size_t classes = map.places.size();
  for (std::size_t i = 0; i < classes; ++i) {
    std::vector<std::pair<double, std::size_t>> others;
    for (std::size_t j = 0; j < classes; ++j) {
      if (j != i && map.places[i].count > 0 && map.places[j].count > 0) {
        const Place& a = map.places[i].center;
        const Place& b = map.places[j].center;
        others.emplace_back(std::hypot(a.x - b.x, a.y - b.y), j);
      }
    }
    std::sort(others.begin(), others.end());
    for (std::size_t rank = 0; rank < std::min(nearest, others.size()); ++rank) {
      const double amount = weight / static_cast<double>(1 + rank);
      map.closeness[i][others[rank].second] += amount;
      map.closeness[others[rank].second][i] += amount;
    }
  }
}

/// Likeness of two colors, 1 when they are equal.
double likeness_of(const Perceived& a, const Perceived& b) {
  constexpr double unlike = 0.08;
  const double distance = std::hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
  return std::exp(-distance / unlike);
}

}  // namespace

ClassMap find_classes(GlobalIndex count, const std::function<Place(GlobalIndex)>& place, const Coloring& coloring,
                      int width, int height) {
  const std::size_t classes = coloring.classes.size();
  const Grid grid(width, height);
  std::vector<std::vector<Place>> points(classes);
  std::vector<float> all(grid.size(), 0.0F);
  for (GlobalIndex i = 0; i < count; ++i) {
    const Place at = place(i);
    if (at.x >= 0.0 && at.y >= 0.0 && at.x <= width && at.y <= height) {
      all[grid.cell(at)] += 1.0F;
      if (coloring.shade(i) < classes) {
        points[coloring.shade(i)].push_back(at);
      }
    }
  }
  all = grid.smoothed(std::move(all));

  ClassMap map;
  map.places.resize(classes);
  map.closeness.assign(classes, std::vector<double>(classes, 0.0));
  std::vector<std::vector<std::pair<std::size_t, float>>> seen(grid.size());  // classes of each cell, and their share
  for (std::size_t c = 0; c < classes; ++c) {
    ClassPlace& found = map.places[c];
    found.count = static_cast<GlobalIndex>(points[c].size());
    if (points[c].empty()) {
      continue;
    }
    std::vector<float> own(grid.size(), 0.0F);
    for (const Place& at : points[c]) {
      own[grid.cell(at)] += 1.0F;
    }
    own = grid.smoothed(std::move(own));
    const auto densest = static_cast<std::size_t>(std::max_element(own.begin(), own.end()) - own.begin());
    const auto share = [&](std::size_t cell) { return static_cast<double>(own[cell] / std::max(1.0F, all[cell])); };
    found.center = median_of(points[c]);
    const std::size_t at_median = grid.cell(found.center);
    if (static_cast<double>(own[at_median]) < least_density * static_cast<double>(own[densest]) ||
        share(at_median) < 0.5 * share(densest)) {
      const Place middle = grid.middle(densest);
      const double reach = near * std::max(width, height);
      std::vector<Place> around;
      std::copy_if(points[c].begin(), points[c].end(), std::back_inserter(around),
                   [&](const Place& at) { return std::hypot(at.x - middle.x, at.y - middle.y) <= reach; });
      found.center = around.empty() ? middle : median_of(around);
    }
    found.own_share = share(grid.cell(found.center));
    found.reach = reach_of(points[c], found.center);
    for (std::size_t cell = 0; cell < own.size(); ++cell) {
      if (own[cell] > 0.0F && share(cell) >= present) {
        seen[cell].emplace_back(c, static_cast<float>(share(cell)));
      }
    }
  }
  for (const auto& cell : seen) {
    for (std::size_t i = 0; i < cell.size(); ++i) {
      for (std::size_t j = 0; j < i; ++j) {
        const auto amount = static_cast<double>(std::min(cell[i].second, cell[j].second));
        map.closeness[cell[i].first][cell[j].first] += amount;
        map.closeness[cell[j].first][cell[i].first] += amount;
      }
    }
  }
  add_nearest(map);
  return map;
}

void spread_colors(std::vector<Color>& colors, const std::vector<std::vector<double>>& closeness,
                   const std::vector<bool>& fixed) {
  constexpr int most_rounds = 20;
  const std::size_t classes = closeness.size();
  std::vector<Perceived> seen(classes);
  std::transform(colors.begin(), colors.begin() + static_cast<std::ptrdiff_t>(classes), seen.begin(), perceived);
  std::vector<std::vector<double>> likeness(classes, std::vector<double>(classes));
  std::vector<std::vector<std::size_t>> neighbors(classes);
  for (std::size_t i = 0; i < classes; ++i) {
    for (std::size_t j = 0; j < classes; ++j) {
      likeness[i][j] = likeness_of(seen[i], seen[j]);
      if (i != j && closeness[i][j] > 0.0) {
        neighbors[i].push_back(j);
      }
    }
  }
  std::vector<std::size_t> color_of(classes);
  std::iota(color_of.begin(), color_of.end(), std::size_t{0});
  const auto cost = [&](std::size_t c, std::size_t color, std::size_t but) {
    double sum = 0.0;
    for (const std::size_t other : neighbors[c]) {
      sum += other == but ? 0.0 : closeness[c][other] * likeness[color][color_of[other]];
    }
    return sum;
  };
  bool improved = true;
  for (int round = 0; improved && round < most_rounds; ++round) {
    improved = false;
    for (std::size_t i = 0; i < classes; ++i) {
      for (std::size_t j = 0; !fixed[i] && j < i; ++j) {
        const double before = cost(i, color_of[i], j) + cost(j, color_of[j], i);
        const double after = cost(i, color_of[j], j) + cost(j, color_of[i], i);
        if (!fixed[j] && after < 0.95 * before - 1e-9) {
          std::swap(color_of[i], color_of[j]);
          improved = true;
        }
      }
    }
  }
  const std::vector<Color> before = colors;
  for (std::size_t i = 0; i < classes; ++i) {
    colors[i] = before[color_of[i]];
  }
}

}  // namespace distsne
