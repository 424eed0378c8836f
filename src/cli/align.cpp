/// distsne align: one map laid on another.
#include <fmt/format.h>

#include <cmath>
#include <limits>

#include "cli/commands.hpp"
#include "io/map_rows.hpp"
#include "io/result.hpp"
#include "mpi/agreement.hpp"
#include "quality/procrustes.hpp"

namespace distsne {
namespace {

[[noreturn]] void refuse(const std::string& message) { throw Error(message, ExitCode::bad_input); }

void align(const std::string& fixed_path, const std::string& moving_path, const std::string& output,
           const std::string& by, bool rigid) {
  const MapRows fixed = read_map_rows(fixed_path, by);
  MapRows moving = read_map_rows(moving_path, by);
  if (fixed.dims != moving.dims) {
    refuse(fmt::format("'{}' has {} dimensions and '{}' has {}: maps of as many dimensions can be aligned", fixed_path,
                       fixed.dims, moving_path, moving.dims));
  }
  const auto dims = static_cast<std::size_t>(fixed.dims);
  const std::vector<GlobalIndex> same =
      common_rows({fixed_path, fixed.rows, fixed.names}, {moving_path, moving.rows, moving.names});
  const auto place_in_fixed = [&](std::size_t row, std::size_t m) {
    return fixed.places[static_cast<std::size_t>(same[row]) * dims + m];
  };
  std::vector<double> from;
  std::vector<double> to;
  for (std::size_t i = 0; i < same.size(); ++i) {
    for (std::size_t m = 0; m < dims && same[i] != no_row; ++m) {
      from.push_back(moving.places[i * dims + m]);
      to.push_back(place_in_fixed(i, m));
    }
  }
  if (from.size() <= dims * dims) {
    refuse(fmt::format("'{}' and '{}' have {} rows in common: more than {} are needed", fixed_path, moving_path,
                       from.size() / dims, dims));
  }
  const Similarity similarity = procrustes(Communicator::self(), from, to, fixed.dims, !rigid);
  Alignment told{fixed_path, similarity.scale, similarity.residual, {}};
  for (std::size_t i = 0; i < same.size(); ++i) {
    const std::array<double, 3> there = similarity(std::span<const double>(moving.places).subspan(i * dims, dims));
    double square = same[i] == no_row ? std::numeric_limits<double>::quiet_NaN() : 0.0;
    for (std::size_t m = 0; m < dims; ++m) {
      moving.places[i * dims + m] = there[m];
      square += same[i] == no_row ? 0.0 : std::pow(there[m] - place_in_fixed(i, m), 2);
    }
    told.drift.push_back(std::sqrt(square));
  }
  write_moved_map(moving_path, output, moving.places, told);
  fmt::print("{} of {} rows are in both maps; scale {:.4f}, drift {:.4f} map units (root mean square)\n",
             from.size() / dims, moving.rows, similarity.scale, similarity.residual);
}

}  // namespace

void run_align(const Communicator& comm, const Arguments& arguments) {
  std::string fixed;
  std::string moving;
  std::string output;
  std::string by;
  bool rigid = false;
  CommandLine command{"distsne align",
                      "Lay one map on another by rotation, reflection and scale, on the rows that both have",
                      {{.name = "fixed",
                        .value = text(fixed, "FIXED"),
                        .group = "Maps",
                        .help = "A result of distsne embed, which stays as it is",
                        .positional = true,
                        .required = true},
                       {.name = "moving",
                        .value = text(moving, "MOVING"),
                        .group = "Maps",
                        .help = "Another, of the same rows or some of them",
                        .positional = true,
                        .required = true},
                       {.name = "output",
                        .value = text(output, "FILE"),
                        .group = "Maps",
                        .help = "A copy of MOVING with its rows where they lie in FIXED, and /drift: how far each is "
                                "from its place there",
                        .letter = 'o',
                        .required = true},
                       {.name = "by",
                        .value = text(by, "NAME"),
                        .group = "Maps",
                        .help = "Dataset of both maps that tells which rows are the same; empty: row_names where both "
                                "have them, else the order of the rows"},
                       {.name = "rigid", .value = flag(rigid), .group = "Maps", .help = "Keep the scale of MOVING"}},
                      false};
  if (!parse(comm, command, arguments)) {
    return;
  }
  require_writable(comm, output, fixed);
  require_writable(comm, output, moving);
  attempt_on_root(comm, [&] { align(fixed, moving, output, by, rigid); });
}

}  // namespace distsne
