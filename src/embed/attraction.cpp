/// Choosing the attraction for the kind of rows that the affinities are kept in.
#include "embed/attraction.hpp"

#include "embed/dense_attraction.hpp"
#include "embed/sparse_attraction.hpp"

namespace distsne {

template <class Real>
std::unique_ptr<Attraction<Real>> make_attraction(const Communicator& comm, const Kernel& kernel,
                                                  AffinityRows<Real>&& rows) {
  if (auto* sparse = std::get_if<SparseRows<Real>>(&rows)) {
    return std::make_unique<SparseAttraction<Real>>(comm, kernel, std::move(*sparse));
  }
  return std::make_unique<DenseAttraction<Real>>(kernel, std::move(std::get<DenseRows<Real>>(rows)));
}

template std::unique_ptr<Attraction<float>> make_attraction(const Communicator&, const Kernel&, AffinityRows<float>&&);
template std::unique_ptr<Attraction<double>> make_attraction(const Communicator&, const Kernel&,
                                                             AffinityRows<double>&&);

}  // namespace distsne
