/// Nearest rows of the map, their affinities, and the place that these and the field of the map leave.
#include "pipeline/placer.hpp"

#include <bit>
#include <cmath>
#include <map>

#include "affinity/row.hpp"
#include "base/parallel.hpp"
#include "embed/placement.hpp"
#include "io/result.hpp"
#include "mpi/row_exchange.hpp"
#include "pipeline/plan.hpp"
#include "pipeline/stages.hpp"

namespace distsne {
namespace {

constexpr LocalIndex votes = 10;

}  // namespace

/// Memory for one row.
struct Placer::Scratch {
  AlignedVector<double> values;
  AlignedVector<double> weights;
  AlignedVector<double> memory;
  std::vector<float> places;
  std::vector<float> of_neighbors;  // their weights, where they have any

  /// A new row is one point, without duplicates.
  std::span<const double> affinities(std::span<const float> distances, const AffinityOptions& wanted) {
    const std::size_t k = distances.size();
    AffinityOptions options = wanted;
    for (double& perplexity : options.perplexities) {
      perplexity = of_neighbors.empty() ? std::min(perplexity, static_cast<double>(k)) : perplexity;
    }
    const auto unit = static_cast<double>(distances.back());
    values.assign(round_up(k + 1, 16), 0.0);
    for (std::size_t n = 0; n < k; ++n) {
      const double relative = unit > 0.0 ? static_cast<double>(distances[n]) / unit : 0.0;
      values[n] = relative * relative;
    }
    weights.assign(of_neighbors.empty() ? 0 : values.size(), 0.0);
    std::copy(of_neighbors.begin(), of_neighbors.end(), weights.begin());
    affinity_row(std::span<double>(values), k, k, options, unit * unit, memory, std::span<const double>(weights));
    return std::span<const double>(values).first(k);
  }
};

Placer::Placer(const Communicator& comm, const Config& config, const MapDescription& map,
               const std::optional<PlannedWeights>& weights, const ClassLabels& labels,
               DistributedMatrix<float>&& reference)
    : comm_(comm),
      config_(config),
      kernel_(kernel_of(config.objective)),
      affinity_(fitted_to(config.affinity, reference.rows(), config.k)),
      k_(narrow<LocalIndex>(std::min<GlobalIndex>(
          reference.rows(), std::max<GlobalIndex>(config.k.value_or(neighbors_needed(affinity_, reference.rows())),
                                                  std::min<GlobalIndex>(votes, reference.rows()))))),
      rows_(comm, std::move(reference), search_options()),
      map_(read_matrix<float>(comm, map.embedding)),
      weighted_(weights.has_value()),
      points_(weights ? weights->total : static_cast<double>(map_.rows())),
      field_(comm, map_, kernel_, in_input_order<float>(weights)) {
  const RowExchange plan = RowExchange::fetch(comm, map_.partition, rows_.input_row());
  Embedding<float> moved(rows_.partition(), comm.rank(), map_.columns);
  plan.move(comm, std::span<const float>(map_.values), static_cast<std::size_t>(map_.columns),
            std::span<float>(moved.values));
  map_ = std::move(moved);
  std::vector<std::int32_t> classes(labels.classes.empty() ? 0 : rows_.input_row().size());
  if (!classes.empty()) {
    plan.move(comm, std::span<const std::int32_t>(labels.of_row), 1, std::span<std::int32_t>(classes));
  }
  AlignedVector<float> of_rows(rows_.input_row().size(), 1.0F);
  if (weights) {
    plan.move(comm, std::span<const float>(*in_input_order<float>(weights)), 1, std::span<float>(of_rows));
  }
  const std::vector<float> distances = rows_.own_distances(votes);
  facts_.reserve(distances.size() * width());
  for (std::size_t i = 0; i < distances.size(); ++i) {
    const auto place = map_.row(static_cast<LocalIndex>(i));
    facts_.insert(facts_.end(), place.begin(), place.end());
    facts_.push_back(distances[i]);
    facts_.push_back(std::bit_cast<float>(classes.empty() ? -1 : classes[i]));
    facts_.push_back(of_rows[i]);
  }
}

LocalIndex Placer::first_too_far(const DistributedMatrix<float>& x) const {
  for (LocalIndex i = 0; i < x.local_rows(); ++i) {
    if (rows_.too_far(x.row(i))) {
      return i;
    }
  }
  return -1;
}

void Placer::place(DistributedMatrix<float>&& x, std::size_t first, PlacedRows& placed) const {
  std::vector<GlobalIndex> wanted;
  std::vector<float> facts;
  rows_.nearest_by_rounds(std::move(x), k_, [&](std::span<const LocalIndex> some, const ForeignNeighbors& found) {
    wanted.assign(found.neighbors.begin(), found.neighbors.end());
    const RowExchange plan = RowExchange::fetch(comm_, rows_.partition(), wanted);
    facts.resize(plan.arriving() * width());
    plan.move(comm_, std::span<const float>(facts_), width(), std::span<float>(facts));
    constexpr std::size_t block = 64;
    parallel_for(static_cast<std::int64_t>(divide_up(some.size(), block)), [&](std::int64_t b) {
      Scratch scratch;
      for (std::size_t i = static_cast<std::size_t>(b) * block;
           i < std::min(some.size(), static_cast<std::size_t>(b + 1) * block); ++i) {
        const auto k = static_cast<std::size_t>(k_);
        place_row(std::span(found.distances).subspan(i * k, k),
                  std::span<const float>(facts).subspan(i * k * width(), k * width()), scratch,
                  first + static_cast<std::size_t>(some[i]), placed);
      }
    });
  });
}

NeighborOptions Placer::search_options() const {
  NeighborOptions options;
  options.search = config_.neighbors == NeighborChoice::exact || config_.neighbors == NeighborChoice::all
                       ? NeighborSearch::exact
                       : NeighborSearch::automatic;
  options.k = k_;
  options.recall = config_.recall;
  options.seed = config_.seed;
  return options;
}

/// A row with neighbors at these distances, which have told these facts.
void Placer::place_row(std::span<const float> distances, std::span<const float> facts, Scratch& scratch,
                       std::size_t row, PlacedRows& placed) const {
  const auto dims = static_cast<std::size_t>(map_.columns);
  scratch.places.clear();
  scratch.of_neighbors.clear();
  for (std::size_t n = 0; n < distances.size(); ++n) {
    const auto place = facts.subspan(n * width(), dims);
    scratch.places.insert(scratch.places.end(), place.begin(), place.end());
    if (weighted_) {
      scratch.of_neighbors.push_back(fact(facts, n, own_weight));
    }
  }
  const PointAffinities affinities{scratch.affinities(distances, affinity_), scratch.places};
  const auto there =
      settle(field_, kernel_, config_.objective.method, points_, affinities, weighted_median(affinities, dims));
  std::transform(there.begin(), there.begin() + static_cast<std::ptrdiff_t>(dims),
                 placed.map.values.begin() + static_cast<std::ptrdiff_t>(row * dims),
                 [](double value) { return static_cast<float>(value); });
  placed.novelty[row] = novelty(distances, facts);
  if (!placed.label.empty()) {
    vote(facts, placed.label[row], placed.label_share[row]);
  }
}

/// The mean distance to the nearest rows over the mean of what is usual for those.
float Placer::novelty(std::span<const float> distances, std::span<const float> facts) const {
  const std::size_t nearest = std::min<std::size_t>(static_cast<std::size_t>(votes), distances.size());
  double sum = 0.0;
  double usual = 0.0;
  for (std::size_t n = 0; n < nearest; ++n) {
    sum += static_cast<double>(distances[n]);
    usual += static_cast<double>(fact(facts, n, own_distance));
  }
  return sum == 0.0 ? 0.0F : static_cast<float>(sum / usual);
}

/// The label that most of the nearest rows with one have, and their share.
void Placer::vote(std::span<const float> facts, std::int32_t& label, float& share) const {
  std::map<std::int32_t, int> count;
  int all = 0;
  for (std::size_t n = 0; n < std::min<std::size_t>(static_cast<std::size_t>(votes), facts.size() / width()); ++n) {
    const auto named = std::bit_cast<std::int32_t>(fact(facts, n, label_bits));
    if (named >= 0) {
      ++count[named];
      ++all;
    }
  }
  const auto most =
      std::max_element(count.begin(), count.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  label = most == count.end() ? 0 : most->first;
  share = most == count.end() ? 0.0F : static_cast<float>(most->second) / static_cast<float>(all);
}

}  // namespace distsne
