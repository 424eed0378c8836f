/// Initial maps from scores, from random numbers and from files.
#include "pipeline/initial_map.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "embed/pace.hpp"
#include "field/bounds.hpp"
#include "pipeline/multilevel.hpp"
#include "reduce/pca.hpp"

namespace distsne {
namespace {

/// The scores along the first axes of rows that were reduced already, or of rows as they are.
template <class Real>
DistributedMatrix<double> leading_scores(const Run& run, const DistributedMatrix<Real>& x, LocalIndex count) {
  if (run.plan.components == 0) {
    return principal_scores(run.comm, x, principal_components(run.comm, x, count));
  }
  DistributedMatrix<double> scores(x.partition, x.rank, std::min(count, x.columns));
  for (LocalIndex i = 0; i < x.local_rows(); ++i) {
    std::copy_n(x.row(i).begin(), scores.columns, scores.row(i).begin());
  }
  return scores;
}

/// A given map in the type that is wanted.
template <class Real>
Embedding<Real> as(const GivenMap& given) {
  return std::visit(
      [](const auto& map) -> Embedding<Real> {
        if constexpr (std::is_same_v<std::decay_t<decltype(map)>, std::monostate>) {
          throw Error("a map to begin with is wanted, and none is given", ExitCode::failure);
        } else {
          Embedding<Real> result(map.partition, map.rank, map.columns);
          std::transform(map.values.begin(), map.values.end(), result.values.begin(),
                         [](auto value) { return static_cast<Real>(value); });
          return result;
        }
      },
      given);
}

/// A note where a given map is far larger than the forces reach.
template <class Real>
void warn_of_size(const Run& run, const Embedding<Real>& map) {
  const Bounds bounds = find_bounds(run.comm, map);
  const double deviation = shape_of(run.comm, map).deviation[0];
  constexpr double usual = 100.0;  // more than any finished map of a million rows has
  const double most = 1000.0 + 20.0 * std::sqrt(static_cast<double>(map.rows()));
  if (deviation > usual || bounds.longest() > most) {
    run.progress.say(fmt::format(
        "note: the map of --init spans {:.3g} units with a standard deviation of {:.3g}, and maps begin at {:g}: at "
        "such distances rows hardly feel each other, and the grid grows with the span; --init-scale auto scales it",
        bounds.longest(), deviation, initial_spread(run.config.schedule)));
  }
}

}  // namespace

template <class Real>
Embedding<Real> initial_map(const Run& run, const DistributedMatrix<Real>& x, const GivenMap& given) {
  const MapOptions& config = run.config;
  const double spread = spread_of(config);
  const LocalIndex dims = config.objective.dims;
  switch (config.initialization.kind) {
    case InitialMap::file: {
      if (config.initialization.scale == InitialScale::automatic) {
        const auto scores = as<double>(given);
        return initial_from_scores<Real>(run.comm, scores.partition, scores.values, scores.columns, dims, spread,
                                         config.seed);
      }
      Embedding<Real> map = as<Real>(given);
      warn_of_size(run, map);
      return map;
    }
    case InitialMap::earlier:  // places are found when there are affinities
      return Embedding<Real>(RowPartition(run.plan.rows, run.comm.size()), run.comm.rank(), dims);
    case InitialMap::random:
      return initial_random<Real>(RowPartition(run.plan.rows, run.comm.size()), run.comm.rank(), dims, spread,
                                  config.seed);
    case InitialMap::multilevel:
      return multilevel_map<Real>(run, x, spread);
    case InitialMap::spectral:  // the search for eigenvectors begins there, too
      if (!run.plan.needs_rows) {
        return initial_random<Real>(RowPartition(run.plan.rows, run.comm.size()), run.comm.rank(), dims, spread,
                                    config.seed);
      }
      break;
    case InitialMap::pca:
      break;
  }
  const DistributedMatrix<double> scores = leading_scores(run, x, dims);
  return initial_from_scores<Real>(run.comm, x.partition, scores.values, scores.columns, dims, spread, config.seed);
}

template <class Real>
Embedding<Real> start_of_seed(const Run& run, const Embedding<Real>& start) {
  const InitialMap kind = run.config.initialization.kind;
  const bool anew = kind == InitialMap::random;
  if (!anew && kind != InitialMap::pca && kind != InitialMap::multilevel) {
    return start;
  }
  const double spread = spread_of(run.config) * (anew ? 1.0 : initial_jitter);
  Embedding<Real> map = initial_random<Real>(start.partition, start.rank, start.columns, spread, run.config.seed);
  for (std::size_t i = 0; i < map.values.size() && !anew; ++i) {
    map.values[i] += start.values[i];
  }
  return map;
}

template Embedding<float> initial_map(const Run&, const DistributedMatrix<float>&, const GivenMap&);
template Embedding<double> initial_map(const Run&, const DistributedMatrix<double>&, const GivenMap&);
template Embedding<float> start_of_seed(const Run&, const Embedding<float>&);
template Embedding<double> start_of_seed(const Run&, const Embedding<double>&);

}  // namespace distsne
