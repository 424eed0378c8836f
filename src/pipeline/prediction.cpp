/// Adding up what the stages of a run take.
#include "pipeline/prediction.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "affinity/cost.hpp"
#include "embed/cost.hpp"
#include "io/cost.hpp"
#include "neighbors/cost.hpp"
#include "pipeline/earlier_map.hpp"
#include "pipeline/multilevel.hpp"
#include "reduce/cost.hpp"

namespace distsne {
namespace {

// Bytes of a rank without any rows: libraries, message buffers, the heap's own.
constexpr double bytes_of_process = 31.5e6;
constexpr double bytes_of_peer = 0.1e6;

double process_bytes(const Workplace& place) {
  return bytes_of_process + bytes_of_peer * std::min<double>(place.ranks_per_host() - 1, 64.0);
}

/// The sizes of a run, in doubles.
struct Sizes {
  double rows, columns, entries, searched_columns, neighbors, value_bytes;

  Sizes(const Config& config, const Plan& plan)
      : rows(static_cast<double>(plan.rows)),
        columns(static_cast<double>(plan.input.columns)),
        entries(plan.input.sparse() && plan.components > 0 ? static_cast<double>(plan.input.entries) : 0.0),
        searched_columns(plan.components > 0 ? plan.components : columns),
        neighbors(plan.neighbors),
        value_bytes(config.precision == Precision::single ? 4.0 : 8.0) {}
};

StageCost cost_of_search(const Config& config, const Plan& plan, const Sizes& s, const Workplace& place) {
  if (plan.matrix_entries) {
    return matrix_read_cost(s.rows, *plan.matrix_entries, s.value_bytes, place);
  }
  if (!config.graph.empty()) {
    return graph_read_cost(s.rows, static_cast<double>(plan.graph.indices.columns), s.neighbors, plan.graph.ordered,
                           place);
  }
  return search_cost(s.rows, s.searched_columns, s.neighbors, search_of(config.neighbors), place);
}

/// A map of a sample, and the search of all rows among it.
StageCost multilevel_cost(const Config& config, const Plan& plan, const Sizes& s, const Workplace& place) {
  Plan of_sample = plan;
  of_sample.rows = static_cast<GlobalIndex>(expected_sample(s.rows));
  of_sample.components = 0;
  of_sample.input.columns = static_cast<decltype(of_sample.input.columns)>(s.searched_columns);
  of_sample.needs_rows = false;
  Config map = config;
  map.initialization.kind = InitialMap::pca;
  map.ensemble = {};
  map.graph.clear();
  const Prediction sample = predict(Job::embed, map, of_sample, place);
  return {sample.seconds + reference_search_seconds(s.rows, s.searched_columns, place),
          sample.memory - process_bytes(place), 0.0};
}

/// What a run of several maps has beside the one that it computes: the others, and what all begin with.
double bytes_beside(const Config& config, const Plan& plan, const Sizes& s, const Workplace& place) {
  if (!config.ensemble.several()) {
    return 0.0;
  }
  constexpr double bytes_of_neighbor = sizeof(CompactIndex) + sizeof(float);
  const double maps = static_cast<double>(config.ensemble.maps()) * config.objective.dims * s.value_bytes;
  const bool of_rows = plan.dense || plan.matrix_entries;
  const double shared = !of_rows          ? s.neighbors * bytes_of_neighbor
                        : plan.needs_rows ? s.searched_columns * s.value_bytes
                                          : 0.0;
  return place.own(s.rows) * (maps + shared);
}

}  // namespace

Prediction predict(Job job, const Config& config, const Plan& plan, const Workplace& place) {
  const Sizes s(config, plan);
  Prediction prediction;
  const auto add = [&](const char* stage, StageCost cost) {
    cost.memory += process_bytes(place);
    prediction.seconds += cost.seconds;
    if (cost.memory > prediction.memory) {
      prediction.memory = cost.memory;
      prediction.fullest = stage;
    }
    prediction.stages.push_back({cost, stage});
  };
  if (plan.earlier) {
    add("earlier map", earlier_map_cost(static_cast<double>(plan.earlier->rows), s.rows, config.objective.dims, place));
  }
  if (plan.needs_rows) {
    add("read", s.entries > 0.0 ? sparse_read_cost(s.entries, s.value_bytes, place)
                                : read_cost(s.rows, s.columns, s.value_bytes, place));
    if (plan.components > 0) {
      add("reduce", s.entries > 0.0
                        ? sparse_pca_cost(s.rows, s.columns, s.entries, s.searched_columns, s.value_bytes, place)
                        : pca_cost(s.rows, s.columns, s.searched_columns, s.value_bytes, place));
    }
  }
  if (!plan.dense) {
    add("neighbors", cost_of_search(config, plan, s, place));
  }
  if (job == Job::neighbors) {
    return prediction;
  }
  const double beside = bytes_beside(config, plan, s, place);
  const auto maps = static_cast<double>(config.ensemble.maps());
  const auto add_to_maps = [&](const char* stage, StageCost cost, double times) {
    cost.memory += beside;
    cost.seconds *= times;
    cost.bytes_sent *= times;
    add(stage, cost);
  };
  add_to_maps("affinities",
              plan.dense ? dense_affinity_cost(s.rows, s.searched_columns, s.value_bytes, place)
                         : sparse_affinity_cost(s.rows, s.neighbors, config.affinity.kind, s.value_bytes, place),
              maps);
  const bool earlier = plan.earlier != nullptr;
  const MapSize map{s.rows, s.neighbors, s.value_bytes, plan.dense, earlier, config.objective, config.schedule};
  if (config.initialization.kind == InitialMap::spectral) {
    add_to_maps("initial map", spectral_cost(map, place), maps);
  } else if (config.initialization.kind == InitialMap::multilevel) {
    add_to_maps("initial map", multilevel_cost(config, plan, s, place), plan.dense || plan.matrix_entries ? maps : 1.0);
  }
  const StageCost late = iteration_cost(map, place);
  prediction.iteration_seconds = late.seconds;
  prediction.iteration_bytes = late.bytes_sent;
  add_to_maps("iterations", iterations_cost(map, late, place), maps);
  add_to_maps("write", write_cost(s.rows, place), maps);
  return prediction;
}

Workplace suggest(Job job, const Config& config, const Plan& plan, int cores_of_host, double memory_of_host,
                  const MachineRates& rates) {
  Workplace best{0, 0, 0, rates, 0};
  double least = std::numeric_limits<double>::infinity();
  constexpr int most_hosts = 1024;
  constexpr double worth = 0.67;    // twice the hosts are to take at most this share of the time
  constexpr double enough = 600.0;  // seconds that one waits rather than for more hosts
  for (int hosts = 1; hosts <= most_hosts && least > enough; hosts *= 2) {
    Workplace candidate{0, 0, hosts, rates, 0};
    double seconds = std::numeric_limits<double>::infinity();
    for (int threads = 1; threads <= cores_of_host; threads *= 2) {
      const Workplace place{hosts * std::max(1, cores_of_host / threads), threads, hosts, rates, cores_of_host};
      const Prediction prediction = predict(job, config, plan, place);
      const bool fits = prediction.memory * place.ranks_per_host() * 1.25 <= memory_of_host;
      if (fits && prediction.seconds < seconds && (place.ranks <= plan.rows)) {
        seconds = prediction.seconds;
        candidate = place;
      }
    }
    if (candidate.ranks > 0 && (best.ranks == 0 || seconds < worth * least)) {
      best = candidate;
      least = seconds;
    } else if (best.ranks > 0) {
      break;
    }
  }
  return best;
}

}  // namespace distsne
