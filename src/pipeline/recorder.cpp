/// Snapshots in a file beside the output, and pictures from sums over the ranks.
#include "pipeline/recorder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <numeric>

#include "field/bounds.hpp"
#include "io/output_file.hpp"
#include "mpi/agreement.hpp"
#include "pipeline/map_stages.hpp"
#include "render/picture_file.hpp"
#include "render/spread_map.hpp"

namespace distsne {
namespace {

constexpr double live_interval = 10.0;  // seconds between two pictures, or more where drawing takes long
constexpr int live_check = 5;           // iterations between two looks at the clock
constexpr int live_size = 900;
constexpr double largest_step = 65535.0;

/// Bytes of the ranges of all snapshots, which come first: low and high of each dimension.
std::uint64_t head_bytes(std::size_t count, LocalIndex dims) {
  return count * static_cast<std::uint64_t>(dims) * 2 * sizeof(double);
}

}  // namespace

template <class Real>
Recorder<Real>::Recorder(FileRun& run, const std::vector<Phase>& phases)
    : run_(run),
      total_(std::accumulate(phases.begin(), phases.end(), 0,
                             [](int sum, const Phase& phase) { return sum + phase.iterations; })),
      dims_(run.config.objective.dims),
      path_(run.config.output + ".snapshots"),
      last_shown_(now_seconds() - live_interval) {
  if (run.config.snapshots > 0) {
    count_ = static_cast<std::size_t>(divide_up(total_, run.config.snapshots));
  }
}

template <class Real>
std::size_t Recorder<Real>::number_of(int iteration) const {
  return static_cast<std::size_t>(divide_up(iteration, run_.config.snapshots)) - 1;
}

template <class Real>
void Recorder<Real>::after_update(const LoopState<Real>& state) {
  const int every = run_.config.snapshots;
  if (every > 0 && (state.iteration % every == 0 || state.iteration == total_)) {
    const auto timer = run_.timers.scope("snapshots");
    keep(state);
  }
  if (!run_.config.live.empty() && (state.iteration % live_check == 0 || state.iteration == total_)) {
    const bool due = now_seconds() - last_shown_ >= live_interval || state.iteration == total_;
    if (run_.comm.max(std::int64_t{run_.comm.is_root() && due ? 1 : 0}) != 0) {
      const auto timer = run_.timers.scope("live picture");
      show(state);
    }
  }
}

template <class Real>
void Recorder<Real>::keep(const LoopState<Real>& state) {
  const Communicator& comm = run_.comm;
  const Embedding<Real> map = in_input_order(comm, state.moving);
  const auto dims = static_cast<std::size_t>(dims_);
  const Bounds bounds = find_bounds(comm, map);
  if (!bounds.finite) {
    return;  // the next iteration finds out that the map diverged
  }
  std::vector<double> ranges;
  for (std::size_t m = 0; m < dims; ++m) {
    ranges.push_back(bounds.low[m]);
    ranges.push_back(bounds.low[m] + bounds.extent[m]);
  }
  std::vector<std::uint16_t> steps(map.values.size());
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const double low = ranges[2 * (i % dims)];
    const double width = ranges[2 * (i % dims) + 1] - low;
    const double share = width > 0.0 ? (static_cast<double>(map.values[i]) - low) / width : 0.0;
    steps[i] = static_cast<std::uint16_t>(std::lround(share * largest_step));
  }
  const std::uint64_t frame = static_cast<std::uint64_t>(map.rows()) * dims * sizeof(std::uint16_t);
  const std::uint64_t size = head_bytes(count_, dims_) + count_ * frame;
  if (!opened_) {
    attempt_on_root(comm, [&] {
      std::error_code missing;
      const bool goes_on =
          state.iteration > run_.config.snapshots && std::filesystem::file_size(path_, missing) == size;
      if (!goes_on) {
        OutputFile(path_, OutputFile::Mode::create).set_size(size);
      }
    });
    opened_ = true;
  }
  const std::size_t number = number_of(state.iteration);
  attempt_everywhere(comm, [&] {
    OutputFile out(path_, OutputFile::Mode::join);
    out.write(std::as_bytes(std::span<const std::uint16_t>(steps)),
              head_bytes(count_, dims_) + number * frame +
                  static_cast<std::uint64_t>(map.first_row()) * dims * sizeof(std::uint16_t));
    if (comm.is_root()) {
      out.write(std::as_bytes(std::span<const double>(ranges)), number * dims * 2 * sizeof(double));
    }
    out.close();
  });
}

template <class Real>
Snapshots Recorder<Real>::snapshots() const {
  const Communicator& comm = run_.comm;
  Snapshots result;
  const bool any = count_ > 0 && comm.broadcast_value(std::filesystem::exists(path_) ? 1 : 0) != 0;
  if (!any) {
    return result;
  }
  attempt_everywhere(comm, [&] {
    const RowPartition even(run_.plan.rows, comm.size());
    const auto dims = static_cast<std::size_t>(dims_);
    const auto own = static_cast<std::size_t>(even.size(comm.rank()));
    std::ifstream file(path_, std::ios::binary);
    std::vector<double> ranges(count_ * dims * 2);
    const auto read = [&](auto* to, std::size_t number, std::uint64_t from) {
      file.seekg(static_cast<std::streamoff>(from));
      file.read(reinterpret_cast<char*>(to), static_cast<std::streamsize>(number * sizeof(*to)));
      if (!file) {
        throw Error(fmt::format("reading '{}' failed", path_), ExitCode::io_failure);
      }
    };
    read(ranges.data(), ranges.size(), 0);
    std::vector<std::size_t> written;  // where a run was stopped, later ones are still empty
    for (std::size_t k = 0; k < count_; ++k) {
      const auto first = ranges.begin() + static_cast<std::ptrdiff_t>(2 * k * dims);
      if (std::any_of(first, first + static_cast<std::ptrdiff_t>(2 * dims), [](double end) { return end != 0.0; })) {
        written.push_back(k);
      }
    }
    result.steps.resize(own * written.size() * dims);
    std::vector<std::uint16_t> steps(own * dims);
    for (std::size_t k = 0; k < written.size(); ++k) {
      const std::uint64_t frame = static_cast<std::uint64_t>(run_.plan.rows) * dims * sizeof(std::uint16_t);
      read(steps.data(), steps.size(),
           head_bytes(count_, dims_) + written[k] * frame +
               static_cast<std::uint64_t>(even.begin(comm.rank())) * dims * sizeof(std::uint16_t));
      for (std::size_t row = 0; row < own; ++row) {
        std::copy_n(steps.begin() + static_cast<std::ptrdiff_t>(row * dims), dims,
                    result.steps.begin() + static_cast<std::ptrdiff_t>((row * written.size() + k) * dims));
      }
      result.iteration.push_back(
          std::min<std::int64_t>(total_, static_cast<std::int64_t>(written[k] + 1) * run_.config.snapshots));
      for (std::size_t m = 0; m < dims; ++m) {
        result.low.push_back(ranges[2 * (written[k] * dims + m)]);
        result.high.push_back(ranges[2 * (written[k] * dims + m) + 1]);
      }
    }
  });
  return result;
}

template <class Real>
void Recorder<Real>::remove() const {
  if (count_ > 0 && run_.comm.is_root()) {
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
  }
}

template <class Real>
void Recorder<Real>::show(const LoopState<Real>& state) {
  const Communicator& comm = run_.comm;
  const double begin = now_seconds();
  const auto& values = state.moving.map.values;
  std::vector<float> points(values.size());
  std::transform(values.begin(), values.end(), points.begin(), [](Real value) { return static_cast<float>(value); });
  const bool finite = std::all_of(points.begin(), points.end(), [](float value) { return std::isfinite(value); });
  if (comm.min(std::int64_t{finite ? 1 : 0}) == 0) {
    return;
  }
  PictureOptions options;
  options.size = live_size;
  options.title = fmt::format("Iteration {} of {}", state.iteration, total_);
  options.subtitle = state.history.empty() ? "" : fmt::format("KL {:.4f}", state.kl);
  const Scene scene = draw_spread_map(comm, points, dims_, options);
  attempt_on_root(comm, [&] { write_picture(run_.config.live, scene); });
  // Drawing takes at most about a tenth of the time.
  last_shown_ = now_seconds() + std::max(0.0, 9.0 * (now_seconds() - begin) - live_interval);
}

template class Recorder<float>;
template class Recorder<double>;

}  // namespace distsne
