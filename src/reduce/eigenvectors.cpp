/// Chebyshev-filtered subspace iteration.
#include "reduce/eigenvectors.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/parallel.hpp"
#include "base/random.hpp"
#include "mpi/agreement.hpp"
#include "reduce/dense.hpp"

namespace distsne {
namespace {

constexpr std::uint64_t start_seed = 0x5eed;
constexpr double most_digits = 11.0;  // by which a filter may raise one direction over another, of a double's 16
constexpr int most_degree = 32;
constexpr double least_gap = 0.003;  // relative, from the last wanted value to the end of what filters damp
constexpr double least_value = std::numeric_limits<double>::min();

Block random_block(std::size_t rows, std::size_t columns) {
  Block block(rows, columns);
  const CounterRandom random(start_seed);
  parallel_for(static_cast<std::int64_t>(rows), [&](std::int64_t i) {
    for (std::size_t j = 0; j < columns; ++j) {
      block.row(static_cast<std::size_t>(i))[j] = 2.0 * random.uniform(i, static_cast<std::uint32_t>(j)) - 1.0;
    }
  });
  return block;
}

/// out = a * x + b * y + c * z, element by element; `out` may be one of them.
void combine(Block& out, double a, const Block& x, double b, const Block& y, double c, const Block& z) {
  for (std::size_t i = 0; i < out.values.size(); ++i) {
    out.values[i] = a * x.values[i] + b * y.values[i] + c * z.values[i];
  }
}

Block leading_columns(const Block& block, std::size_t count) {
  Block part(block.rows, count);
  for (std::size_t i = 0; i < block.rows; ++i) {
    std::copy_n(block.row(i), count, part.row(i));
  }
  return part;
}

/// How fast Chebyshev polynomials that are at most 1 on [0, cut] grow with their degree at `value`, in decimal digits.
double digits_a_degree(double value, double cut) {
  const double place = std::max(1.0, 2.0 * value / cut - 1.0);
  return std::log10(place + std::sqrt(place * place - 1.0));
}

/// The search for one set of eigenvectors.
class Search {
 public:
  Search(const Communicator& comm, const SymmetricOperator& product, std::size_t columns, std::size_t count,
         const EigenvectorOptions& options)
      : comm_(comm),
        product_(product),
        options_(options),
        count_(count),
        vectors_(random_block(columns, count + options.extra)),
        images_(columns, count + options.extra),
        spare_(columns, count + options.extra) {}

  Eigenvectors run() {
    for (;;) {
      attempt_on_root(comm_, [&] { orthonormalize(vectors_); });
      comm_.broadcast(std::span<double>(vectors_.values));
      apply(vectors_, images_);
      rotate_to_ritz_vectors();
      measure();
      const Step step = comm_.broadcast_value(next_step());
      if (step.degree == 0) {
        return result();
      }
      filter(step);
    }
  }

 private:
  void apply(const Block& in, Block& out) {
    product_(in, out);
    ++products_;
  }

  /// Makes the vectors of the subspace approximate eigenvectors, the largest value first.
  void rotate_to_ritz_vectors() {
    const std::size_t width = vectors_.columns;
    Block projected(width, width);
    multiply(transposed(vectors_), panels_of(images_), projected);
    values_.resize(width);
    attempt_on_root(comm_, [&] { values_ = diagonalize(projected); });
    comm_.broadcast(std::span<double>(projected.values));
    comm_.broadcast(std::span<double>(values_));
    const Panels rotation = panels_of(projected);
    multiply(plain(vectors_), rotation, spare_);
    std::swap(vectors_, spare_);
    multiply(plain(images_), rotation, spare_);
    std::swap(images_, spare_);
  }

  void measure() {
    std::vector<double> squares(count_, 0.0);
    for (std::size_t i = 0; i < vectors_.rows; ++i) {
      for (std::size_t j = 0; j < count_; ++j) {
        const double rest = images_.row(i)[j] - values_[j] * vectors_.row(i)[j];
        squares[j] += rest * rest;
      }
    }
    const double bound = options_.tolerance * values_[0];
    const auto unfinished = [bound](double square) { return !(std::sqrt(square) <= bound); };
    finished_ = static_cast<std::size_t>(std::find_if(squares.begin(), squares.end(), unfinished) - squares.begin());
    residual_ = std::sqrt(*std::max_element(squares.begin(), squares.end())) / std::max(values_[0], least_value);
  }

  /// End of the interval that filters damp: the least value of the subspace, which is below the true one; a little less
  /// where the values of more vectors than the subspace has crowd together, as a filter would tell none of them apart.
  [[nodiscard]] double cut() const {
    const double least = std::min(values_.back(), (1.0 - least_gap) * values_[count_ - 1]);
    return std::max(least, options_.tolerance * values_[0]);
  }

  /// What rank 0 does next.
  struct Step {
    std::size_t finished = 0;  // vectors at the front that are left as they are
    int degree = 0;            // of the filter for the others; 0 at the end
  };
  /// The degree is as the digits still missing ask for, as the largest value in question and the budget allow.
  [[nodiscard]] Step next_step() const {
    if (finished_ == count_ || products_ >= options_.most_products) {
      return {};
    }
    const double missing = std::log10(residual_ / options_.tolerance) + 0.5;
    const double wanted = missing / std::max(1e-3, digits_a_degree(values_[count_ - 1], cut()));
    const double allowed = most_digits / std::max(1e-3, digits_a_degree(values_[finished_], cut()));
    const double degree = std::clamp(std::min(std::ceil(wanted), std::floor(allowed)), 1.0, double{most_degree});
    return {finished_, std::min(static_cast<int>(degree), options_.most_products - products_)};
  }

  /// out = A in without the parts along the finished vectors, which would outgrow all others by rounding.
  void apply_deflated(const Block& finished, const Block& in, Block& out) {
    apply(in, out);
    if (finished.columns == 0) {
      return;
    }
    Block parts(finished.columns, in.columns);
    multiply(transposed(finished), panels_of(out), parts);
    Block sum(in.rows, in.columns);
    multiply(plain(finished), panels_of(parts), sum);
    combine(out, 1.0, out, -1.0, sum, 0.0, sum);
  }

  /// vectors = T(A) vectors for the Chebyshev polynomial T of [0, cut()], scaled to 1 at the largest value in question.
  void filter(const Step& step) {
    const Block finished = leading_columns(vectors_, step.finished);
    const double half = 0.5 * cut();  // the interval's half width, and its middle
    const double first = half / (values_[step.finished] - half);
    double ratio = first;
    combine(images_, ratio / half, images_, -ratio, vectors_, 0.0, vectors_);
    for (int i = 2; i <= step.degree; ++i) {
      apply_deflated(finished, images_, spare_);
      const double next = 1.0 / (2.0 / first - ratio);
      combine(spare_, 2.0 * next / half, spare_, -2.0 * next, images_, -ratio * next, vectors_);
      std::swap(vectors_, images_);
      std::swap(images_, spare_);
      ratio = next;
    }
    std::swap(vectors_, images_);
    for (std::size_t i = 0; i < vectors_.rows; ++i) {
      std::copy_n(finished.row(i), finished.columns, vectors_.row(i));
    }
  }

  [[nodiscard]] Eigenvectors result() {
    comm_.broadcast(std::span<double>(vectors_.values));
    Eigenvectors found;
    found.values.assign(values_.begin(), values_.begin() + static_cast<std::ptrdiff_t>(count_));
    found.vectors = leading_columns(vectors_, count_);
    found.residual = comm_.broadcast_value(residual_);
    found.products = products_;
    found.converged = found.residual <= options_.tolerance;
    return found;
  }

  const Communicator& comm_;
  const SymmetricOperator& product_;
  EigenvectorOptions options_;
  std::size_t count_;
  Block vectors_;
  Block images_;  // A * vectors
  Block spare_;
  std::vector<double> values_;
  std::size_t finished_ = 0;
  double residual_ = 0.0;
  int products_ = 0;
};

}  // namespace

Eigenvectors leading_eigenvectors(const Communicator& comm, const SymmetricOperator& product, std::size_t columns,
                                  std::size_t count, const EigenvectorOptions& options) {
  return Search(comm, product, columns, count, options).run();
}

}  // namespace distsne
