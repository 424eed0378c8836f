/// Attraction over sparse rows of P.
#pragma once

#include "embed/attraction.hpp"
#include "mpi/index_map.hpp"
#include "mpi/row_exchange.hpp"

namespace distsne {

/// Brings only the points that the rows of this rank name. Sums over j in rising columns, in as many partial sums as a
/// vector has lanes.
template <class Real>
class SparseAttraction final : public Attraction<Real> {
 public:
  /// Collective.
  SparseAttraction(const Communicator& comm, const Kernel& kernel, SparseRows<Real>&& rows);

  void evaluate(CurrentMap<Real>& map, bool with_energy, AttractionValues& values, Timers& timers) override;

  [[nodiscard]] bool takes_order() const override { return true; }
  void reorder(const Communicator& comm, std::span<const GlobalIndex> place, const RowExchange& plan) override;

  /// Points of other ranks that are brought here each time.
  [[nodiscard]] std::size_t remote_points() const { return index_.ghosts().size(); }

 private:
  void name_points(const Communicator& comm);
  void bring_points(CurrentMap<Real>& map);

  Kernel kernel_;
  SparseRows<Real> rows_;  // columns are local places
  IndexMap index_;
  RowExchange exchange_;
  AlignedVector<Real> points_;  // own and remote ones, coordinates of a point together
  AlignedVector<Real> arrived_;
};

extern template class SparseAttraction<float>;
extern template class SparseAttraction<double>;

}  // namespace distsne
