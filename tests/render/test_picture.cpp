/// Panels, legends and words of a picture.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "distsne/render/picture.hpp"
#include "distsne/render/text.hpp"
#include "render/pixels.hpp"

namespace distsne {
namespace {

using test::cloud;
using test::opacity;
using test::shows;

/// Options of a picture that is drawn quickly.
PictureOptions small() {
  PictureOptions options;
  options.size = 500;
  return options;
}

std::vector<std::string> words(const Scene& scene) {
  std::vector<std::string> result;
  std::transform(scene.texts.begin(), scene.texts.end(), std::back_inserter(result),
                 [](const TextShape& text) { return text.text; });
  return result;
}

TEST(Picture, UnitsHaveOneLengthInAllDirections) {
  // Four corners of a 3 x 2 rectangle.
  const std::vector<float> points{0, 0, 3, 0, 0, 2, 3, 2};
  PictureOptions options;
  options.size = 700;
  options.point_size = 6.0;
  const Scene scene = compose(points, 2, {}, options);
  EXPECT_EQ(std::max(scene.width, scene.height), 700);
  const Raster& raster = scene.images.front().raster;
  EXPECT_NEAR((raster.width - 8.0) / (raster.height - 8.0), 1.5, 0.01);
  int drawn = 0;
  for (const int x : {4, raster.width - 5}) {
    for (const int y : {4, raster.height - 5}) {
      drawn += opacity(raster.pixels[raster.index(x, y)]) > 200U ? 1 : 0;
    }
  }
  EXPECT_EQ(drawn, 4);
}

TEST(Picture, SecondCoordinateRunsUpwards) {
  const std::vector<float> points{0, 0, 1, 1};
  const std::vector<double> numbers{0, 1};
  const Scene scene = compose(points, 2, {"y", numbers, {}}, small());
  const Raster& raster = scene.images.front().raster;
  EXPECT_TRUE(shows(raster.pixels[raster.index(3, raster.height - 4)], class_colors(2)[0]));
  EXPECT_TRUE(shows(raster.pixels[raster.index(raster.width - 4, 3)], class_colors(2)[1]));
}

TEST(Picture, LegendListsClassesInOrderAndMissingLast) {
  const std::vector<float> points = cloud(6, 2);
  const std::vector<std::string> texts{"c10", "c2", "", "b", "c2", "c10"};
  PictureOptions options = small();
  options.title = "A title";
  const Scene scene = compose(points, 2, {"kind", {}, texts}, options);
  EXPECT_EQ(words(scene), (std::vector<std::string>{"b", "c2", "c10", "missing", "kind", "A title"}));
  ASSERT_EQ(scene.discs.size(), 4U);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(scene.discs[i].color, class_colors(3)[i]);
    EXPECT_LT(scene.discs[i].y, scene.discs[i + 1].y);
  }
  EXPECT_EQ(scene.discs[3].color, missing_color);
  EXPECT_EQ(scene.colored_by, "kind");
  options.legend = false;
  options.title = "";
  EXPECT_TRUE(compose(points, 2, {"kind", {}, texts}, options).texts.empty());
}

TEST(Picture, LegendOfManyClassesNamesTheLargestAndCountsTheRest) {
  constexpr std::size_t rows = 1000;
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < rows; ++i) {
    texts.push_back(fmt::format("class {}", i < 600 ? i % 30 : i % 87));
  }
  const Scene scene = compose(cloud(rows, 2), 2, {"y", {}, texts}, small());
  const std::vector<std::string> found = words(scene);
  ASSERT_EQ(found.size(), 32U);
  EXPECT_EQ(found[0], "class 0");
  EXPECT_EQ(found[10], "class 10");
  EXPECT_EQ(found[29], "class 29");
  EXPECT_EQ(found[30], "and 57 more");
}

TEST(Picture, EverythingLiesWithinThePicture) {
  std::vector<std::string> texts;
  std::vector<double> numbers;
  for (int i = 0; i < 400; ++i) {
    texts.push_back(fmt::format("{}{}", std::string(static_cast<std::size_t>(i % 70), 'W'), i % 70));
    numbers.push_back(i * 1234.5);
  }
  for (const int dims : {1, 2, 3}) {
    std::vector<float> points = cloud(400, static_cast<std::uint32_t>(dims));
    points.back() = 1e4F;
    for (const int size : {200, 700}) {
      for (const bool text : {false, true}) {
        PictureOptions options;
        options.size = size;
        options.title = std::string(500, 'T');
        const MapLabels labels = text ? MapLabels{"y", {}, texts} : MapLabels{"y", numbers, {}};
        const Scene scene = compose(points, dims, labels, options);
        EXPECT_EQ(std::max(scene.width, scene.height), size);
        for (const ImageShape& image : scene.images) {
          EXPECT_GE(image.x, 0.0);
          EXPECT_LE(image.x + image.raster.width, scene.width);
          EXPECT_LE(image.y + image.raster.height, scene.height);
        }
        for (const TextShape& shape : scene.texts) {
          EXPECT_LE(shape.x + text_width(shape.text, shape.size, shape.bold), scene.width) << shape.text;
          EXPECT_LE(shape.y, scene.height);
        }
        ASSERT_EQ(scene.notes.size(), 1U);
        EXPECT_EQ(scene.notes[0], "1 point lies outside the view, far from all others");
      }
    }
  }
}

TEST(Picture, ThreeDimensionsAreThreeProjectionsAtOneScale) {
  // An axis-parallel box of 1 x 2 x 3.
  std::vector<float> points;
  for (int corner = 0; corner < 8; ++corner) {
    points.insert(points.end(), {corner & 1 ? 1.0F : 0.0F, corner & 2 ? 2.0F : 0.0F, corner & 4 ? 3.0F : 0.0F});
  }
  PictureOptions options;
  options.point_size = 4.0;
  const Scene scene = compose(points, 3, {}, options);
  ASSERT_EQ(scene.images.size(), 3U);
  EXPECT_EQ(words(scene), (std::vector<std::string>{"x, y", "z, y", "x, z"}));
  const auto across = [&](std::size_t i) { return scene.images[i].raster.width - 6.0; };
  const auto up = [&](std::size_t i) { return scene.images[i].raster.height - 6.0; };
  EXPECT_NEAR(up(0) / across(0), 2.0, 0.01);
  EXPECT_NEAR(up(1) / across(1), 2.0 / 3.0, 0.01);
  EXPECT_NEAR(up(2) / across(2), 3.0, 0.02);
  EXPECT_EQ(scene.images[0].raster.height, scene.images[1].raster.height);
  EXPECT_EQ(scene.images[0].x, scene.images[2].x);
}

TEST(Picture, OneDimensionIsAHistogramAndAStrip) {
  const Scene scene = compose(cloud(500, 1), 1, {}, small());
  ASSERT_EQ(scene.images.size(), 2U);
  EXPECT_EQ(scene.images[0].raster.width, scene.images[1].raster.width);
  EXPECT_GE(scene.images[1].y, scene.images[0].y + scene.images[0].raster.height);
  for (const ImageShape& image : scene.images) {
    EXPECT_TRUE(std::any_of(image.raster.pixels.begin(), image.raster.pixels.end(),
                            [](std::uint32_t pixel) { return opacity(pixel) > 200U; }));
  }
}

TEST(Picture, PointsShrinkAsTheyBecomeMany) {
  const auto covered = [](GlobalIndex rows) {
    const Scene scene = compose(cloud(rows, 2), 2, {}, {});
    const auto& pixels = scene.images.front().raster.pixels;
    return static_cast<double>(std::count_if(pixels.begin(), pixels.end(), [](auto p) { return opacity(p) > 20U; })) /
           static_cast<double>(pixels.size());
  };
  EXPECT_GT(covered(200), 0.005);
  EXPECT_LT(covered(200), 0.1);
  EXPECT_LT(covered(5000), 0.2);
  EXPECT_LT(covered(200000), 0.5);
}

}  // namespace
}  // namespace distsne
