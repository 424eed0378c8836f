/// Counting lists, visits and rows that travel.
#include "neighbors/cost.hpp"

#include <algorithm>
#include <cmath>

#include "neighbors/rounds.hpp"

namespace distsne {
namespace {

constexpr double usual_columns = 50.0;
constexpr double usual_neighbors = 90.0;
/// Seconds of a row whose lists are known, of the usual columns and neighbors.
constexpr double seconds_of_visits = 26e-6;

}  // namespace

StageCost search_cost(double rows, double columns, double neighbors, NeighborSearch search, const Workplace& place) {
  NeighborOptions options;
  options.search = search;
  const bool exact = searches_exactly(options, static_cast<GlobalIndex>(rows), static_cast<GlobalIndex>(rows),
                                      static_cast<LocalIndex>(columns));
  const double width = columns / usual_columns;
  const double seconds =
      exact ? rows * rows * columns / (0.2 * fused_per_pair * reference_rates.pairs) + 6e-6 * rows
            : rows * (9e-6 * width * std::sqrt(std::min(rows, 2.7e8) / 1e6) +
                      seconds_of_visits * std::pow(width, 0.7) * std::pow(neighbors / usual_neighbors, 0.4));
  const double own_rows = place.own(rows);
  const double x = own_rows * columns * 4.0;
  const double graph = own_rows * neighbors * 8.0;
  const double round = std::min(own_rows, static_cast<double>(rows_per_round));
  const double keys = (neighbors + std::max(64.0, neighbors)) * 8.0;
  // Rows of others that are looked after at a time: to each rank in an exact search, else to where near lists are.
  const double others = place.ranks - 1.0;
  const double remote = round * (exact ? others : std::min({others, 0.6 + 0.25 * others, 4.0}));
  const double of_remote = keys + 12.0 * columns + 24.0 * neighbors;
  const auto lists = static_cast<double>(lists_for(static_cast<GlobalIndex>(rows)));
  const double centroids = 8.0 * lists * columns;
  const double of_list = std::min(static_cast<double>(QueryGroup::most), rows / lists);
  const double visits = exact ? round / of_list * lists * (50.0 + 3.0 * of_list) : 15e6;
  // Rows are brought into the order of their lists, then looked for.
  const double parts = std::clamp(columns / 16.0, 1.0, 8.0);
  const double ordering = (2.0 + 2.0 / parts) * x + 70.0 * own_rows;
  const double searching = 2.0 * x + graph + 16.0 * own_rows + round * keys + remote * of_remote + visits;
  const double sent = place.ranks > 1
                          ? x * place.away() + 0.3 * own_rows * place.away() * (columns + 16.0) * 4.0 + 10.0 * centroids
                          : 0.0;
  return {place.mixed_seconds(seconds) + place.exchange_seconds(sent, 40.0 * place.ranks),
          std::max(ordering, searching) + centroids + 2e6, sent};
}

double reference_search_seconds(double queries, double columns, const Workplace& place) {
  return place.mixed_seconds(queries * seconds_of_visits * std::pow(columns / usual_columns, 0.7));
}

}  // namespace distsne
