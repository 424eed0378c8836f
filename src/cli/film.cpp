/// From snapshots to a film.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "cli/plot_options.hpp"
#include "distsne/base/error.hpp"
#include "io/result.hpp"
#include "io/result_curves.hpp"
#include "render/apng.hpp"
#include "render/picture_file.hpp"
#include "render/png.hpp"
#include "render/view.hpp"

namespace distsne {
namespace {

constexpr double seconds = 0.12;  // of a snapshot
constexpr double last_seconds = 2.0;

/// As fit_view has it, but as wide as high, so that all pictures of a film have one size.
Frame square_frame(std::span<const float> points, int dims, const Frame& wanted) {
  const View view = fit_view(points, dims, wanted);
  double half = 0.0;
  for (const Range& axis : view.axes) {
    half = std::max(half, 0.5 * axis.width());
  }
  Frame frame{Frame::Kind::chosen, {}};
  for (const Range& axis : view.axes) {
    const double middle = 0.5 * (axis.low + axis.high);
    frame.axes.push_back({middle - half, middle + half});
  }
  return frame;
}

std::string numbered(const std::string& path, std::int64_t iteration) {
  const std::filesystem::path name(path);
  return (name.parent_path() / fmt::format("{}_{:05}{}", name.stem().string(), iteration, name.extension().string()))
      .string();
}

}  // namespace

std::string write_film(const PlotOptions& options, const ResultPicture& result, PictureOptions picture) {
  const ResultSnapshots snapshots = read_snapshots(options.inputs.front());
  if (snapshots.rows != result.rows || snapshots.dims != result.dims) {
    throw Error(
        fmt::format("the snapshots of '{}' are not of its map; the file may be damaged", options.inputs.front()),
        ExitCode::bad_input);
  }
  const MapLabels labels{result.label_name, result.numeric_labels, result.text_labels};
  const Frame frame = picture.frame;
  picture.coloring.given = settled_colors(result.embedding, result.dims, labels, picture);
  picture.names = NamePlace::off;
  picture.counts_outside = false;  // which would make some pictures higher than others
  const bool single = options.film.ends_with(".png");
  std::vector<std::string> pictures;
  for (std::size_t i = 0; i < snapshots.iteration.size(); ++i) {
    const std::vector<float> points = snapshots.map(i);
    picture.frame = frame.kind == Frame::Kind::chosen ? frame : square_frame(points, result.dims, frame);
    picture.subtitle = fmt::format("iteration {}", snapshots.iteration[i]);
    const Scene scene = compose(points, result.dims, labels, picture);
    if (single) {
      write_picture(numbered(options.film, snapshots.iteration[i]), scene);
    } else {
      pictures.push_back(encode_png(scene));
    }
  }
  if (single) {
    return fmt::format("{} pictures written, the last one to {}", snapshots.iteration.size(),
                       numbered(options.film, snapshots.iteration.back()));
  }
  write_bytes(options.film, encode_apng(pictures, seconds, last_seconds));
  return fmt::format("a film of {} pictures written to {}", pictures.size(), options.film);
}

}  // namespace distsne
