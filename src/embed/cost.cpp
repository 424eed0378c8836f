/// Counting edges, points of other ranks, and what the field takes.
#include "embed/cost.hpp"

#include <algorithm>
#include <cmath>

#include "embed/objective.hpp"
#include "field/cost.hpp"

namespace distsne {
namespace {

// Entries of a row of joint affinities for each neighbor: most neighbors are mutual or not by about this share.
constexpr double joint_entries = 1.5;
// Of the points of a rank, those that another names.
constexpr double remote_points = 0.25;

/// The longest side that a map of so many rows gets, in map units: of t-SNE about 140 for 1,800 rows, 200 for 20,000,
/// 220 for 70,000 and 300 for 5,000,000 after 500 classic iterations without exaggeration, 210, 300, 390 and
/// (1,000,000) 640 where the annealed schedule ends; of the Gaussian methods 12 to 20.
double expected_span(const MapSize& map) {
  const bool wide = map.objective.method == Method::tsne;
  const double flat = map.objective.dims == 3 ? 0.75 : 1.0;
  if (map.schedule.schedule == Schedule::annealed) {
    const double share = std::min(1.0, usual_iterations(map.schedule, static_cast<GlobalIndex>(map.rows)) / 200.0);
    return (wide ? 210.0 : 12.0) * std::pow(map.rows / 1800.0, 0.17) * std::pow(share, 0.7) * flat;
  }
  const double late =
      std::max(25, map.schedule.iterations.value_or(750) - map.schedule.exaggeration_iterations.value_or(250));
  const double settled = (wide ? 150.0 : 12.0) * std::pow(map.rows / 1800.0, 0.09);
  return settled * std::pow(late / 500.0, 0.4) * flat;
}

double point_bytes(const MapSize& map) { return map.value_bytes * (map.objective.dims == 3 ? 4 : map.objective.dims); }

double attraction_seconds(const MapSize& map, const Workplace& place) {
  if (map.dense) {
    const double bytes = map.rows * map.rows * map.value_bytes;
    const double in_cache = bytes / place.cores() < 16e6 ? 0.4 : 1.0;
    return in_cache * bytes / (place.rates.bytes * place.cores());
  }
  const double out_of_cache = std::max(0.0, std::log2(place.own(map.rows) * point_bytes(map) / 1e6));
  const double edge = (0.34e-9 + 0.3e-9 * out_of_cache) * map.value_bytes / 4.0;
  return place.mixed_seconds(map.rows * (15e-9 + joint_entries * map.neighbors * edge));
}

}  // namespace

StageCost iteration_cost(const MapSize& map, const Workplace& place) {
  const double own_rows = place.own(map.rows);
  const int dims = map.objective.dims;
  const bool grid = uses_grid(map.objective, static_cast<GlobalIndex>(map.rows));
  const bool all_points = map.dense || !grid;
  const bool alone = place.ranks == 1;
  double messages = 8.0 * std::log2(place.ranks + 1.0);
  const bool anchored = map.earlier || map.objective.anchor != AnchorKind::none;
  StageCost result;
  result.seconds = attraction_seconds(map, place) + place.mixed_seconds(map.rows * dims * 6e-9);
  result.memory = own_rows * dims * (4.0 * map.value_bytes + 4.0 * 8.0);
  if (anchored) {
    result.seconds += place.mixed_seconds(map.rows * dims * 8e-9);
    result.memory += own_rows * dims * (map.value_bytes + 8.0 + (map.earlier ? 8.0 : 0.0));
  }
  if (map.dense) {
    result.memory += map.rows * map.rows * map.value_bytes / place.ranks;
  } else {
    const double edges = joint_entries * map.neighbors;
    // Columns or values are there twice while rows are brought into another order, and once more what travels.
    result.memory += 1.03 * own_rows * edges * (entry_bytes(map.value_bytes) + map.value_bytes) + 100.0 * own_rows +
                     7.0 * map.value_bytes * place.away() * place.away() * std::min(own_rows * edges, 8.4e6);
    const double remote = all_points ? 0.0 : remote_points * own_rows * place.away();
    result.bytes_sent += remote * map.value_bytes * dims;
    result.memory += 6.0 * remote * point_bytes(map);
  }
  if (all_points) {
    const double points = map.rows * dims * map.value_bytes;
    result.memory += points;
    result.bytes_sent += alone ? 0.0 : own_rows * dims * map.value_bytes;
    result.seconds += place.exchange_seconds(points, place.ranks);
  }
  const double evaluations = map.objective.method == Method::sne ? 2.0 : 1.0;
  const Kernel kernel = kernel_of(map.objective);
  const StageCost field =
      grid ? grid_cost(map.rows, dims, expected_span(map), kernel, map.objective.accuracy, map.value_bytes, place)
           : direct_cost(map.rows, dims, kernel, map.value_bytes, place);
  messages += grid ? evaluations * grid_messages(place) : 0.0;
  result.seconds += evaluations * field.seconds;
  result.memory += field.memory;
  result.bytes_sent += evaluations * field.bytes_sent;
  result.seconds += place.exchange_seconds(result.bytes_sent, messages);
  return result;
}

StageCost iterations_cost(const MapSize& map, const StageCost& late, const Workplace& place) {
  const auto rows = static_cast<GlobalIndex>(map.rows);
  const double count = usual_iterations(map.schedule, rows) * (uses_grid(map.objective, rows) ? 0.85 : 1.0);
  return {late.seconds * count * 1.06 * (place.ranks > 1 ? 1.15 : 1.0), late.memory, late.bytes_sent * count};
}

StageCost spectral_cost(const MapSize& map, const Workplace& place) {
  constexpr double products = 140.0;
  constexpr double with_sums = 1.8;  // what makes the vectors orthogonal takes nearly as long
  const double values = place.own(map.rows) * map.objective.dims;
  const double sent = products * remote_points * values * place.away() * map.value_bytes;
  return {products * with_sums * attraction_seconds(map, place) + place.exchange_seconds(sent, products * 8.0),
          iteration_cost(map, place).memory + 60.0 * values, sent};
}

}  // namespace distsne
