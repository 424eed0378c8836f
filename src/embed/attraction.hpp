/// The attractive part of the gradient, and the part of the cost that depends on the affinities.
#pragma once

#include <memory>
#include <vector>

#include "data/affinities.hpp"
#include "distsne/base/timer.hpp"
#include "field/current_map.hpp"
#include "field/kernel.hpp"
#include "mpi/row_exchange.hpp"

namespace distsne {

/// For the rows of this rank, in the order of the rows.
struct AttractionValues {
  std::vector<double> force;   ///< n x M: F_i = sum_j p_ij s(d_ij^2) (y_i - y_j), with the stiffness s = -w'/w
  std::vector<double> energy;  ///< n: sum_j p_ij e(d_ij^2), with e = -log w; empty when not asked for
};

/// Sums over the affinities, each row in an order that does not depend on the partition.
template <class Real>
class Attraction {
 public:
  Attraction() = default;
  Attraction(const Attraction&) = delete;
  Attraction& operator=(const Attraction&) = delete;
  Attraction(Attraction&&) = delete;
  Attraction& operator=(Attraction&&) = delete;
  virtual ~Attraction() = default;

  /// Collective; uses all threads.
  virtual void evaluate(CurrentMap<Real>& map, bool with_energy, AttractionValues& values, Timers& timers) = 0;

  /// Whether it gains from an order in which neighbors lie near each other, and can take one.
  [[nodiscard]] virtual bool takes_order() const { return false; }
  /// Collective. Row i of this rank becomes row place[i] of even blocks; `plan` delivers rows there.
  virtual void reorder(const Communicator& /*comm*/, std::span<const GlobalIndex> /*place*/,
                       const RowExchange& /*plan*/) {}
};

/// Collective. Over dense rows, for which all points are brought to every rank, or over sparse ones, for which only the
/// rows that they name are. Takes the affinities.
template <class Real>
[[nodiscard]] std::unique_ptr<Attraction<Real>> make_attraction(const Communicator& comm, const Kernel& kernel,
                                                                AffinityRows<Real>&& rows);

extern template std::unique_ptr<Attraction<float>> make_attraction(const Communicator&, const Kernel&,
                                                                   AffinityRows<float>&&);
extern template std::unique_ptr<Attraction<double>> make_attraction(const Communicator&, const Kernel&,
                                                                    AffinityRows<double>&&);

}  // namespace distsne
