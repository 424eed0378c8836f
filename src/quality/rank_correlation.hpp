/// Distances of all pairs of a few rows, and the correlation of their ranks.
#pragma once

#include <span>
#include <vector>

namespace distsne {

/// Not collective; uses all threads. Euclidean distances of all pairs i < j of rows of `columns` values, in the order
/// (0, 1), (0, 2), ..., (1, 2), ...
[[nodiscard]] std::vector<double> pair_distances(std::span<const double> rows, std::size_t columns);

/// Not collective. Spearman's rank correlation (Spearman 1904): Pearson's of the ranks, equal values sharing their mean
/// rank. NaN where all values of one side are equal.
[[nodiscard]] double rank_correlation(const std::vector<double>& a, const std::vector<double>& b);

}  // namespace distsne
