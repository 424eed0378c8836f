/// Reading the small tables of a result.
#include "io/result_curves.hpp"

#include <fmt/format.h>

#include <array>

#include "io/hdf5_filters.hpp"
#include "io/hdf5_handle.hpp"
#include "io/read_strings.hpp"

namespace distsne {
namespace {

/// A group of 1-D datasets of equal length.
class Table {
 public:
  Table(const std::string& path, const std::string& group)
      : path_(path),
        group_(group),
        file_(open_file(path)),
        failure_(fmt::format("reading /{} of '{}' failed; the file may be damaged", group, path)) {
    if (H5Lexists(file_.id(), group.c_str(), H5P_DEFAULT) <= 0) {
      throw Error(fmt::format("'{}' has no /{}: the results of distsne embed have one", path, group),
                  ExitCode::bad_input);
    }
  }

  [[nodiscard]] std::vector<double> numbers(const char* name, bool needed) {
    const std::string place = group_ + "/" + name;
    if (H5Lexists(file_.id(), place.c_str(), H5P_DEFAULT) <= 0) {
      if (needed) {
        throw Error(fmt::format("'{}' has no /{}: the results of distsne embed have one", path_, place),
                    ExitCode::bad_input);
      }
      return {};
    }
    const Hdf5Handle dataset(H5Dopen2(file_.id(), place.c_str(), H5P_DEFAULT), H5Dclose, failure_);
    std::vector<double> values(length(dataset, place));
    check_hdf5(H5Dread(dataset.id(), H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()), failure_);
    return values;
  }

  [[nodiscard]] std::vector<std::string> words(const char* name) {
    const std::string place = group_ + "/" + name;
    const Hdf5Handle dataset(H5Dopen2(file_.id(), place.c_str(), H5P_DEFAULT), H5Dclose, failure_, ExitCode::bad_input);
    const Hdf5Handle type(H5Dget_type(dataset.id()), H5Tclose, failure_);
    const std::size_t count = length(dataset, place);
    if (H5Tget_class(type.id()) != H5T_STRING) {
      throw Error(failure_, ExitCode::bad_input);
    }
    return read_strings(dataset.id(), type.id(), 0, count, failure_);
  }

 private:
  static Hdf5Handle open_file(const std::string& path) {
    set_up_hdf5();
    return Hdf5Handle(H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose,
                      fmt::format("cannot read '{}': it is missing, or not an HDF5 file", path), ExitCode::bad_input);
  }

  /// Also holds all columns against the first one.
  std::size_t length(const Hdf5Handle& dataset, const std::string& place) {
    const Hdf5Handle space(H5Dget_space(dataset.id()), H5Sclose, failure_);
    const hssize_t count = H5Sget_simple_extent_npoints(space.id());
    length_ = length_ < 0 ? count : length_;
    if (H5Sget_simple_extent_ndims(space.id()) != 1 || count != length_ || count < 1) {
      throw Error(fmt::format("'{}', dataset '/{}' is not a column of {} entries; the file may be damaged", path_,
                              place, length_),
                  ExitCode::bad_input);
    }
    return static_cast<std::size_t>(count);
  }

  std::string path_;
  std::string group_;
  Hdf5Handle file_;
  std::string failure_;
  hssize_t length_ = -1;
};

}  // namespace

std::vector<float> ResultSnapshots::map(std::size_t snapshot) const {
  const auto columns = static_cast<std::size_t>(dims);
  std::vector<float> points(static_cast<std::size_t>(rows) * columns);
  for (std::size_t row = 0; row < static_cast<std::size_t>(rows); ++row) {
    for (std::size_t m = 0; m < columns; ++m) {
      const std::size_t place = snapshot * columns + m;
      const double share = steps[row * iteration.size() * columns + place] / 65535.0;
      points[row * columns + m] = static_cast<float>(low[place] + share * (high[place] - low[place]));
    }
  }
  return points;
}

ResultSnapshots read_snapshots(const std::string& path) {
  set_up_hdf5();
  const std::string failure = fmt::format("reading the snapshots of '{}' failed; the file may be damaged", path);
  const Hdf5Handle file(H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose,
                        fmt::format("cannot read '{}': it is missing, or not an HDF5 file", path), ExitCode::bad_input);
  if (H5Lexists(file.id(), "snapshots", H5P_DEFAULT) <= 0) {
    throw Error(fmt::format("'{}' has no snapshots to make a film of: distsne embed --snapshots 25 keeps one every 25 "
                            "iterations",
                            path),
                ExitCode::bad_input);
  }
  ResultSnapshots result;
  const Hdf5Handle steps(H5Dopen2(file.id(), "snapshots/steps", H5P_DEFAULT), H5Dclose, failure, ExitCode::bad_input);
  const Hdf5Handle space(H5Dget_space(steps.id()), H5Sclose, failure);
  std::array<hsize_t, 2> extent{};
  if (H5Sget_simple_extent_ndims(space.id()) != 2) {
    throw Error(failure, ExitCode::bad_input);
  }
  H5Sget_simple_extent_dims(space.id(), extent.data(), nullptr);
  Table times(path, "snapshots");
  for (const double time : times.numbers("iteration", true)) {
    result.iteration.push_back(static_cast<std::int64_t>(time));
  }
  Table ends(path, "snapshots");
  result.low = ends.numbers("low", true);
  result.high = ends.numbers("high", true);
  result.rows = static_cast<std::int64_t>(extent[0]);
  result.dims = static_cast<int>(extent[1] / result.iteration.size());
  if (result.rows < 1 || result.dims < 1 || result.dims > 3 || result.low.size() != extent[1] ||
      extent[1] % result.iteration.size() != 0) {
    throw Error(failure, ExitCode::bad_input);
  }
  result.steps.resize(static_cast<std::size_t>(extent[0] * extent[1]));
  check_hdf5(H5Dread(steps.id(), H5T_NATIVE_UINT16, H5S_ALL, H5S_ALL, H5P_DEFAULT, result.steps.data()), failure);
  return result;
}

ResultHistory read_history(const std::string& path) {
  Table table(path, "history");
  ResultHistory history;
  history.iteration = table.numbers("iteration", true);
  history.kl = table.numbers("kl", true);
  history.gradient_norm = table.numbers("gradient_norm", false);
  history.force_error = table.numbers("force_error", false);
  history.exaggeration = table.numbers("exaggeration", false);
  return history;
}

ResultTimings read_timings(const std::string& path) {
  Table table(path, "timings");
  ResultTimings timings;
  timings.phase = table.words("phase");
  timings.min = table.numbers("min", true);
  timings.mean = table.numbers("mean", true);
  timings.max = table.numbers("max", true);
  return timings;
}

}  // namespace distsne
