/// Curves of a run, sheets of pictures, films, and pictures of maps that are spread over the ranks.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "distsne/base/error.hpp"
#include "render/apng.hpp"
#include "render/curves.hpp"
#include "render/pixels.hpp"
#include "render/png.hpp"
#include "render/sheet.hpp"
#include "render/spread_map.hpp"

namespace distsne {
namespace {

using test::cloud;
using test::opacity;

bool has_text(const Scene& scene, const std::string& part) {
  return std::any_of(scene.texts.begin(), scene.texts.end(),
                     [&](const TextShape& text) { return text.text.find(part) != std::string::npos; });
}

PictureOptions sized(int size) {
  PictureOptions options;
  options.size = size;
  return options;
}

TEST(Curves, FallFromLeftToRightWithinThePicture) {
  const std::vector<double> iteration{0, 50, 100, 150};
  const Scene scene = draw_curves(iteration, {{"cost", {8, 4, 2, 1}, false}, {"error", {1, 0.1, 0.01, 0.001}, true}},
                                  exaggerated(iteration, std::vector<double>{12, 12, 1, 1}), sized(800));
  EXPECT_TRUE(has_text(scene, "cost") && has_text(scene, "error") && has_text(scene, "exaggeration 12"));
  EXPECT_EQ(scene.width, 800);
  ASSERT_EQ(scene.discs.size(), 8U);
  for (std::size_t i = 0; i < 8; ++i) {
    const DiscShape& disc = scene.discs[i];
    EXPECT_GT(disc.x, 0.0);
    EXPECT_LT(disc.x, scene.width);
    EXPECT_LT(disc.y, scene.height);
    if (i % 4 != 0) {
      EXPECT_GT(disc.x, scene.discs[i - 1].x);
      EXPECT_GT(disc.y, scene.discs[i - 1].y);
    }
  }
  // On the logarithmic scale tenths are equal steps.
  EXPECT_NEAR(scene.discs[5].y - scene.discs[4].y, scene.discs[7].y - scene.discs[6].y, 1e-6);
  // A shade lies behind each curve, up to the third measurement.
  ASSERT_EQ(scene.bars.size(), 2U);
  EXPECT_NEAR(scene.bars[0].x + scene.bars[0].width, scene.discs[2].x, 1e-6);
}

TEST(Curves, LeaveOutWhatHasNoValues) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const std::vector<double> iteration{0, 1, 2};
  const Scene scene = draw_curves(
      iteration, {{"a", {1, nan, 3}, false}, {"zero", {0, 0, 0}, true}, {"none", {}, false}}, {}, sized(400));
  EXPECT_FALSE(has_text(scene, "zero") || has_text(scene, "none"));
  EXPECT_EQ(scene.discs.size(), 2U);
  EXPECT_THROW(static_cast<void>(draw_curves(iteration, {{"a", {nan, nan, nan}, false}}, {}, sized(400))), Error);
}

TEST(Curves, ExaggerationIsShadedWhereItIsNotOne) {
  const std::vector<double> iteration{0, 10, 20, 30, 40};
  const std::vector<Stretch> found = exaggerated(iteration, std::vector<double>{12, 12, 1, 4, 4});
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].name, "exaggeration 12");
  EXPECT_EQ(found[0].begin, 0.0);
  EXPECT_EQ(found[0].end, 20.0);
  EXPECT_EQ(found[1].begin, 30.0);
  EXPECT_EQ(found[1].end, 40.0);
}

TEST(Curves, DurationsAreBarsInProportion) {
  const Scene scene = draw_durations({{"read", 1, 1, 1}, {"iterations", 3, 4, 5}}, sized(600));
  ASSERT_EQ(scene.bars.size(), 2U);
  EXPECT_NEAR(scene.bars[1].width, 4.0 * scene.bars[0].width, 1e-6);
  EXPECT_TRUE(has_text(scene, "4 s, 80 %"));
  EXPECT_EQ(scene.lines.size(), 1U);
  EXPECT_THROW(static_cast<void>(draw_durations({}, sized(600))), Error);
}

TEST(Sheet, PutsPicturesSideBySide) {
  const std::vector<float> points = cloud(50, 2);
  std::vector<Scene> pictures;
  for (int i = 0; i < 5; ++i) {
    PictureOptions options = sized(300);
    options.title = "map " + std::to_string(i);
    pictures.push_back(compose(points, 2, {}, options));
  }
  EXPECT_EQ(sheet_columns(5), 3U);
  EXPECT_EQ(sheet_columns(4), 2U);
  PictureOptions options = sized(900);
  options.title = "all of them";
  const Scene sheet = make_sheet(pictures, options);
  EXPECT_EQ(sheet.images.size(), 5U);
  EXPECT_TRUE(has_text(sheet, "map 4") && has_text(sheet, "all of them"));
  for (std::size_t i = 0; i < 5; ++i) {
    EXPECT_LE(sheet.images[i].x + sheet.images[i].raster.width, sheet.width);
    EXPECT_LE(sheet.images[i].y + sheet.images[i].raster.height, sheet.height);
    for (std::size_t j = 0; j < i; ++j) {
      EXPECT_TRUE(sheet.images[i].x >= sheet.images[j].x + sheet.images[j].raster.width ||
                  sheet.images[i].y >= sheet.images[j].y + sheet.images[j].raster.height ||
                  sheet.images[i].y + sheet.images[i].raster.height <= sheet.images[j].y);
    }
  }
}

TEST(Apng, RefusesPicturesThatDiffer) {
  const std::string small = encode_png(Raster(10, 10));
  const std::string large = encode_png(Raster(11, 10));
  EXPECT_GT(encode_apng({small, small}, 0.1, 1.0).size(), small.size());
  EXPECT_THROW(static_cast<void>(encode_apng({small, large}, 0.1, 1.0)), Error);
  EXPECT_THROW(static_cast<void>(encode_apng({}, 0.1, 1.0)), Error);
}

TEST(SpreadMap, LooksTheSameOnAnyRanks) {
  constexpr GlobalIndex rows = 3001;
  std::vector<float> points = cloud(rows, 2);
  points[8] = 1e6F;  // far out, and left outside
  const auto comm = Communicator::world();
  // The last rank has nothing.
  const GlobalIndex sharing = std::max(1, comm.size() - 1);
  const GlobalIndex begin = std::min<GlobalIndex>(rows, rows * comm.rank() / sharing);
  const GlobalIndex end = std::min<GlobalIndex>(rows, rows * (comm.rank() + 1) / sharing);
  const std::span<const float> all(points);
  const Scene spread = draw_spread_map(
      comm, all.subspan(static_cast<std::size_t>(2 * begin), static_cast<std::size_t>(2 * (end - begin))), 2,
      sized(300));
  const Scene whole = draw_spread_map(Communicator::self(), all, 2, sized(300));
  EXPECT_EQ(spread.images.empty(), !comm.is_root());
  if (comm.is_root()) {
    EXPECT_EQ(spread.images[0].raster.pixels, whole.images[0].raster.pixels);
    const auto& pixels = whole.images[0].raster.pixels;
    EXPECT_GT(std::count_if(pixels.begin(), pixels.end(), [](auto p) { return opacity(p) > 100U; }), 2000);
  }
  EXPECT_THROW(static_cast<void>(draw_spread_map(comm, {}, 2, sized(300))), Error);
}

}  // namespace
}  // namespace distsne
