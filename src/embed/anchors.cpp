/// An objective around another: each rank adds the term of its own rows.
#include "embed/anchors.hpp"

#include <array>
#include <limits>
#include <utility>

#include "embed/combine.hpp"

namespace distsne {
namespace {

template <class Real>
class AnchoredObjective final : public Objective<Real> {
 public:
  AnchoredObjective(const Communicator& comm, std::unique_ptr<Objective<Real>> objective, Anchors<Real>&& anchors)
      : objective_(std::move(objective)), anchors_(std::move(anchors)) {
    std::vector<double> squares(anchors_.places.values.size());
    for (std::size_t i = 0; i < squares.size(); ++i) {
      squares[i] = static_cast<double>(anchors_.places.values[i]) * static_cast<double>(anchors_.places.values[i]);
    }
    const ExactSum sum = exact_sum(squares);
    squares_ = comm.sum(std::span<const ExactSum>(&sum, 1))[0];
  }

  void evaluate(CurrentMap<Real>& map, double exaggeration, bool with_cost, ObjectiveValue& value,
                Timers& timers) override {
    objective_->evaluate(map, exaggeration, with_cost, value, timers);
    const auto timer = timers.scope("normalization");
    const AlignedVector<Real>& y = map.own().values;
    const double along = sum(map.comm(), [&](std::size_t i) { return number(y[i]) * anchor(i); });
    const double scale = squares_ > 0.0 ? along / squares_ : 0.0;
    const GlobalIndex rows = map.own().rows();
    const double lambda = anchors_.strength * objective_->terms_in_cost(rows) / static_cast<double>(rows);
    for_ranges(y.size(), [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) {
        value.gradient[i] += 2.0 * lambda * (number(y[i]) - scale * anchor(i));
      }
    });
    value.anchor_cost = std::numeric_limits<double>::quiet_NaN();
    if (with_cost) {
      value.anchor_cost = lambda * sum(map.comm(), [&](std::size_t i) {
                            const double apart = number(y[i]) - scale * anchor(i);
                            return apart * apart;
                          });
    }
  }
  [[nodiscard]] double cost_of_a_point(GlobalIndex rows) const override { return objective_->cost_of_a_point(rows); }
  [[nodiscard]] double terms_in_cost(GlobalIndex rows) const override { return objective_->terms_in_cost(rows); }
  [[nodiscard]] Field<Real>& field() override { return objective_->field(); }
  [[nodiscard]] Attraction<Real>& attraction() override { return objective_->attraction(); }
  void reorder(const Communicator& comm, std::span<const GlobalIndex> place, const RowExchange& plan) override {
    objective_->reorder(comm, place, plan);
    Embedding<Real> moved(RowPartition(anchors_.places.rows(), comm.size()), comm.rank(), anchors_.places.columns);
    plan.move(comm, std::span<const Real>(anchors_.places.values), static_cast<std::size_t>(moved.columns),
              std::span<Real>(moved.values));
    anchors_.places = std::move(moved);
  }

 private:
  static double number(Real value) { return static_cast<double>(value); }
  [[nodiscard]] double anchor(std::size_t i) const { return number(anchors_.places.values[i]); }
  /// Over the coordinates of all ranks.
  template <class Term>
  double sum(const Communicator& comm, const Term& term) {
    terms_.resize(anchors_.places.values.size());
    for_ranges(terms_.size(), [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) {
        terms_[i] = term(i);
      }
    });
    const ExactSum own = exact_sum(terms_);
    return comm.sum(std::span<const ExactSum>(&own, 1))[0];
  }

  std::unique_ptr<Objective<Real>> objective_;
  Anchors<Real> anchors_;
  double squares_ = 0.0;  // sum |y'_i|^2
  std::vector<double> terms_;
};

}  // namespace

template <class Real>
std::unique_ptr<Objective<Real>> anchored(const Communicator& comm, std::unique_ptr<Objective<Real>> objective,
                                          Anchors<Real>&& anchors) {
  return std::make_unique<AnchoredObjective<Real>>(comm, std::move(objective), std::move(anchors));
}

template std::unique_ptr<Objective<float>> anchored(const Communicator&, std::unique_ptr<Objective<float>>,
                                                    Anchors<float>&&);
template std::unique_ptr<Objective<double>> anchored(const Communicator&, std::unique_ptr<Objective<double>>,
                                                     Anchors<double>&&);

}  // namespace distsne
