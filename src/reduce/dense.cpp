/// Eigen's decompositions, kept from depending on the machine.
#include "reduce/dense.hpp"

#include <Eigen/Dense>

#include "distsne/base/error.hpp"

namespace distsne {
namespace {

/// Eigen cuts its products into blocks that fit the caches it finds; where it cuts, roundings change. These sizes are
/// assumed on every machine instead.
void fix_block_sizes() {
  constexpr std::ptrdiff_t kilobyte = 1024;
  Eigen::setCpuCacheSizes(32 * kilobyte, 512 * kilobyte, 4096 * kilobyte);
}

using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

Eigen::Map<RowMajor, Eigen::Unaligned, Eigen::OuterStride<>> view(Block& block) {
  return {block.values.data(), static_cast<Eigen::Index>(block.rows), static_cast<Eigen::Index>(block.columns),
          Eigen::OuterStride<>(static_cast<Eigen::Index>(block.stride))};
}

}  // namespace

void orthonormalize(Block& block) {
  fix_block_sizes();
  auto matrix = view(block);
  const Eigen::HouseholderQR<Eigen::MatrixXd> decomposition{Eigen::MatrixXd(matrix)};
  matrix = decomposition.householderQ() * Eigen::MatrixXd::Identity(matrix.rows(), matrix.cols());
}

std::vector<double> diagonalize(Block& symmetric) {
  fix_block_sizes();
  auto matrix = view(symmetric);
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver{Eigen::MatrixXd(matrix)};
  if (solver.info() != Eigen::Success) {
    throw Error("the eigenvectors of a covariance matrix were not found: are all values of the input finite?",
                ExitCode::failure);
  }
  matrix = solver.eigenvectors().rowwise().reverse();
  const Eigen::VectorXd falling = solver.eigenvalues().reverse();
  return {falling.begin(), falling.end()};
}

}  // namespace distsne
