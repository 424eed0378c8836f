/// Objectives around another: each rank adds the term of its own rows, or leaves out the forces on them.
#include "embed/anchors.hpp"

#include <array>
#include <limits>
#include <optional>
#include <utility>

#include "embed/combine.hpp"

namespace distsne {
namespace {

template <class Real>
class HoldingObjective : public Objective<Real> {
 public:
  HoldingObjective(std::unique_ptr<Objective<Real>> objective, Anchors<Real>&& anchors)
      : objective_(std::move(objective)), anchors_(std::move(anchors)) {}

  [[nodiscard]] double cost_of_a_point(GlobalIndex rows) const override { return objective_->cost_of_a_point(rows); }
  [[nodiscard]] double terms_in_cost(GlobalIndex rows) const override { return objective_->terms_in_cost(rows); }
  [[nodiscard]] Field<Real>& field() override { return objective_->field(); }
  [[nodiscard]] Attraction<Real>& attraction() override { return objective_->attraction(); }
  void reorder(const Communicator& comm, std::span<const GlobalIndex> place, const RowExchange& plan) override {
    objective_->reorder(comm, place, plan);
    Embedding<Real> moved(RowPartition(anchors_.places.rows(), comm.size()), comm.rank(), anchors_.places.columns);
    plan.move(comm, std::span<const Real>(anchors_.places.values), dims(), std::span<Real>(moved.values));
    anchors_.places = std::move(moved);
    if (comm.max(std::int64_t{anchors_.held.empty() ? 0 : 1}) != 0) {
      std::vector<std::uint8_t> held(plan.arriving());
      plan.move(comm, std::span<const std::uint8_t>(anchors_.held), 1, std::span<std::uint8_t>(held));
      anchors_.held = std::move(held);
    }
  }

 protected:
  [[nodiscard]] Objective<Real>& objective() const { return *objective_; }
  [[nodiscard]] const Anchors<Real>& anchors() const { return anchors_; }
  [[nodiscard]] std::size_t dims() const { return static_cast<std::size_t>(anchors_.places.columns); }
  /// Whether the row of a coordinate is held.
  [[nodiscard]] bool is_held(std::size_t i) const { return anchors_.held.empty() || anchors_.held[i / dims()] != 0; }
  [[nodiscard]] double anchor(std::size_t i) const { return static_cast<double>(anchors_.places.values[i]); }

 private:
  std::unique_ptr<Objective<Real>> objective_;
  Anchors<Real> anchors_;
};

template <class Real>
class AnchoredObjective final : public HoldingObjective<Real> {
 public:
  using HoldingObjective<Real>::HoldingObjective;

  void evaluate(CurrentMap<Real>& map, double exaggeration, bool with_cost, ObjectiveValue& value,
                Timers& timers) override {
    this->objective().evaluate(map, exaggeration, with_cost, value, timers);
    const auto timer = timers.scope("normalization");
    const AlignedVector<Real>& y = map.own().values;
    const auto place = [&](std::size_t i) { return static_cast<double>(y[i]); };
    if (!totals_) {
      totals_ = totals(map);
    }
    double scale = 1.0;
    if (this->anchors().at_any_scale) {
      const double along = sum(map, [&](std::size_t i) { return place(i) * this->anchor(i); });
      scale = totals_->squares > 0.0 ? along / totals_->squares : 0.0;
    }
    const auto apart = [&](std::size_t i) { return place(i) - scale * this->anchor(i); };
    const double lambda = this->anchors().strength * this->terms_in_cost(map.own().rows()) / totals_->points;
    for_ranges(y.size(), [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) {
        value.gradient[i] += this->is_held(i) ? 2.0 * lambda * apart(i) : 0.0;
      }
    });
    value.anchor_cost = with_cost ? lambda * sum(map, [&](std::size_t i) { return apart(i) * apart(i); })
                                  : std::numeric_limits<double>::quiet_NaN();
  }

 private:
  /// What does not change while the map does.
  struct Totals {
    double points = 0.0;   // that all rows stand for
    double squares = 0.0;  // sum_i w_i |y'_i|^2
  };

  Totals totals(const CurrentMap<Real>& map) {
    Totals totals{static_cast<double>(map.own().rows()),
                  sum(map, [&](std::size_t i) { return this->anchor(i) * this->anchor(i); })};
    if (const auto* weights = map.weights(); weights != nullptr) {
      terms_.assign(weights->begin(), weights->end());
      const ExactSum own = exact_sum(terms_);
      totals.points = map.comm().sum(std::span<const ExactSum>(&own, 1))[0];
    }
    return totals;
  }

  /// Over the coordinates of held rows of all ranks, each as often as its row weighs.
  template <class Term>
  double sum(const CurrentMap<Real>& map, const Term& term) {
    const auto* const weights = map.weights();
    terms_.resize(this->anchors().places.values.size());
    for_ranges(terms_.size(), [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) {
        const double of_point = this->is_held(i) ? term(i) : 0.0;
        terms_[i] = weights == nullptr ? of_point : static_cast<double>((*weights)[i / this->dims()]) * of_point;
      }
    });
    const ExactSum own = exact_sum(terms_);
    return map.comm().sum(std::span<const ExactSum>(&own, 1))[0];
  }

  std::vector<double> terms_;
  std::optional<Totals> totals_;
};

template <class Real>
class FixingObjective final : public HoldingObjective<Real> {
 public:
  using HoldingObjective<Real>::HoldingObjective;

  void evaluate(CurrentMap<Real>& map, double exaggeration, bool with_cost, ObjectiveValue& value,
                Timers& timers) override {
    this->objective().evaluate(map, exaggeration, with_cost, value, timers);
    for_ranges(value.gradient.size(), [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) {
        value.gradient[i] = this->is_held(i) ? 0.0 : value.gradient[i];
      }
    });
  }
  void hold(Embedding<Real>& map) const override {
    for_ranges(map.values.size(), [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) {
        map.values[i] = this->is_held(i) ? this->anchors().places.values[i] : map.values[i];
      }
    });
  }
};

}  // namespace

template <class Real>
std::unique_ptr<Objective<Real>> anchored(std::unique_ptr<Objective<Real>> objective, Anchors<Real>&& anchors) {
  return std::make_unique<AnchoredObjective<Real>>(std::move(objective), std::move(anchors));
}

template <class Real>
std::unique_ptr<Objective<Real>> with_fixed_rows(std::unique_ptr<Objective<Real>> objective, Anchors<Real>&& anchors) {
  return std::make_unique<FixingObjective<Real>>(std::move(objective), std::move(anchors));
}

template std::unique_ptr<Objective<float>> anchored(std::unique_ptr<Objective<float>>, Anchors<float>&&);
template std::unique_ptr<Objective<double>> anchored(std::unique_ptr<Objective<double>>, Anchors<double>&&);
template std::unique_ptr<Objective<float>> with_fixed_rows(std::unique_ptr<Objective<float>>, Anchors<float>&&);
template std::unique_ptr<Objective<double>> with_fixed_rows(std::unique_ptr<Objective<double>>, Anchors<double>&&);

}  // namespace distsne
