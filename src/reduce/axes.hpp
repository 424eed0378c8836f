/// From eigenvectors to principal axes.
#pragma once

#include "reduce/eigenvectors.hpp"
#include "reduce/pca.hpp"

namespace distsne {

/// Takes over what was found; the largest entry of each axis is positive. `exponent`: of the unit of the eigenvalues'
/// roots, as a power of two.
void take_axes(PrincipalComponents& result, const Eigenvectors& found, double total_variance, int exponent);

}  // namespace distsne
