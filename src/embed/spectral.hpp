/// The leading eigenvectors of the normalized affinities: where the rows begin in a spectral layout.
#pragma once

#include <vector>

#include "distsne/base/timer.hpp"
#include "embed/attraction.hpp"

namespace distsne {

/// sum_j p_ij for each row of this rank.
template <class Real>
[[nodiscard]] std::vector<double> degrees_of(const AffinityRows<Real>& rows);

/// Collective. The eigenvectors of D^-1 P with the largest eigenvalues below 1 (those of the normalized Laplacian of
/// Shi and Malik 2000 with the smallest above 0; a layout as in Belkin and Niyogi 2003), n x columns of `start`, where
/// the search begins: subspace iteration filtered by Chebyshev polynomials (Zhou and others 2006). P is applied by the
/// attraction, whose force is the Laplacian's product with points that are all near each other. Ends when all
/// residuals are below 1e-3, or after 300 products: nearly equal eigenvalues are then not told apart, but span what
/// they would. The same bits for any number of ranks and threads. Throws Stopped.
template <class Real>
[[nodiscard]] std::vector<double> spectral_coordinates(const Communicator& comm, Attraction<Real>& attraction,
                                                       const std::vector<double>& degrees, const Embedding<Real>& start,
                                                       Timers& timers);

extern template std::vector<double> degrees_of(const AffinityRows<float>&);
extern template std::vector<double> degrees_of(const AffinityRows<double>&);
extern template std::vector<double> spectral_coordinates(const Communicator&, Attraction<float>&,
                                                         const std::vector<double>&, const Embedding<float>&, Timers&);
extern template std::vector<double> spectral_coordinates(const Communicator&, Attraction<double>&,
                                                         const std::vector<double>&, const Embedding<double>&, Timers&);

}  // namespace distsne
