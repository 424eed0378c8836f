/// The tree of tiles, and the bytes of a page.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "base/random.hpp"
#include "render/page_encoding.hpp"
#include "render/tile_tree.hpp"

namespace distsne {
namespace {

/// A cloud, and one point far from it.
std::vector<float> points_of(GlobalIndex rows) {
  const CounterRandom random(5);
  std::vector<float> points;
  for (GlobalIndex row = 0; row < rows; ++row) {
    points.push_back(static_cast<float>(random.normal(row, 0)));
    points.push_back(row == 17 ? 1e4F : static_cast<float>(random.normal(row, 1)));
  }
  return points;
}

TEST(TileTree, HasEachRowOnceInATileAboutIt) {
  const std::vector<float> points = points_of(5000);
  const TileTree tree = make_tile_tree(points, {100, 200});
  std::vector<int> seen(5000, 0);
  std::size_t placed = 0;
  for (const Tile& tile : tree.tiles) {
    EXPECT_EQ(tile.first + tile.own <= tree.order.size(), true);
    EXPECT_EQ(tile.own, tile.divided ? 100U : tile.total);
    EXPECT_LE(tile.own, 200U);
    placed += tile.own;
    for (std::size_t i = tile.first; i < tile.first + tile.own; ++i) {
      const std::size_t row = tree.order[i];
      ++seen[row];
      EXPECT_TRUE(i == tile.first || tree.order[i - 1] < row);
      for (std::size_t axis = 0; axis < 2; ++axis) {
        const double low = axis == 0 ? tile.x : tile.y;
        EXPECT_GE(static_cast<double>(points[2 * row + axis]), low);
        EXPECT_LT(static_cast<double>(points[2 * row + axis]), low + tile.side);
      }
    }
  }
  EXPECT_EQ(placed, 5000U);
  EXPECT_EQ(std::count(seen.begin(), seen.end(), 1), 5000);
}

TEST(TileTree, CountsWhatLiesBelow) {
  const TileTree tree = make_tile_tree(points_of(5000), {100, 200});
  EXPECT_EQ(tree.tiles.front().total, 5000U);
  for (std::size_t t = 0; t < tree.tiles.size(); ++t) {
    std::size_t below = tree.tiles[t].own;
    for (const Tile& tile : tree.tiles) {
      below += tile.parent == static_cast<int>(t) ? tile.total : 0;
    }
    EXPECT_EQ(below, tree.tiles[t].total);
  }
}

TEST(TileTree, OwnPointsShowAllBelow) {
  const std::vector<float> points = points_of(5000);
  const TileTree tree = make_tile_tree(points, {400, 500});
  ASSERT_EQ(tree.weights.size(), 5000U);
  std::size_t divided = 0;
  for (const Tile& tile : tree.tiles) {
    double sum = 0.0;
    for (std::size_t i = tile.first; i < tile.first + tile.own; ++i) {
      sum += weight_of(tree.weights[i]);
      EXPECT_EQ(tile.divided || tree.weights[i] == 0, true);
    }
    EXPECT_NEAR(sum, static_cast<double>(tile.divided ? tile.total : tile.own), 0.05 * sum);
    divided += tile.divided ? 1 : 0;
  }
  EXPECT_GT(divided, 2U);
  // The point that is far from all others stands for itself.
  const auto far = std::find(tree.order.begin(), tree.order.end(), CompactIndex{17}) - tree.order.begin();
  EXPECT_LT(static_cast<std::size_t>(far), tree.tiles.front().own);
  EXPECT_EQ(tree.weights[static_cast<std::size_t>(far)], 0);
}

TEST(TileTree, ManyPointsAtOnePlaceEnd) {
  const TileTree tree = make_tile_tree(std::vector<float>(2 * 5000, 3.0F), {100, 200});
  EXPECT_EQ(tree.order.size(), 5000U);
  EXPECT_LT(tree.tiles.size(), 30U);
}

TEST(PageEncoding, PlanesAndDifferences) {
  std::string planes;
  append_planes(planes, std::vector<std::uint32_t>{0x010203, 0xA0B0C0}, 3);
  EXPECT_EQ(planes, "\x03\xC0\x02\xB0\x01\xA0");
  std::string rising;
  append_rising(rising, std::vector<std::uint32_t>{5, 133, 133 + 300});
  EXPECT_EQ(rising, "\x05\x80\x01\xAC\x02");
}

TEST(PageEncoding, Text) {
  EXPECT_EQ(base64(""), "");
  EXPECT_EQ(base64("f"), "Zg==");
  EXPECT_EQ(base64("fo"), "Zm8=");
  EXPECT_EQ(base64("foo"), "Zm9v");
  EXPECT_EQ(base64("\xFF\xFE"), "//4=");
  EXPECT_EQ(html_text("<a b=\"c\">'&"), "&lt;a b=&quot;c&quot;&gt;&#39;&amp;");
}

}  // namespace
}  // namespace distsne
