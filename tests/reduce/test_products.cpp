/// The product kernel and the packing of rows on every instruction set that runs here, against plain loops.
#include <gtest/gtest.h>
#include <hwy/targets.h>

#include <cmath>

#include "base/random.hpp"
#include "reduce/block.hpp"
#include "reduce/scale.hpp"
#include "support/alone.hpp"

namespace distsne {
namespace {

class Products : public test::Alone {};

/// Runs a check with each instruction set alone.
template <class Check>
void on_every_target(const Check& check) {
  for (std::int64_t left = hwy::SupportedTargets(); left != 0; left &= left - 1) {
    const std::int64_t target = left & -left;
    hwy::SetSupportedTargetsForTest(target);
    SCOPED_TRACE(hwy::TargetName(target));
    check();
  }
  hwy::SetSupportedTargetsForTest(0);
}

Block random_block(std::size_t rows, std::size_t columns, std::uint64_t seed, double integers_below = 0.0) {
  Block block(rows, columns);
  const CounterRandom random(seed);
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t j = 0; j < columns; ++j) {
      const double value = random.normal(static_cast<GlobalIndex>(i), static_cast<std::uint32_t>(j));
      block.row(i)[j] = integers_below > 0.0 ? std::floor(std::fmod(value * integers_below, integers_below)) : value;
    }
  }
  return block;
}

TEST_F(Products, MatchPlainSums) {
  on_every_target([] {
    for (const std::size_t rows : {1U, 8U, 50U}) {
      for (const std::size_t columns : {1U, 8U, 23U, 40U, 75U}) {
        for (const std::size_t depth : {1U, 480U, 601U}) {
          const Block a = random_block(rows, depth, 1);
          const Block b = random_block(depth, columns, 2);
          Block out(rows, columns);
          multiply(plain(a), panels_of(b), out);
          for (std::size_t i = 0; i < rows; ++i) {
            for (std::size_t j = 0; j < columns; ++j) {
              double expected = 0.0;
              for (std::size_t k = 0; k < depth; ++k) {
                expected += a.row(i)[k] * b.row(k)[j];
              }
              ASSERT_NEAR(out.row(i)[j], expected, 1e-12 * static_cast<double>(depth));
            }
          }
        }
      }
    }
  });
}

TEST_F(Products, TransposedFactorGivesTheSameBits) {
  on_every_target([] {
    const Block a = random_block(70, 1000, 1);
    Block turned(1000, 70);
    for (std::size_t i = 0; i < 70; ++i) {
      for (std::size_t k = 0; k < 1000; ++k) {
        turned.row(k)[i] = a.row(i)[k];
      }
    }
    const Panels b = panels_of(random_block(1000, 30, 2));
    Block out(70, 30);
    Block out_turned(70, 30);
    multiply(plain(a), b, out);
    multiply(transposed(turned), b, out_turned);
    EXPECT_EQ(out.values, out_turned.values);
  });
}

TEST_F(Products, BitsDoNotDependOnTheRowsAround) {
  on_every_target([] {
    const Block a = random_block(61, 700, 1);
    const Panels b = panels_of(random_block(700, 29, 2));
    Block whole(61, 29);
    multiply(plain(a), b, whole);
    for (const std::size_t first : {1U, 13U, 60U}) {
      Block part(61 - first, 700);
      std::copy_n(a.row(first), part.rows * part.stride, part.values.data());
      Block out(part.rows, 29);
      multiply(plain(part), b, out);
      for (std::size_t i = 0; i < part.rows; ++i) {
        for (std::size_t j = 0; j < 29; ++j) {
          ASSERT_EQ(out.row(i)[j], whole.row(first + i)[j]);
        }
      }
    }
  });
}

TEST_F(Products, IntegersOf22BitsAreExact) {
  constexpr std::size_t depth = 256;
  const Block a = random_block(depth, 24, 1, 0x1p22);
  const Block b = random_block(depth, 24, 2, 0x1p22);
  std::vector<std::int64_t> expected(24 * 24, 5);
  for (std::size_t i = 0; i < 24; ++i) {
    for (std::size_t j = 0; j < 24; ++j) {
      for (std::size_t k = 0; k < depth; ++k) {
        expected[i * 24 + j] += static_cast<std::int64_t>(a.row(k)[i]) * static_cast<std::int64_t>(b.row(k)[j]);
      }
    }
  }
  on_every_target([&] {
    AlignedVector<std::int64_t> sums(24 * 24, 5);
    ProductTask<std::int64_t> task;
    task.left = a.values.data();
    task.left_depth = 24;
    task.rows = 24;
    task.right = b.values.data();
    task.columns = 24;
    task.depth = depth;
    task.out = sums.data();
    task.out_row = 24;
    add_products(task);
    EXPECT_EQ(std::vector<std::int64_t>(sums.begin(), sums.end()), expected);
  });
}

template <class Real>
class Scaling : public testing::Test {};
using Reals = testing::Types<float, double>;
TYPED_TEST_SUITE(Scaling, Reals);

TYPED_TEST(Scaling, WritesPanelsAndSums) {
  constexpr std::size_t rows = 5;
  constexpr std::size_t columns = 77;
  constexpr std::size_t padded = 96;
  std::vector<TypeParam> x(rows * columns);
  for (std::size_t i = 0; i < x.size(); ++i) {
    x[i] = static_cast<TypeParam>(CounterRandom(3).normal(static_cast<GlobalIndex>(i), 0));
  }
  std::vector<double> center(padded, 0.0);
  std::vector<double> inverse(padded, 0.0);
  for (std::size_t c = 0; c < columns; ++c) {
    center[c] = 0.01 * static_cast<double>(c);
    inverse[c] = c == 7 ? 0.0 : 64.0;
  }
  on_every_target([&] {
    AlignedVector<double> out(padded * rows, -1.0);
    std::vector<double> whole(padded, 2.0);
    std::vector<double> fine(padded, 3.0);
    ScaleTask<TypeParam> task;
    task.rows = x.data();
    task.row_step = columns;
    task.count = rows;
    task.columns = columns;
    task.center = center.data();
    task.inverse = inverse.data();
    task.out = out.data();
    task.out_panel = rows * panel_width;
    task.whole_sums = whole.data();
    task.fine_sums = fine.data();
    task.fine = 32.0;
    write_scaled(task);
    for (std::size_t c = 0; c < padded; ++c) {
      double whole_expected = 2.0;
      double fine_expected = 3.0;
      for (std::size_t r = 0; r < rows; ++r) {
        const double value = c < columns ? (static_cast<double>(x[r * columns + c]) - center[c]) * inverse[c] : 0.0;
        ASSERT_EQ(out[c / panel_width * task.out_panel + r * panel_width + c % panel_width], std::nearbyint(value));
        whole_expected += std::nearbyint(value);
        fine_expected += std::nearbyint(32.0 * value);
      }
      ASSERT_EQ(whole[c], whole_expected);
      ASSERT_EQ(fine[c], fine_expected);
    }
  });
}

TYPED_TEST(Scaling, FindsRanges) {
  constexpr std::size_t rows = 7;
  constexpr std::size_t columns = 53;
  std::vector<TypeParam> x(rows * columns);
  for (std::size_t i = 0; i < x.size(); ++i) {
    x[i] = static_cast<TypeParam>(CounterRandom(4).normal(static_cast<GlobalIndex>(i), 0));
  }
  on_every_target([&] {
    std::vector<TypeParam> low(columns, TypeParam{0.5});
    std::vector<TypeParam> high(columns, TypeParam{0.5});
    join_ranges(RangeTask<TypeParam>{x.data(), rows, columns, low.data(), high.data()});
    for (std::size_t c = 0; c < columns; ++c) {
      TypeParam least{0.5};
      TypeParam most{0.5};
      for (std::size_t r = 0; r < rows; ++r) {
        least = std::min(least, x[r * columns + c]);
        most = std::max(most, x[r * columns + c]);
      }
      ASSERT_EQ(low[c], least);
      ASSERT_EQ(high[c], most);
    }
  });
}

}  // namespace
}  // namespace distsne
