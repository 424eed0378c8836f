/// One map laid on another: rotation or reflection, scale and shift.
#pragma once

#include <array>
#include <span>

namespace distsne {

/// y -> scale * (y - from) * rotation + to.
struct Similarity {
  int dims = 2;
  std::array<double, 9> rotation{};  ///< dims x dims, row-major, orthogonal; a reflection where that fits better
  double scale = 1.0;
  std::array<double, 3> from{};  ///< the mean of the moving points
  std::array<double, 3> to{};    ///< and that of the others
  double residual = 0.0;         ///< root mean square of the distances that are left

  /// Where a point comes to.
  [[nodiscard]] std::array<double, 3> operator()(std::span<const double> point) const;
};

/// The similarity that brings `moving` as near to `fixed` as can be in the mean of squares, from the singular value
/// decomposition of their covariance (Schonemann 1966, with Gower 1975 for the scale). Both are n x dims, row-major,
/// n >= 1, finite; dims 1 to 3. Points that all lie in one place are shifted only.
[[nodiscard]] Similarity procrustes(std::span<const double> moving, std::span<const double> fixed, int dims,
                                    bool with_scale);

}  // namespace distsne
