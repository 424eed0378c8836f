/// The C interface over maps in memory: errors become codes and a message.
#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <memory>
#include <new>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include "base/version.hpp"
#include "distsne/distsne.h"
#include "distsne/pipeline/map.hpp"
#include "mpi/agreement.hpp"
#include "pipeline/options.hpp"

struct distsne_options {
  distsne::Config config;
  distsne_watch watch = nullptr;
  void* user = nullptr;
  std::optional<std::vector<double>> weights;  // of the rows of this rank
};

struct distsne_map {
  distsne::Embedding<double> points;  // which holds what float does
  distsne::MapRecord record;
  double kl = 0.0;
  std::string notes;
};

namespace distsne {
namespace {

thread_local std::string last_error;
thread_local bool last_error_everywhere = true;

/// Runs `work`; the code of what it throws.
template <class Work>
int code_of(const Work& work) {
  const auto remember = [](const char* message, ExitCode code, bool everywhere) {
    last_error = message;
    last_error_everywhere = everywhere;
    return static_cast<int>(code);
  };
  try {
    work();
    return static_cast<int>(ExitCode::done);
  } catch (const Error& error) {
    return remember(error.what(), error.code(), error.everywhere());
  } catch (const std::bad_alloc&) {
    return remember("out of memory", ExitCode::failure, false);
  } catch (const std::exception& error) {
    return remember(error.what(), ExitCode::failure, false);
  }
}

/// Calls the watch of the options.
class Watcher : public MapObserver {
 public:
  explicit Watcher(const distsne_options& options) : options_(options) {}
  void iteration(const IterationReport& report) override {
    stops_ = stops_ || (options_.watch != nullptr &&
                        options_.watch(options_.user, report.iteration, report.total_iterations, report.kl) != 0);
  }
  bool wants_stop() override { return stops_; }

 private:
  const distsne_options& options_;
  bool stops_ = false;
};

/// Collective. The weights that ranks have set, in the partition of the rows; empty where none has.
std::optional<DistributedMatrix<double>> weights_of(const Communicator& comm, const distsne_options& options,
                                                    std::int64_t rows) {
  if (comm.max(std::int64_t{options.weights ? 1 : 0}) == 0) {
    return {};
  }
  const std::vector<double> own = options.weights.value_or(std::vector<double>());
  require_everywhere(comm, std::ssize(own) == rows,
                     fmt::format("weights: rank {} gives {} for its {} rows", comm.rank(), own.size(), rows));
  return rows_of_ranks<double>(comm, own, 1);
}

template <class Real, class Given>
std::unique_ptr<distsne_map> map_of(const Communicator& comm, std::span<const Given> rows, std::int32_t columns,
                                    const distsne_options& options) {
  MapInput<Real> input;
  if constexpr (std::is_same_v<Real, Given>) {
    input.rows = rows_of_ranks<Real>(comm, rows, columns);
  } else if constexpr (std::is_same_v<Real, float>) {
    input.rows = in_single_precision(comm, rows_of_ranks<double>(comm, rows, columns), options.config);
  } else {
    const std::vector<Real> converted(rows.begin(), rows.end());
    input.rows = rows_of_ranks<Real>(comm, converted, columns);
  }
  input.weights = weights_of(comm, options, input.rows.local_rows());
  Watcher watcher(options);
  Map<Real> map = compute_map<Real>(comm, std::move(input), options.config, watcher);
  auto result = std::make_unique<distsne_map>();
  result->points = Embedding<double>(map.points.partition, map.points.rank, map.points.columns);
  std::copy(map.points.values.begin(), map.points.values.end(), result->points.values.begin());
  result->record = std::move(map.record);
  result->kl = map.kl;
  for (const std::string& note : map.notes) {
    result->notes += note + "\n";
  }
  return result;
}

template <class Given>
int embed_rows(int fortran_communicator, const Given* rows, std::int64_t count, std::int32_t columns,
               const distsne_options* options, distsne_map** map) {
  return code_of([&] {
    const Communicator comm = Communicator::duplicate(fortran_communicator);
    require_everywhere(comm, map != nullptr && count >= 0 && columns > 0 && (rows != nullptr || count == 0),
                       fmt::format("{} rows of {} columns, and a place for the map, are wanted", count, columns));
    const distsne_options defaults;
    const distsne_options& chosen = options == nullptr ? defaults : *options;
    const std::span<const Given> values(rows, checked_product(count, columns));
    *map = (chosen.config.precision == Precision::single ? map_of<float>(comm, values, columns, chosen)
                                                         : map_of<double>(comm, values, columns, chosen))
               .release();
  });
}

}  // namespace
}  // namespace distsne

using namespace distsne;

distsne_options* distsne_options_create() { return new (std::nothrow) distsne_options; }
void distsne_options_free(distsne_options* options) { delete options; }

int distsne_options_set(distsne_options* options, const char* name, const char* value) {
  return code_of([&] {
    if (options == nullptr || name == nullptr || value == nullptr) {
      throw Error("options, a name and a value are wanted", ExitCode::bad_input, Known::everywhere);
    }
    set_option(run_options(options->config, Command::map), name, value);
  });
}

void distsne_options_set_watch(distsne_options* options, distsne_watch watch, void* user) {
  options->watch = watch;
  options->user = user;
}

int distsne_options_set_weights(distsne_options* options, const double* weights, std::int64_t count) {
  return code_of([&] {
    if (options == nullptr || count < 0) {
      throw Error("options and a number of weights are wanted", ExitCode::bad_input, Known::everywhere);
    }
    options->weights.reset();
    if (weights != nullptr) {
      options->weights.emplace(weights, weights + count);
    }
  });
}

int distsne_embed(int fortran_communicator, const float* rows, std::int64_t count, std::int32_t columns,
                  const distsne_options* options, distsne_map** map) {
  return embed_rows(fortran_communicator, rows, count, columns, options, map);
}
int distsne_embed_double(int fortran_communicator, const double* rows, std::int64_t count, std::int32_t columns,
                         const distsne_options* options, distsne_map** map) {
  return embed_rows(fortran_communicator, rows, count, columns, options, map);
}
void distsne_map_free(distsne_map* map) { delete map; }

std::int64_t distsne_map_rows(const distsne_map* map) { return map->points.local_rows(); }
std::int32_t distsne_map_dims(const distsne_map* map) { return map->points.columns; }
void distsne_map_points(const distsne_map* map, float* points) {
  std::transform(map->points.values.begin(), map->points.values.end(), points,
                 [](double value) { return static_cast<float>(value); });
}
void distsne_map_points_double(const distsne_map* map, double* points) {
  std::copy(map->points.values.begin(), map->points.values.end(), points);
}
double distsne_map_kl(const distsne_map* map) { return map->kl; }
std::int64_t distsne_map_iterations(const distsne_map* map) { return map->record.iterations; }
int distsne_map_finished(const distsne_map* map) { return map->record.finished ? 1 : 0; }
const char* distsne_map_notes(const distsne_map* map) { return map->notes.c_str(); }

const char* distsne_error() { return last_error.c_str(); }
int distsne_error_is_everywhere() { return last_error_everywhere ? 1 : 0; }

const char* distsne_version() {
  static const std::string text = fmt::format("{} ({})", version(), commit());
  return text.c_str();
}
