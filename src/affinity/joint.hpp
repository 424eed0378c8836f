/// Joint affinities p_ij from the conditional ones.
#pragma once

#include "data/affinities.hpp"
#include "distsne/mpi/communicator.hpp"

namespace distsne {

/// Collective. p_ij = (p_j|i + p_i|j) / 2N (van der Maaten and Hinton 2008, section 3.1). Dense rows stay in their
/// memory, and ranks exchange tiles pair by pair; of sparse rows every entry travels once to the row that it points to.
/// Of rows with weights p_ij = (w_i p_j|i + w_j p_i|j) / 2W, and sum_p_log_p is that of the expanded set
/// (row_weights.hpp): sum_{i != j} p_ij log(p_ij / (w_i w_j)) + sum_i p_ii log(p_ii / (w_i (w_i - 1))).
/// Throws Stopped while sparse rows travel.
template <class Real>
JointAffinities<Real> joint_affinities(const Communicator& comm, ConditionalAffinities<Real>&& conditional);

extern template JointAffinities<float> joint_affinities(const Communicator&, ConditionalAffinities<float>&&);
extern template JointAffinities<double> joint_affinities(const Communicator&, ConditionalAffinities<double>&&);

}  // namespace distsne
