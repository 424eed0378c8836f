/// From the options and an earlier map to anchors.
#include "pipeline/held_rows.hpp"

#include <algorithm>
#include <utility>

#include "embed/new_rows.hpp"
#include "mpi/row_exchange.hpp"
#include "pipeline/earlier_map.hpp"

namespace distsne {
namespace {

/// Measured on digits, MNIST, clusters in groups and a Swiss roll: more moves neighbors apart and adds little order.
constexpr double usual_strength = 1e-4;
/// Of an earlier map, whose scale is not fitted: measured on maps of digits, clusters, a Swiss roll, MNIST and patches
/// that grow by a third. Rows drift a quarter as far as with 0.01, and neighbors are kept as well or better but for the
/// patches.
constexpr double usual_strength_of_earlier = 0.1;

}  // namespace

template <class Real>
Anchors<Real> begin_with_earlier(const Run& run, const AffinityRows<Real>& affinities, MovingMap<Real>& moving) {
  const EarlierMap& earlier = *run.plan.earlier;
  Anchors<Real> anchors;
  anchors.places = Embedding<Real>(earlier.places.partition, earlier.places.rank, earlier.places.columns);
  std::transform(earlier.places.values.begin(), earlier.places.values.end(), anchors.places.values.begin(),
                 [](double place) { return static_cast<Real>(place); });
  anchors.held = earlier.known;
  if (!run.plan.dense) {
    const RowExchange plan = RowExchange::fetch(run.comm, earlier.places.partition, moving.input_row);
    Embedding<Real> places = anchors.places;
    plan.move(run.comm, std::span<const Real>(anchors.places.values), static_cast<std::size_t>(places.columns),
              std::span<Real>(places.values));
    plan.move(run.comm, std::span<const std::uint8_t>(earlier.known), 1, std::span<std::uint8_t>(anchors.held));
    anchors.places = std::move(places);
  }
  moving.map = anchors.places;
  place_new_rows<Real>(run.comm, affinities, anchors.held, moving.input_row, run.config.seed, moving.map);
  return anchors;
}

template <class Real>
std::unique_ptr<Objective<Real>> hold_rows(const Run& run, std::unique_ptr<Objective<Real>> objective,
                                           std::optional<Anchors<Real>>&& anchors, const Embedding<Real>& start) {
  const bool fixed = run.plan.earlier && run.plan.earlier->fixed;
  if (!anchors && run.config.objective.anchor == AnchorKind::pca) {
    anchors.emplace();
    anchors->at_any_scale = true;
    anchors->places = start;
  }
  if (!anchors) {
    return objective;
  }
  anchors->strength =
      run.config.objective.anchor_strength.value_or(run.plan.earlier ? usual_strength_of_earlier : usual_strength);
  return fixed ? with_fixed_rows(std::move(objective), std::move(*anchors))
               : anchored(std::move(objective), std::move(*anchors));
}

template Anchors<float> begin_with_earlier(const Run&, const AffinityRows<float>&, MovingMap<float>&);
template Anchors<double> begin_with_earlier(const Run&, const AffinityRows<double>&, MovingMap<double>&);
template std::unique_ptr<Objective<float>> hold_rows(const Run&, std::unique_ptr<Objective<float>>,
                                                     std::optional<Anchors<float>>&&, const Embedding<float>&);
template std::unique_ptr<Objective<double>> hold_rows(const Run&, std::unique_ptr<Objective<double>>,
                                                      std::optional<Anchors<double>>&&, const Embedding<double>&);

}  // namespace distsne
