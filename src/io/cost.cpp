/// Bytes and seconds of reading and writing.
#include "io/cost.hpp"

#include <algorithm>

namespace distsne {

StageCost read_cost(double rows, double columns, double value_bytes, const Workplace& place) {
  return {place.mixed_seconds(6e-9 * rows * columns), place.own(rows) * columns * value_bytes, 0.0};
}

StageCost sparse_read_cost(double entries, double value_bytes, const Workplace& place) {
  constexpr double buffers = 64e6;
  return {place.mixed_seconds(10e-9 * entries), entries / place.ranks * entry_bytes(value_bytes) + buffers, 0.0};
}

StageCost graph_read_cost(double rows, double columns, double kept, bool ordered, const Workplace& place) {
  const double own_rows = place.own(rows);
  const double graph = 8.0 * own_rows * kept;
  const double reading = 12.0 * own_rows * columns + std::min(1.0, 65536.0 / own_rows) * graph;
  const double ordering = ordered ? 2.5 * graph + 40.0 * own_rows : 0.0;
  const double sent = ordered ? graph * place.away() : 0.0;
  return {place.mixed_seconds(40e-9 * rows * columns) + place.exchange_seconds(sent, 10.0 * place.ranks),
          std::max(reading, ordering), sent};
}

StageCost matrix_read_cost(double rows, double entries, double value_bytes, const Workplace& place) {
  constexpr double buffers = 64e6;
  return {place.mixed_seconds(20e-9 * rows * entries), place.own(rows) * entries * entry_bytes(value_bytes) + buffers,
          0.0};
}

StageCost earlier_map_cost(double earlier_rows, double rows, int dims, const Workplace& place) {
  constexpr double name = 64.0;    // with what a string takes beside its characters
  constexpr double entry = 120.0;  // of a table of names, with the name
  return {0.6e-6 * (earlier_rows + rows),
          (name + entry) * (earlier_rows + rows) + 8.0 * rows + 8.0 * dims * place.own(earlier_rows + rows), 0.0};
}

StageCost write_cost(double rows, const Workplace& place) {
  constexpr double opening = 0.05;
  return {opening + place.mixed_seconds(30e-9 * rows), 60.0 * place.own(rows), 0.0};
}

}  // namespace distsne
