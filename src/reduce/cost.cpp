/// Counting products with the covariance.
#include "reduce/cost.hpp"

#include "reduce/pca.hpp"

namespace distsne {
namespace {

constexpr double extra_vectors = 10.0;  // beyond the wanted ones
constexpr double messages = 20.0;

}  // namespace

StageCost pca_cost(double rows, double columns, double components, double value_bytes, const Workplace& place) {
  const bool whole = columns <= most_covariance_columns;
  const double fused = 1.7 * rows * columns * (whole ? 0.5 * columns + components : 8.0 * components);
  const double own = place.own(rows) * (columns + components) * value_bytes;
  const double sums = whole ? 8.0 * columns * columns : 16.0 * columns * (components + extra_vectors);
  const double sent = place.ranks > 1 ? 2.0 * sums : 0.0;
  return {place.arithmetic_seconds(fused) + place.exchange_seconds(sent, messages), own + 2.5 * sums, sent};
}

StageCost sparse_pca_cost(double rows, double columns, double entries, double components, double value_bytes,
                          const Workplace& place) {
  constexpr double products = 16.0;  // twice through the entries each
  const double width = components + extra_vectors;
  const double block = 8.0 * columns * width;
  return {place.mixed_seconds(products * 1.2e-9 * entries * width) + place.exchange_seconds(20.0 * block, messages),
          entries / place.ranks * entry_bytes(value_bytes) + (place.cores() / place.ranks + 6.0) * block +
              place.own(rows) * components * value_bytes,
          place.ranks > 1 ? 20.0 * block : 0.0};
}

}  // namespace distsne
