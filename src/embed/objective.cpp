/// Choosing the objective of a method.
#include "distsne/embed/objective.hpp"

#include "embed/sne_objective.hpp"
#include "embed/symmetric_objective.hpp"

namespace distsne {

template <class Real>
std::unique_ptr<Objective<Real>> make_objective(Method method, double tail, const Communicator& comm,
                                                const JointAffinities<Real>& affinities,
                                                const AffinityEntropy& entropy) {
  switch (method) {
    case Method::sne:
      return std::make_unique<SneObjective<Real>>(comm, affinities, entropy);
    case Method::ssne:
      return std::make_unique<SymmetricObjective<Real>>(Kernel{KernelShape::gaussian, 1.0}, comm, affinities, entropy);
    case Method::tsne:
      break;
  }
  return std::make_unique<SymmetricObjective<Real>>(Kernel{KernelShape::student_t, tail}, comm, affinities, entropy);
}

template std::unique_ptr<Objective<float>> make_objective(Method, double, const Communicator&,
                                                          const JointAffinities<float>&, const AffinityEntropy&);
template std::unique_ptr<Objective<double>> make_objective(Method, double, const Communicator&,
                                                           const JointAffinities<double>&, const AffinityEntropy&);

}  // namespace distsne
