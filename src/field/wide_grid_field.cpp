/// A grid of doubles for a map of floats: the field for accuracies that float does not carry.
#include <algorithm>
#include <type_traits>

#include "field/grid_field.hpp"

namespace distsne {
namespace {

class WideGridField final : public Field<float> {
 public:
  WideGridField(const Communicator& comm, Kernel kernel, const GridOptions& options) : field_(comm, kernel, options) {}

  void evaluate(CurrentMap<float>& map, bool charged, std::span<const float> charges, FieldValues& values,
                Timers& timers) override {
    const Embedding<double> points = widened(map.own());
    const RowWeights<double> weights = widened(map.weights());
    CurrentMap<double> wide(map.comm(), points, weights);
    const AlignedVector<double> wide_charges(charges.begin(), charges.end());
    field_.evaluate(wide, charged, wide_charges, values, timers);
  }

  [[nodiscard]] double calibrate(CurrentMap<float>& map, Timers& timers) override {
    const Embedding<double> points = widened(map.own());
    const RowWeights<double> weights = widened(map.weights());
    CurrentMap<double> wide(map.comm(), points, weights);
    return field_.calibrate(wide, timers);
  }

  [[nodiscard]] bool outgrown() const override { return field_.outgrown(); }
  [[nodiscard]] FieldFit fit() const override { return field_.fit(); }
  void set_fit(const FieldFit& fit) override { field_.set_fit(fit); }
  [[nodiscard]] double least_potential(const FieldValues& values) const override {
    return field_.least_potential(values);
  }

 private:
  static Embedding<double> widened(const Embedding<float>& map) {
    Embedding<double> result(map.partition, map.rank, map.columns);
    std::copy(map.values.begin(), map.values.end(), result.values.begin());
    return result;
  }
  static RowWeights<double> widened(const AlignedVector<float>* weights) {
    return weights == nullptr ? RowWeights<double>() : AlignedVector<double>(weights->begin(), weights->end());
  }

  GridField<double> field_;
};

}  // namespace

template <class Real>
std::unique_ptr<Field<Real>> make_grid_field(const Communicator& comm, Kernel kernel, const GridOptions& options) {
  if constexpr (std::is_same_v<Real, float>) {
    if (wide_grid(options.accuracy)) {
      return std::make_unique<WideGridField>(comm, kernel, options);
    }
  }
  return std::make_unique<GridField<Real>>(comm, kernel, options);
}

template std::unique_ptr<Field<float>> make_grid_field(const Communicator&, Kernel, const GridOptions&);
template std::unique_ptr<Field<double>> make_grid_field(const Communicator&, Kernel, const GridOptions&);

}  // namespace distsne
