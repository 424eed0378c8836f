/// Pictures of a run: how its measures fell, and where its time went.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "render/picture.hpp"

namespace distsne {

/// A measure over the iterations; NaN and infinite values leave gaps.
struct Curve {
  std::string name;
  std::vector<double> values;
  bool logarithmic = false;  ///< values that are not positive leave gaps, too
};

/// A stretch of iterations that is shaded and named.
struct Stretch {
  double begin = 0.0;
  double end = 0.0;
  std::string name;
};

/// Stretches of equal factors other than 1, "exaggeration 12", from the factor that
/// the updates from each measured iteration on have.
[[nodiscard]] std::vector<Stretch> exaggerated(std::span<const double> iteration, std::span<const double> factor);

/// One above the other, over the same iterations; each curve has a value for each iteration. Curves without any value
/// that can be drawn are left out. Throws Error (bad input) when none is left. Of the options size, title, subtitle,
/// background and dots_per_inch count.
[[nodiscard]] Scene draw_curves(std::span<const double> iteration, const std::vector<Curve>& curves,
                                const std::vector<Stretch>& stretches, const PictureOptions& options);

/// Seconds of a phase over the ranks.
struct Duration {
  std::string name;
  double min = 0.0;
  double mean = 0.0;
  double max = 0.0;
};

/// A bar for each phase, in their order, with the range over the ranks as a line. Throws Error (bad input) when there
/// are none.
[[nodiscard]] Scene draw_durations(const std::vector<Duration>& durations, const PictureOptions& options);

}  // namespace distsne
