/// Decompositions of matrices that one process holds whole.
#pragma once

#include <vector>

#include "reduce/block.hpp"

namespace distsne {

/// Not collective. Replaces the columns by an orthonormal basis that spans them (Householder's QR). Rows >= columns.
void orthonormalize(Block& block);

/// Not collective. Replaces the symmetric matrix (its lower triangle is read) by its eigenvectors, a column for each of
/// the returned eigenvalues, which fall. Throws Error when a value is not finite.
std::vector<double> diagonalize(Block& symmetric);

}  // namespace distsne
