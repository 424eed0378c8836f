/// Joint affinities p_ij from the conditional ones.
#pragma once

#include "distsne/data/affinities.hpp"
#include "distsne/mpi/communicator.hpp"

namespace distsne {

/// Collective. p_ij = (p_j|i + p_i|j) / 2N (van der Maaten and Hinton 2008, section 3.1), in the memory of the
/// conditional rows, by a transpose in which ranks exchange tiles pair by pair.
template <class Real>
JointAffinities<Real> joint_affinities(const Communicator& comm, ConditionalAffinities<Real>&& conditional);

extern template JointAffinities<float> joint_affinities(const Communicator&, ConditionalAffinities<float>&&);
extern template JointAffinities<double> joint_affinities(const Communicator&, ConditionalAffinities<double>&&);

}  // namespace distsne
