/// Registration of maps on the first, and the spread of what is left.
#include "quality/map_spread.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace distsne {

template <class Real>
MapSpread spread_of_maps(const Communicator& comm, const std::vector<const Embedding<Real>*>& maps,
                         std::span<const double> weights) {
  const Embedding<Real>& first = *maps[0];
  const auto dims = static_cast<std::size_t>(first.columns);
  const auto rows = static_cast<std::size_t>(first.local_rows());
  // Offsets from the place in the first map, which has offset 0: their number, sum, and sum of squares.
  std::vector<int> count(rows, 1);
  std::vector<double> sum(rows * dims, 0.0);
  std::vector<double> squares(rows, 0.0);
  MapSpread result;
  Similarity identity;
  identity.dims = first.columns;
  for (std::size_t a = 0; a < dims; ++a) {
    identity.rotation[a * dims + a] = 1.0;
  }
  result.onto_first.push_back(identity);
  for (std::size_t k = 1; k < maps.size(); ++k) {
    const auto& values = maps[k]->values;
    std::vector<std::size_t> present;
    std::vector<double> moving;
    std::vector<double> fixed;
    std::vector<double> weights_of_present;
    for (std::size_t i = 0; i < rows; ++i) {
      if (std::isnan(values[i * dims])) {
        continue;
      }
      present.push_back(i);
      if (!weights.empty()) {
        weights_of_present.push_back(weights[i]);
      }
      for (std::size_t a = i * dims; a < (i + 1) * dims; ++a) {
        moving.push_back(static_cast<double>(values[a]));
        fixed.push_back(static_cast<double>(first.values[a]));
      }
    }
    if (comm.sum(static_cast<std::int64_t>(present.size())) <= static_cast<std::int64_t>(dims * dims)) {
      result.onto_first.push_back(identity);
      continue;
    }
    const Similarity similarity = procrustes(comm, moving, fixed, first.columns, true, weights_of_present);
    for (std::size_t p = 0; p < present.size(); ++p) {
      const std::array<double, 3> there = similarity(std::span<const double>(moving).subspan(p * dims, dims));
      const std::size_t i = present[p];
      ++count[i];
      for (std::size_t a = 0; a < dims; ++a) {
        const double offset = there[a] - fixed[p * dims + a];
        sum[i * dims + a] += offset;
        squares[i] += offset * offset;
      }
    }
    result.onto_first.push_back(similarity);
  }
  result.of_row.assign(rows, std::numeric_limits<double>::quiet_NaN());
  std::array<ExactSum, 2> total;  // squares, and how many points they are of
  for (std::size_t i = 0; i < rows; ++i) {
    if (count[i] < 2) {
      continue;
    }
    double square = squares[i] / count[i];
    for (std::size_t a = 0; a < dims; ++a) {
      square -= std::pow(sum[i * dims + a] / count[i], 2);
    }
    square = std::max(0.0, square);
    result.of_row[i] = std::sqrt(square);
    const double weight = weights.empty() ? 1.0 : weights[i];
    total[0].add(weight * square);
    total[1].add(weight);
  }
  const std::vector<double> sums = comm.sum(std::span<const ExactSum>(total));
  result.overall = std::sqrt(sums[0] / sums[1]);
  return result;
}

template MapSpread spread_of_maps(const Communicator&, const std::vector<const Embedding<float>*>&,
                                  std::span<const double>);
template MapSpread spread_of_maps(const Communicator&, const std::vector<const Embedding<double>*>&,
                                  std::span<const double>);

}  // namespace distsne
