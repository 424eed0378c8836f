/// Means and variances of clipped scores, until they stay as they are.
#include "embed/score_scale.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "distsne/base/exact_sum.hpp"

namespace distsne {
namespace {

struct Moments {
  std::vector<double> mean;
  std::vector<double> deviation;
};

/// Collective. Of scores times `unit`, each pulled in to `reach` around `center`.
Moments clipped_moments(const Communicator& comm, GlobalIndex rows, std::span<const double> scores, double unit,
                        const std::vector<double>& center, double reach) {
  const std::size_t count = center.size();
  std::vector<ExactSum> sums(2 * count);
  for (std::size_t i = 0; i < scores.size(); ++i) {
    const std::size_t m = i % count;
    const double score = std::clamp(scores[i] * unit - center[m], -reach, reach);
    sums[2 * m].add(score);
    sums[2 * m + 1].add(score * score);
  }
  const std::vector<double> total = comm.sum(std::span<const ExactSum>(sums));
  Moments moments;
  for (std::size_t m = 0; m < count; ++m) {
    const double mean = total[2 * m] / static_cast<double>(rows);
    moments.mean.push_back(center[m] + mean);
    moments.deviation.push_back(std::sqrt(std::max(0.0, total[2 * m + 1] / static_cast<double>(rows) - mean * mean)));
  }
  return moments;
}

double largest_magnitude(const Communicator& comm, std::span<const double> scores) {
  double largest = 0.0;
  for (const double score : scores) {
    largest = std::max(largest, std::abs(score));
  }
  return comm.max(largest);
}

}  // namespace

double ScoreScale::place(double score, std::size_t m) const {
  const double distance = score / deviation - center[m] / deviation;
  if (std::abs(distance) <= outlier_reach) {
    return distance;
  }
  return std::copysign(outlier_reach * (1.0 + std::log(std::abs(distance) / outlier_reach)), distance);
}

ScoreScale fit_scale(const Communicator& comm, GlobalIndex rows, std::span<const double> scores, std::size_t count) {
  constexpr double no_limit = std::numeric_limits<double>::infinity();
  ScoreScale scale;
  scale.center.assign(count, 0.0);
  const double largest = largest_magnitude(comm, scores);
  if (count == 0 || largest == 0.0) {
    scale.tied = true;
    return scale;
  }
  // Scores whose squares are no doubles are taken in a unit of their own, a power of two.
  const double unit = largest > 1e100 || largest < 1e-100 ? std::ldexp(1.0, -std::ilogb(largest)) : 1.0;
  Moments moments = clipped_moments(comm, rows, scores, unit, scale.center, no_limit);
  const auto widest = [&] { return *std::max_element(moments.deviation.begin(), moments.deviation.end()); };
  const double all_rows = widest();
  scale.deviation = moments.deviation[0] / unit;
  double farthest = 0.0;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    farthest = std::max(farthest, std::abs(scores[i] * unit - moments.mean[i % count]));
  }
  scale.outliers = comm.max(farthest) > outlier_reach * all_rows;
  if (!scale.outliers) {
    scale.tied = all_rows == 0.0;
    return scale;
  }
  constexpr double pull = 3.0;  // so that a tenth of the rows may lie far out
  constexpr int most_rounds = 100;
  constexpr double settled = 0.99;
  constexpr double nothing = 1e-12;  // of the deviation of all rows
  double before = all_rows;
  for (int round = 0; round < most_rounds && !scale.tied; ++round) {
    const std::vector<double> center = moments.mean;
    moments = clipped_moments(comm, rows, scores, unit, center, pull * before);
    scale.tied = widest() <= nothing * all_rows;
    if (widest() >= settled * before) {
      break;
    }
    before = widest();
  }
  std::transform(moments.mean.begin(), moments.mean.end(), scale.center.begin(),
                 [&](double mean) { return mean / unit; });
  scale.deviation = (scale.tied ? all_rows : widest()) / unit;
  return scale;
}

}  // namespace distsne
