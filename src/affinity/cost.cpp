/// Counting distances, widths and entries that travel to the row they point to.
#include "affinity/cost.hpp"

#include <algorithm>

namespace distsne {

StageCost dense_affinity_cost(double rows, double columns, double value_bytes, const Workplace& place) {
  const double values = place.own(rows) * rows;
  const double x = place.own(rows) * columns * value_bytes;
  const bool alone = place.ranks == 1;
  const double sent = alone ? 0.0 : x * (place.ranks - 1) + values * value_bytes * place.away() / 2;
  return {place.arithmetic_seconds(rows * rows * columns) + place.mixed_seconds(20e-9 * rows * rows) +
              place.exchange_seconds(sent, 2.0 * place.ranks),
          values * value_bytes + 3.0 * x + (alone ? 0.0 : 8e6), sent};
}

StageCost sparse_affinity_cost(double rows, double neighbors, AffinityKind kind, double value_bytes,
                               const Workplace& place) {
  const double own_rows = place.own(rows);
  const double entries = own_rows * neighbors;
  const double leaving = 0.25 * entries * place.away();
  const double travelling = 18.0 * std::min(entries * place.away(), 4.2e6);
  const double each = kind == AffinityKind::uniform ? 80e-9 : 150e-9;
  const double entry = entry_bytes(value_bytes);
  const double sent = leaving * (2.0 + entry) * 1.5;
  return {place.mixed_seconds(each * rows * neighbors) + place.exchange_seconds(sent, 10.0 * place.ranks),
          2.0 * entry * (entries + std::min(own_rows, 16384.0) * neighbors) + 90.0 * own_rows + travelling, sent};
}

}  // namespace distsne
