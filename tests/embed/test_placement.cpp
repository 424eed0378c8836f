/// A point's loss against differences of it, and where it comes to rest.
#include "embed/placement.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "support/alone.hpp"
#include "support/data.hpp"

namespace distsne {
namespace {

class Placement : public test::Alone {};

struct Case {
  Embedding<float> map;
  std::vector<double> p;
  std::vector<float> places;

  explicit Case(LocalIndex dims) : map(test::random_map<float>(test::whole(300), 0, dims, 4.0)) {
    for (LocalIndex i = 0; i < 12; ++i) {
      p.push_back(static_cast<double>(1 + i % 3) / 24.0);
      places.insert(places.end(), map.row(i * 7).begin(), map.row(i * 7).end());
    }
  }
  [[nodiscard]] PointAffinities affinities() const { return {p, places}; }
};

TEST_F(Placement, DerivativesAreThoseOfTheLoss) {
  for (const LocalIndex dims : {1, 2, 3}) {
    const Case one(dims);
    for (const Method method : {Method::tsne, Method::ssne, Method::sne}) {
      const Kernel kernel =
          method == Method::tsne ? Kernel{KernelShape::student_t, 1.5} : Kernel{KernelShape::gaussian};
      const FrozenField field(Communicator::self(), one.map, kernel);
      const std::array<double, 3> place{0.7, -1.1, 0.4};
      const auto loss = [&](const std::array<double, 3>& at) {
        return point_loss(field, kernel, method, static_cast<double>(one.map.rows()), one.affinities(), at.data());
      };
      constexpr double h = 1e-5;
      for (std::size_t a = 0; a < static_cast<std::size_t>(dims); ++a) {
        auto up = place;
        auto down = place;
        up[a] += h;
        down[a] -= h;
        const PointLoss here = loss(place);
        const double scale = 1.0 + std::abs(here.value);
        EXPECT_NEAR(here.gradient[a], (loss(up).value - loss(down).value) / (2.0 * h), 1e-5 * scale);
        for (std::size_t b = 0; b < static_cast<std::size_t>(dims); ++b) {
          EXPECT_NEAR(here.hessian[a][b], (loss(up).gradient[b] - loss(down).gradient[b]) / (2.0 * h), 1e-3 * scale);
        }
      }
    }
  }
}

TEST_F(Placement, DerivativesOfTheLeaveOneOutLossAreItsOwn) {
  for (const LocalIndex dims : {1, 2, 3}) {
    const Case one(dims);
    RowWeights<float> weights(AlignedVector<float>(static_cast<std::size_t>(one.map.rows()), 1.0F));
    for (std::size_t i = 0; i < weights->size(); ++i) {
      (*weights)[i] = 0.4F + static_cast<float>(i % 3);  // that of row 5 is 2.4, of row 6 0.4
    }
    struct Which {
      Kernel kernel;
      RowWeights<float> weights;
      LocalIndex row;
    };
    for (const auto& [kernel, charges, row] :
         {Which{{KernelShape::student_t, 1.5}, {}, 5}, Which{{KernelShape::gaussian}, {}, 5},
          Which{{KernelShape::student_t, 1.5}, weights, 5}, Which{{KernelShape::gaussian}, weights, 6}}) {
      const FrozenField field(Communicator::self(), one.map, kernel, charges);
      std::array<double, 3> own{};
      std::copy(one.map.row(row).begin(), one.map.row(row).end(), own.begin());
      const double moving =
          charges ? std::min(1.0, static_cast<double>((*charges)[static_cast<std::size_t>(row)])) : 1.0;
      const LeaveOneOutLoss loss(field, kernel, static_cast<double>(one.map.rows()), own, moving);
      const std::span<const float> of_points = charges ? std::span<const float>(*charges) : std::span<const float>();
      // At the point itself, where the field is the sum over the others and itself, and beside it.
      for (const double beside : {0.0, 0.6}) {
        std::array<double, 3> place = own;
        place[0] += beside;
        const FrozenField::Value phi =
            direct_value(one.map.values, static_cast<std::size_t>(dims), kernel, place.data(), of_points);
        const PointLoss exact = loss.at(one.affinities(), place.data(), phi);
        const PointLoss here = loss.at(one.affinities(), place.data());
        constexpr double h = 1e-4;
        for (std::size_t a = 0; a < static_cast<std::size_t>(dims); ++a) {
          auto up = place;
          auto down = place;
          up[a] += h;
          down[a] -= h;
          const PointLoss above = loss.at(one.affinities(), up.data());
          const PointLoss below = loss.at(one.affinities(), down.data());
          EXPECT_NEAR(here.gradient[a], (above.value - below.value) / (2.0 * h), 1e-4 * (1.0 + std::abs(here.value)));
          EXPECT_NEAR(here.gradient[a], exact.gradient[a], dims == 3 ? 0.03 : 3e-3);
          for (std::size_t b = 0; b < static_cast<std::size_t>(dims); ++b) {
            EXPECT_NEAR(here.hessian[a][b], (above.gradient[b] - below.gradient[b]) / (2.0 * h), 1e-3);
            EXPECT_NEAR(here.hessian[a][b], exact.hessian[a][b], dims == 3 ? 0.2 : 0.03);
          }
        }
        const std::size_t size = static_cast<std::size_t>(dims);
        const double trace = exact.hessian[0][0] + exact.hessian[1][1] + exact.hessian[2][2];
        EXPECT_LE(least_curvature(exact, size), trace / static_cast<double>(size) + 1e-12);
      }
    }
  }
}

TEST_F(Placement, TheLeastCurvatureIsAnEigenvalue) {
  PointLoss loss;
  loss.hessian = {{{2.0, -1.0, 0.0}, {-1.0, 2.0, -1.0}, {0.0, -1.0, 2.0}}};
  EXPECT_NEAR(least_curvature(loss, 1), 2.0, 1e-12);
  EXPECT_NEAR(least_curvature(loss, 2), 1.0, 1e-12);
  EXPECT_NEAR(least_curvature(loss, 3), 2.0 - std::sqrt(2.0), 1e-12);
}

TEST_F(Placement, APointSettlesWhereNothingPullsIt) {
  for (const LocalIndex dims : {1, 2, 3}) {
    const Case one(dims);
    const Kernel kernel;
    const FrozenField field(Communicator::self(), one.map, kernel);
    const auto start = weighted_median(one.affinities(), static_cast<std::size_t>(dims));
    const auto end = settle(field, kernel, Method::tsne, static_cast<double>(one.map.rows()), one.affinities(), start);
    const PointLoss before =
        point_loss(field, kernel, Method::tsne, static_cast<double>(one.map.rows()), one.affinities(), start.data());
    const PointLoss after =
        point_loss(field, kernel, Method::tsne, static_cast<double>(one.map.rows()), one.affinities(), end.data());
    EXPECT_LE(after.value, before.value);
    for (std::size_t m = 0; m < static_cast<std::size_t>(dims); ++m) {
      EXPECT_NEAR(after.gradient[m], 0.0, 1e-3);
    }
  }
}

TEST_F(Placement, TheMedianIsWhereHalfOfTheWeightLies) {
  const std::vector<double> p{0.2, 0.25, 0.55};
  const std::vector<float> places{1.0F, 9.0F, 100.0F, -3.0F, 2.0F, 5.0F};
  const auto median = weighted_median({p, places}, 2);
  EXPECT_EQ(median[0], 2.0);
  EXPECT_EQ(median[1], 5.0);
}

}  // namespace
}  // namespace distsne
