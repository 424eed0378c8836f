/// Chebyshev-filtered subspace iteration over the affinities.
#include "embed/spectral.hpp"

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>

#include "distsne/base/exact_sum.hpp"
#include "mpi/interruption.hpp"

namespace distsne {
namespace {

constexpr double near_each_other = 1e-3;  // all points: the force is linear to 1e-6 there
constexpr double enough = 1e-3;           // residual
constexpr int degree = 10;
constexpr int most_rounds = 30;

using Columns = std::vector<double>;  // n x columns, row-major
using Small = Eigen::MatrixXd;

template <class Real>
class Iteration {
 public:
  Iteration(const Communicator& comm, Attraction<Real>& attraction, const std::vector<double>& degrees,
            const Embedding<Real>& start, Timers& timers)
      : comm_(comm),
        attraction_(attraction),
        degrees_(degrees),
        timers_(timers),
        points_(start),
        current_(comm, points_),
        dims_(static_cast<std::size_t>(start.columns)),
        all_degrees_(sum(degrees)) {}

  Columns run() {
    Columns y(points_.values.begin(), points_.values.end());
    settle(y);
    double low = 0.5;  // below this eigenvalues are damped
    for (int round = 0; round < most_rounds; ++round) {
      stop_if_asked(comm_);
      y = filtered(y, low);
      const double least = settle(y);
      if (residual_ < enough) {
        break;
      }
      low = std::clamp(least - 0.1 * (1.0 - least), 0.0, 0.9999);
    }
    return y;
  }

 private:
  double sum(const std::vector<double>& terms) {
    const std::array<ExactSum, 1> own{exact_sum(terms)};
    return comm_.sum(std::span<const ExactSum>(own))[0];
  }

  /// D^-1 P y.
  Columns product(const Columns& y) {
    double largest = 0.0;
    for (const double value : y) {
      largest = std::max(largest, std::abs(value));
    }
    largest = comm_.max(largest);
    const double scale = largest > 0.0 ? near_each_other / largest : 1.0;
    std::transform(y.begin(), y.end(), points_.values.begin(),
                   [scale](double value) { return static_cast<Real>(scale * value); });
    current_.moved();
    attraction_.evaluate(current_, false, values_, timers_);
    Columns result(y.size());
    for (std::size_t i = 0; i < y.size(); ++i) {
      const double own = degrees_[i / dims_];
      result[i] = own > 0.0 ? y[i] - values_.force[i] / (own * scale) : 0.0;
    }
    return result;
  }

  /// The Chebyshev polynomial of D^-1 P that is small on [-1, low] and grows beyond.
  Columns filtered(const Columns& y, double low) {
    const double center = 0.5 * (low - 1.0);
    const double half = 0.5 * (low + 1.0);
    Columns before = y;
    Columns now = product(y);
    for (std::size_t i = 0; i < y.size(); ++i) {
      now[i] = (now[i] - center * y[i]) / half;
    }
    for (int k = 2; k <= degree; ++k) {
      Columns next = product(now);
      for (std::size_t i = 0; i < y.size(); ++i) {
        next[i] = 2.0 * (next[i] - center * now[i]) / half - before[i];
      }
      before = std::move(now);
      now = std::move(next);
      normalize(now, before);
    }
    return now;
  }

  /// Both by the same factor, lest they overflow.
  void normalize(Columns& now, Columns& before) {
    double largest = 0.0;
    for (const double value : now) {
      largest = std::max(largest, std::abs(value));
    }
    largest = comm_.max(largest);
    if (largest > 0.0) {
      for (std::size_t i = 0; i < now.size(); ++i) {
        now[i] /= largest;
        before[i] /= largest;
      }
    }
  }

  /// a^T D b over all rows.
  Small gram(const Columns& a, const Columns& b) {
    Small result(dims_, dims_);
    std::vector<double> terms(degrees_.size());
    for (std::size_t p = 0; p < dims_; ++p) {
      for (std::size_t q = 0; q < dims_; ++q) {
        for (std::size_t i = 0; i < degrees_.size(); ++i) {
          terms[i] = degrees_[i] * a[i * dims_ + p] * b[i * dims_ + q];
        }
        result(static_cast<Eigen::Index>(p), static_cast<Eigen::Index>(q)) = sum(terms);
      }
    }
    return result;
  }

  Columns times(const Columns& y, const Small& matrix) const {
    Columns result(y.size(), 0.0);
    for (std::size_t i = 0; i < degrees_.size(); ++i) {
      for (std::size_t p = 0; p < dims_; ++p) {
        for (std::size_t q = 0; q < dims_; ++q) {
          result[i * dims_ + q] +=
              y[i * dims_ + p] * matrix(static_cast<Eigen::Index>(p), static_cast<Eigen::Index>(q));
        }
      }
    }
    return result;
  }

  /// Takes the constant off, and turns the columns into the best eigenvectors in their span, of unit length; returns
  /// the least of their eigenvalues, and notes the largest residual.
  double settle(Columns& y) {
    std::vector<double> terms(degrees_.size());
    for (std::size_t m = 0; m < dims_; ++m) {
      for (std::size_t i = 0; i < degrees_.size(); ++i) {
        terms[i] = degrees_[i] * y[i * dims_ + m];
      }
      const double mean = sum(terms) / all_degrees_;
      for (std::size_t i = 0; i < degrees_.size(); ++i) {
        y[i * dims_ + m] -= mean;
      }
    }
    const Columns image = product(y);
    const Small mass = gram(y, y);
    Small stiffness = gram(y, image);
    stiffness = 0.5 * (stiffness + stiffness.transpose()).eval();
    // Columns that have become one are parted by the rounding of the next products.
    const Small guarded = mass + Small::Identity(mass.rows(), mass.cols()) * (1e-12 * std::max(mass.trace(), 1e-300));
    const Eigen::GeneralizedSelfAdjointEigenSolver<Small> solved(stiffness, guarded);
    const Small vectors = solved.eigenvectors().rowwise().reverse();
    const Eigen::VectorXd eigenvalues = solved.eigenvalues().reverse();
    y = times(y, vectors);
    const Columns turned = times(image, vectors);
    Columns difference(y.size());
    for (std::size_t i = 0; i < y.size(); ++i) {
      difference[i] = turned[i] - eigenvalues[static_cast<Eigen::Index>(i % dims_)] * y[i];
    }
    residual_ = std::sqrt(gram(difference, difference).diagonal().maxCoeff());
    return eigenvalues[eigenvalues.size() - 1];
  }

  const Communicator& comm_;
  Attraction<Real>& attraction_;
  const std::vector<double>& degrees_;
  Timers& timers_;
  Embedding<Real> points_;
  CurrentMap<Real> current_;
  AttractionValues values_;
  std::size_t dims_;
  double all_degrees_;
  double residual_ = 0.0;
};

}  // namespace

template <class Real>
std::vector<double> degrees_of(const AffinityRows<Real>& rows) {
  std::vector<double> degrees;
  if (const auto* dense = std::get_if<DenseRows<Real>>(&rows)) {
    for (LocalIndex i = 0; i < dense->local_rows(); ++i) {
      degrees.push_back(0.0);
      for (std::size_t j = 0; j < dense->stride; ++j) {
        degrees.back() += static_cast<double>(dense->row(i)[j]);
      }
    }
  } else {
    const auto& sparse = std::get<SparseRows<Real>>(rows);
    for (LocalIndex i = 0; i < sparse.local_rows(); ++i) {
      degrees.push_back(0.0);
      for (auto e = static_cast<std::size_t>(sparse.begin[static_cast<std::size_t>(i)]);
           e < static_cast<std::size_t>(sparse.begin[static_cast<std::size_t>(i) + 1]); ++e) {
        degrees.back() += static_cast<double>(sparse.values[e]);
      }
    }
  }
  return degrees;
}

template <class Real>
std::vector<double> spectral_coordinates(const Communicator& comm, Attraction<Real>& attraction,
                                         const std::vector<double>& degrees, const Embedding<Real>& start,
                                         Timers& timers) {
  return Iteration<Real>(comm, attraction, degrees, start, timers).run();
}

template std::vector<double> degrees_of(const AffinityRows<float>&);
template std::vector<double> degrees_of(const AffinityRows<double>&);
template std::vector<double> spectral_coordinates(const Communicator&, Attraction<float>&, const std::vector<double>&,
                                                  const Embedding<float>&, Timers&);
template std::vector<double> spectral_coordinates(const Communicator&, Attraction<double>&, const std::vector<double>&,
                                                  const Embedding<double>&, Timers&);

}  // namespace distsne
