/// Counting what the stages do, times what each piece of work takes on a machine of the measured rates.
#include "pipeline/prediction.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "distsne/embed/objective.hpp"
#include "distsne/field/grid_field.hpp"
#include "field/grid_layout.hpp"
#include "field/resolution.hpp"

namespace distsne {
namespace {

// Bytes of a rank without any rows: libraries, message buffers, the heap's own.
constexpr double bytes_of_process = 31.5e6;
constexpr double bytes_of_peer = 0.1e6;
// Entries of a row of joint affinities for each neighbor: most neighbors are mutual or not by about this share.
constexpr double joint_entries = 1.5;
// Columns up to which the covariance is held whole, as reduce/pca.cpp has it.
constexpr double covariance_columns = 4096;
// Of a network: bytes a second of a host, seconds of a message.
constexpr double network_bytes = 10e9;
constexpr double network_latency = 2e-6;
constexpr double memory_copy_bytes = 4e9;  // between ranks of a host
constexpr double fused_per_pair = 8.0;     // multiply-adds that a core does in the time of a pair of points

/// What the run is made of, in doubles.
struct Sizes {
  double rows, own_rows, columns, entries, searched_columns, neighbors, value_bytes, dims, ranks, cores;
  bool dense, grid;

  Sizes(const Config& config, const Plan& plan, const Workplace& place)
      : rows(static_cast<double>(plan.rows)),
        own_rows(std::ceil(rows / place.ranks)),
        columns(static_cast<double>(plan.input.columns)),
        entries(plan.input.sparse() && plan.components > 0 ? static_cast<double>(plan.input.entries) : 0.0),
        searched_columns(plan.components > 0 ? plan.components : columns),
        neighbors(plan.neighbors),
        value_bytes(config.precision == Precision::single ? 4.0 : 8.0),
        dims(config.objective.dims),
        ranks(place.ranks),
        cores(place.cores()),
        dense(plan.dense),
        grid(uses_grid(config.objective, plan.rows)) {}

  /// Share of what is exchanged that leaves a rank.
  [[nodiscard]] double away() const { return 1.0 - 1.0 / ranks; }
  /// Bytes of an entry of sparse affinities.
  [[nodiscard]] double entry_bytes() const { return 4.0 + value_bytes; }
};

/// The longest side that a map of so many rows gets, in map units: of t-SNE about 140 for 1,800 rows, 200 for 20,000,
/// 220 for 70,000 and 300 for 5,000,000 after 500 classic iterations without exaggeration, 210, 300, 390 and
/// (1,000,000) 640 where the annealed schedule ends; of the Gaussian methods 12 to 20.
double span(const Sizes& sizes, const Config& config) {
  const bool wide = config.objective.method == Method::tsne;
  if (config.schedule.schedule == Schedule::annealed) {
    const double share = std::min(1.0, usual_iterations(config.schedule, static_cast<GlobalIndex>(sizes.rows)) / 200.0);
    return (wide ? 210.0 : 12.0) * std::pow(sizes.rows / 1800.0, 0.17) * std::pow(share, 0.7) *
           (config.objective.dims == 3 ? 0.75 : 1.0);
  }
  const double late =
      std::max(25, config.schedule.iterations.value_or(750) - config.schedule.exaggeration_iterations.value_or(250));
  const double settled = (wide ? 150.0 : 12.0) * std::pow(sizes.rows / 1800.0, 0.09);
  return settled * std::pow(late / 500.0, 0.4) * (config.objective.dims == 3 ? 0.75 : 1.0);
}

GridShape expected_grid(const Sizes& sizes, const Config& config) {
  const double longest = span(sizes, config);
  return fit_grid(config.objective.dims, {longest, 0.95 * longest, 0.9 * longest},
                  resolution_for(kernel_of(config.objective), config.objective.accuracy),
                  static_cast<int>(sizes.ranks));
}

/// Work that arithmetic bounds, in multiply-adds, by all cores.
double arithmetic(double fused, const Sizes& sizes, const Workplace& place) {
  return fused / (0.5 * fused_per_pair * place.rates.pairs * sizes.cores);
}

/// Work of so many seconds on one core of the reference, half of it bound by arithmetic and half by memory.
double mixed(double reference_seconds, const Sizes& sizes, const Workplace& place) {
  const double slower =
      0.5 * reference_rates.pairs / place.rates.pairs + 0.5 * reference_rates.bytes / place.rates.bytes;
  return reference_seconds * slower / sizes.cores;
}

double exchange_seconds(double bytes, double messages, const Workplace& place) {
  return place.ranks == 1   ? 0.0
         : place.hosts == 1 ? bytes / memory_copy_bytes + messages * 0.5 * network_latency
                            : bytes * place.ranks_per_host() / network_bytes + messages * network_latency;
}

StagePrediction read_stage(const Sizes& s, const Workplace& place) {
  if (s.entries > 0.0) {
    return {"read", mixed(10e-9 * s.entries, s, place), s.entries / s.ranks * s.entry_bytes() + 64e6, 0.0};
  }
  const double values = s.rows * s.columns;
  return {"read", mixed(6e-9 * values, s, place), s.own_rows * s.columns * s.value_bytes, 0.0};
}

StagePrediction reduce_stage(const Sizes& s, const Workplace& place) {
  if (s.entries > 0.0) {  // some 16 products, twice through the entries each
    const double width = s.searched_columns + 10.0;
    const double block = 8.0 * s.columns * width;
    return {"reduce", mixed(16.0 * 1.2e-9 * s.entries * width, s, place) + exchange_seconds(20.0 * block, 20, place),
            s.entries / s.ranks * s.entry_bytes() + (s.cores / s.ranks + 6.0) * block +
                s.own_rows * s.searched_columns * s.value_bytes,
            s.ranks > 1 ? 20.0 * block : 0.0};
  }
  const bool whole = s.columns <= covariance_columns;
  const double fused =
      1.7 * s.rows * s.columns * (whole ? 0.5 * s.columns + s.searched_columns : 8.0 * s.searched_columns);
  const double own = s.own_rows * (s.columns + s.searched_columns) * s.value_bytes;
  const double sums = whole ? 8.0 * s.columns * s.columns : 16.0 * s.columns * (s.searched_columns + 10.0);
  const double bytes = s.ranks > 1 ? 2.0 * sums : 0.0;
  return {"reduce", arithmetic(fused, s, place) + exchange_seconds(bytes, 20, place), own + 2.5 * sums, bytes};
}

StagePrediction neighbors_stage(const Config& config, const Sizes& s, const Workplace& place) {
  const double products = s.rows * s.rows * s.searched_columns;
  const bool exact =
      config.neighbors == NeighborChoice::exact || (config.neighbors == NeighborChoice::automatic && products <= 1e11);
  const double width = s.searched_columns / 50.0;
  const double search = exact ? products / (0.2 * fused_per_pair * reference_rates.pairs) + 6e-6 * s.rows
                              : s.rows * (9e-6 * width * std::sqrt(std::min(s.rows, 2.7e8) / 1e6) +
                                          26e-6 * std::pow(width, 0.7) * std::pow(s.neighbors / 90.0, 0.4));
  const double x = s.own_rows * s.searched_columns * 4.0;
  const double graph = s.own_rows * s.neighbors * 8.0;
  const double round = std::min(s.own_rows, 16384.0);
  const double keys = (s.neighbors + std::max(64.0, s.neighbors)) * 8.0;
  // Rows of others that are looked after at a time: to each rank in an exact search, else to where near lists are.
  const double guests = round * (exact ? s.ranks - 1.0 : std::min({s.ranks - 1.0, 0.6 + 0.25 * (s.ranks - 1.0), 4.0}));
  const double of_guest = keys + 12.0 * s.searched_columns + 24.0 * s.neighbors;
  const double lists = s.rows < 2048.0 ? 1.0 : std::min(4.0 * std::sqrt(s.rows), 65536.0);
  const double centroids = 8.0 * lists * s.searched_columns;
  const double of_list = std::min(192.0, s.rows / lists);
  const double visits = exact ? round / of_list * lists * (50.0 + 3.0 * of_list) : 15e6;
  // Rows are brought into the order of their lists, then looked for.
  const double parts = std::clamp(s.searched_columns / 16.0, 1.0, 8.0);
  const double ordering = (2.0 + 2.0 / parts) * x + 70.0 * s.own_rows;
  const double searching = 2.0 * x + graph + 16.0 * s.own_rows + round * keys + guests * of_guest + visits;
  const double sent =
      s.ranks > 1 ? x * s.away() + 0.3 * s.own_rows * s.away() * (s.searched_columns + 16.0) * 4.0 + 10.0 * centroids
                  : 0.0;
  return {"neighbors", mixed(search, s, place) + exchange_seconds(sent, 40.0 * s.ranks, place),
          std::max(ordering, searching) + centroids + 2e6, sent};
}

/// Reading a graph that was made before, in place of searching.
StagePrediction graph_stage(const Plan& plan, const Sizes& s, const Workplace& place) {
  const auto columns = static_cast<double>(plan.graph.indices.columns);
  const double graph = 8.0 * s.own_rows * s.neighbors;
  const double reading = 12.0 * s.own_rows * columns + std::min(1.0, 65536.0 / s.own_rows) * graph;
  const double ordering = plan.graph.ordered ? 2.5 * graph + 40.0 * s.own_rows : 0.0;
  const double sent = plan.graph.ordered ? graph * s.away() : 0.0;
  return {"neighbors", mixed(40e-9 * s.rows * columns, s, place) + exchange_seconds(sent, 10.0 * s.ranks, place),
          std::max(reading, ordering), sent};
}

StagePrediction affinities_stage(const Config& config, const Sizes& s, const Workplace& place) {
  if (s.dense) {
    const double values = s.own_rows * s.rows;
    const double x = s.own_rows * s.searched_columns * s.value_bytes;
    const double sent = s.ranks > 1 ? x * (s.ranks - 1) + values * s.value_bytes * s.away() / 2 : 0.0;
    return {"affinities",
            arithmetic(s.rows * s.rows * s.searched_columns, s, place) + mixed(20e-9 * s.rows * s.rows, s, place) +
                exchange_seconds(sent, 2.0 * s.ranks, place),
            values * s.value_bytes + 3.0 * x + (s.ranks > 1 ? 8e6 : 0.0), sent};
  }
  const double entries = s.own_rows * s.neighbors;
  const double leaving = entries * s.away() * (s.ranks > 1 ? 0.25 : 0.0);
  const double travelling = 18.0 * std::min(entries * s.away(), 4.2e6);
  const double each = config.affinity.kind == AffinityKind::uniform ? 80e-9 : 150e-9;
  const double sent = leaving * (2.0 + s.entry_bytes()) * 1.5;
  return {
      "affinities", mixed(each * s.rows * s.neighbors, s, place) + exchange_seconds(sent, 10.0 * s.ranks, place),
      2.0 * s.entry_bytes() * (entries + std::min(s.own_rows, 16384.0) * s.neighbors) + 90.0 * s.own_rows + travelling,
      sent};
}

/// Seconds of the arithmetic of one iteration late in the run, its bytes, and the memory of the whole loop.
StagePrediction iteration(const Config& config, const Sizes& s, const Workplace& place) {
  StagePrediction result{"iterations", 0.0, 0.0, 0.0};
  const double point_bytes = s.value_bytes * (s.dims == 3 ? 4 : s.dims);
  const double evaluations = config.objective.method == Method::sne ? 2.0 : 1.0;
  const bool all_points = s.dense || !s.grid;
  double messages = 8.0 * std::log2(s.ranks + 1.0);
  if (s.dense) {
    const double bytes = s.rows * s.rows * s.value_bytes;
    const double in_cache = bytes / s.cores < 16e6 ? 0.4 : 1.0;
    result.seconds += in_cache * bytes / (place.rates.bytes * s.cores);
    result.memory += bytes / s.ranks;
  } else {
    const double edges = joint_entries * s.neighbors;
    const double out_of_cache = std::max(0.0, std::log2(s.own_rows * point_bytes / 1e6));
    const double edge = (0.34e-9 + 0.3e-9 * out_of_cache) * s.value_bytes / 4.0;
    result.seconds += mixed(s.rows * (15e-9 + edges * edge), s, place);
    // Columns or values are there twice while rows are brought into another order, and once more what travels.
    result.memory += 1.03 * s.own_rows * edges * (s.entry_bytes() + s.value_bytes) + 100.0 * s.own_rows +
                     7.0 * s.value_bytes * s.away() * s.away() * std::min(s.own_rows * edges, 8.4e6);
    const double remote = s.ranks > 1 && !all_points ? 0.25 * s.own_rows * s.away() : 0.0;
    result.bytes_sent += remote * s.value_bytes * s.dims;
    result.memory += 6.0 * remote * point_bytes;
  }
  result.seconds += mixed(s.rows * s.dims * 6e-9, s, place);
  result.memory += s.own_rows * s.dims * (4.0 * s.value_bytes + 4.0 * 8.0);
  if (all_points) {
    const double points = s.rows * s.dims * s.value_bytes;
    result.memory += points;
    result.bytes_sent += s.ranks > 1 ? s.own_rows * s.dims * s.value_bytes : 0.0;
    result.seconds += s.ranks > 1 ? exchange_seconds(points, s.ranks, place) : 0.0;
  }
  if (s.grid) {
    const GridShape grid = expected_grid(s, config);
    double nodes = 1.0;
    double padded = 1.0;
    for (std::size_t a = 0; a < 3; ++a) {
      nodes *= grid.nodes[a];
      padded *= grid.padded(a);
    }
    const double stencil = std::pow(4.0, s.dims - 2.0);
    result.seconds += evaluations * (mixed(s.rows * 50e-9 * stencil + padded * std::log2(padded) * 0.35e-9, s, place));
    const double share = std::max(1.0 / s.ranks, static_cast<double>(grid.tile[0]) / grid.nodes[0]);
    const double touched = std::min(nodes / s.ranks * 1.3, 64.0 * s.own_rows);
    const double transposed = grid.dims == 1 ? 0.0 : 2.0 * share * s.away() * nodes * (grid.dims == 3 ? 8.0 : 2.0);
    const double sent = s.ranks > 1 ? touched * s.away() * (8.0 + s.value_bytes) + transposed * s.value_bytes : 0.0;
    result.bytes_sent += evaluations * sent;
    messages += evaluations * 6.0 * std::min(s.ranks, 64.0);
    result.memory += convolution_bytes(
                         grid, place.ranks,
                         s.value_bytes > 4.0 || wide_grid(config.objective.accuracy) ? sizeof(double) : sizeof(float)) +
                     2.0 * touched * 12.0 + s.own_rows * (12.0 + 8.0 * (s.dims + 1.0));
  } else {
    const double slower = s.dims == 3 ? 1.3 : 1.0;
    const double shape = config.objective.method == Method::tsne && config.objective.tail == 1.0 ? 1.0 : 5.0;
    result.seconds +=
        evaluations * slower * shape * (s.value_bytes / 4.0) * s.rows * s.rows / (place.rates.pairs * s.cores);
    result.memory += s.own_rows * 8.0 * (s.dims + 1.0);
  }
  result.seconds += exchange_seconds(result.bytes_sent, messages, place);
  return result;
}

}  // namespace

Prediction predict(Job job, const Config& config, const Plan& plan, const Workplace& place) {
  const Sizes sizes(config, plan, place);
  Prediction prediction;
  const auto add = [&](StagePrediction stage) {
    stage.memory += bytes_of_process + bytes_of_peer * std::min<double>(place.ranks_per_host() - 1, 64.0);
    prediction.seconds += stage.seconds;
    if (stage.memory > prediction.memory) {
      prediction.memory = stage.memory;
      prediction.fullest = stage.stage;
    }
    prediction.stages.push_back(stage);
  };
  if (plan.needs_rows) {
    add(read_stage(sizes, place));
    if (plan.components > 0) {
      add(reduce_stage(sizes, place));
    }
  }
  if (!sizes.dense) {
    add(config.graph.empty() ? neighbors_stage(config, sizes, place) : graph_stage(plan, sizes, place));
  }
  if (job == Job::neighbors) {
    return prediction;
  }
  add(affinities_stage(config, sizes, place));
  StagePrediction late = iteration(config, sizes, place);
  prediction.iteration_seconds = late.seconds;
  prediction.iteration_bytes = late.bytes_sent;
  // The map, and with it the grid, is small for a while; measuring and reordering take their part, and waiting for the
  // slowest rank.
  const double early = sizes.grid ? 0.85 : 1.0;
  late.seconds *= usual_iterations(config.schedule, plan.rows) * early * 1.06 * (place.ranks > 1 ? 1.15 : 1.0);
  late.bytes_sent *= usual_iterations(config.schedule, plan.rows) * early;
  add(late);
  add({"write", 0.05 + mixed(30e-9 * sizes.rows, sizes, place), 60.0 * sizes.own_rows, 0.0});
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
