/// Panels, legends and words of a picture.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "render/picture.hpp"
#include "render/pixels.hpp"
#include "render/text.hpp"
#include "support/alone.hpp"

namespace distsne {
namespace {

using test::cloud;
using test::opacity;
using test::shows;

class Picture : public test::Alone {};

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

TEST_F(Picture, UnitsHaveOneLengthInAllDirections) {
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

TEST_F(Picture, SecondCoordinateRunsUpwards) {
  const std::vector<float> points{0, 0, 1, 1};
  const std::vector<double> numbers{0, 1};
  const Scene scene = compose(points, 2, {"y", numbers, {}}, small());
  const Raster& raster = scene.images.front().raster;
  EXPECT_TRUE(shows(raster.pixels[raster.index(3, raster.height - 4)], class_colors(2)[0]));
  EXPECT_TRUE(shows(raster.pixels[raster.index(raster.width - 4, 3)], class_colors(2)[1]));
}

TEST_F(Picture, LegendListsClassesInOrderAndMissingLast) {
  const std::vector<float> points = cloud(6, 2);
  const std::vector<std::string> texts{"c10", "c2", "", "b", "c2", "c10"};
  PictureOptions options = small();
  options.title = "A title";
  options.names = NamePlace::off;
  const Scene scene = compose(points, 2, {"kind", {}, texts}, options);
  EXPECT_EQ(words(scene), (std::vector<std::string>{"b", "c2", "c10", "missing", "kind", "A title"}));
  ASSERT_EQ(scene.discs.size(), 4U);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(scene.discs[i].color, class_colors(3)[i]);
    EXPECT_LT(scene.discs[i].y, scene.discs[i + 1].y);
  }
  EXPECT_EQ(scene.discs[3].color, missing_color);
  EXPECT_EQ(scene.colored_by, "kind");
  options.legend = LegendPlace::off;
  options.title = "";
  EXPECT_TRUE(compose(points, 2, {"kind", {}, texts}, options).texts.empty());
}

TEST_F(Picture, LegendOfManyClassesNamesAllBelowTheMap) {
  constexpr std::size_t rows = 3000;
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < rows; ++i) {
    texts.push_back(fmt::format("a rather long name of the class {}", i % 265));
  }
  PictureOptions options;
  options.size = 1000;
  const Scene scene = compose(cloud(rows, 2), 2, {"y", {}, texts}, options);
  std::string all;
  for (const TextShape& text : scene.texts) {
    all += text.text + " ";
    EXPECT_GT(text.y, scene.images[0].raster.height);
  }
  for (int i = 0; i < 265; ++i) {
    EXPECT_NE(all.find(fmt::format(" {} ", i)), std::string::npos) << i;
  }
  EXPECT_GT(scene.images[0].raster.height, 650);
  EXPECT_GT(scene.height, 1000);
}

/// Points of so many round clusters, side by side, with their number as label.
void make_clusters(std::size_t clusters, std::vector<float>& points, std::vector<std::string>& texts,
                   const std::string& word) {
  const auto across = static_cast<std::size_t>(std::ceil(std::sqrt(static_cast<double>(clusters))));
  const std::vector<float> offsets = cloud(static_cast<GlobalIndex>(40 * clusters), 2);
  for (std::size_t i = 0; i < 40 * clusters; ++i) {
    const std::size_t cluster = i % clusters;
    points.push_back(offsets[2 * i] + 10.0F * static_cast<float>(cluster % across));
    points.push_back(offsets[2 * i + 1] + 10.0F * static_cast<float>(cluster / across));
    texts.push_back(fmt::format("{} {}", word, cluster));
  }
}

TEST_F(Picture, ClustersAreNamedWhereTheyAre) {
  std::vector<float> points;
  std::vector<std::string> texts;
  make_clusters(9, points, texts, "kind");
  PictureOptions options = small();
  options.title = "A title";
  const Scene scene = compose(points, 2, {"cell_type", {}, texts}, options);
  std::vector<std::string> found = words(scene);
  std::sort(found.begin(), found.end());
  EXPECT_EQ(found, (std::vector<std::string>{"A title", "cell_type", "kind 0", "kind 1", "kind 2", "kind 3", "kind 4",
                                             "kind 5", "kind 6", "kind 7", "kind 8"}));
  EXPECT_TRUE(scene.discs.empty());  // no legend is needed
  const ImageShape& image = scene.images.front();
  for (const TextShape& text : scene.texts) {
    if (text.text.substr(0, 4) == "kind") {
      const int cluster = text.text.back() - '0';
      EXPECT_NEAR(text.x, image.x + image.raster.width * (0.12 + 0.38 * (cluster % 3)), 40.0);
      EXPECT_NEAR(text.y, image.y + image.raster.height * (0.88 - 0.38 * (cluster / 3)), 40.0);  // NOLINT
      EXPECT_EQ(text.align, Align::middle);
      EXPECT_TRUE(text.halo);
    }
  }
  options.names = NamePlace::off;
  EXPECT_EQ(compose(points, 2, {"cell_type", {}, texts}, options).discs.size(), 9U);
}

TEST_F(Picture, ManyNamesStandAroundTheMap) {
  std::vector<float> points;
  std::vector<std::string> texts;
  make_clusters(49, points, texts, "some longer name of a cluster");
  PictureOptions options;
  options.size = 1200;
  const Scene scene = compose(points, 2, {"y", {}, texts}, options);
  const ImageShape& image = scene.images.front();
  std::size_t named = 0;
  for (const TextShape& text : scene.texts) {
    named += text.align == Align::end && text.x < image.x + image.raster.width / 2.0 ? 1 : 0;
    named += text.align == Align::begin && text.x > image.x + image.raster.width / 2.0 ? 1 : 0;
  }
  EXPECT_GE(named, 49U);
  EXPECT_EQ(scene.lines.size(), 49U);
  EXPECT_GT(image.raster.width, 500);
}

TEST_F(Picture, MixedClassesAreNotNamedOnTheMap) {
  std::vector<std::string> texts;
  for (int i = 0; i < 2000; ++i) {
    texts.push_back(fmt::format("batch {}", i % 4));
  }
  const Scene scene = compose(cloud(2000, 2), 2, {"batch", {}, texts}, small());
  EXPECT_EQ(words(scene), (std::vector<std::string>{"batch 0", "batch 1", "batch 2", "batch 3", "batch"}));
}

TEST_F(Picture, NeighborsHaveUnlikeColors) {
  std::vector<float> points;
  std::vector<std::string> texts;
  make_clusters(49, points, texts, "c");
  PictureOptions options = small();
  options.names = NamePlace::off;
  const Scene scene = compose(points, 2, {"y", {}, texts}, options);
  ASSERT_EQ(scene.discs.size(), 49U);
  double least = 1.0;
  for (std::size_t i = 0; i < 49; ++i) {
    for (const std::size_t j : {i + 1, i + 7}) {
      if (j < 49 && (j != i + 1 || j % 7 != 0)) {
        least = std::min(least, color_distance(scene.discs[i].color, scene.discs[j].color));
      }
    }
  }
  EXPECT_GT(least, 0.1);  // 0.06 between the most alike of 49
}

TEST_F(Picture, HighlightedClassesStandOutFromGrey) {
  std::vector<float> points;
  std::vector<std::string> texts;
  make_clusters(9, points, texts, "kind");
  PictureOptions options = small();
  options.coloring.highlight = {"kind 4"};
  options.names = NamePlace::off;
  const Scene scene = compose(points, 2, {"y", {}, texts}, options);
  EXPECT_EQ(words(scene), (std::vector<std::string>{"kind 4", "others", "y"}));
  const Raster& raster = scene.images.front().raster;
  const auto highlighted =
      static_cast<std::size_t>(std::count_if(raster.pixels.begin(), raster.pixels.end(),
                                             [&](std::uint32_t pixel) { return shows(pixel, scene.discs[0].color); }));
  EXPECT_GT(highlighted, 40U);
  EXPECT_NE(scene.discs[0].color, missing_color);
}

TEST_F(Picture, EverythingLiesWithinThePicture) {
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
        EXPECT_LE(scene.width, size);
        EXPECT_GE(std::max(scene.width, scene.height), size);
        for (const ImageShape& image : scene.images) {
          EXPECT_GE(image.x, 0.0);
          EXPECT_LE(image.x + image.raster.width, scene.width);
          EXPECT_LE(image.y + image.raster.height, scene.height);
        }
        for (const TextShape& shape : scene.texts) {
          const double width = text_width(shape.text, shape.size, shape.bold);
          const double left = shape.x - (shape.align == Align::begin    ? 0.0
                                         : shape.align == Align::middle ? 0.5
                                                                        : 1.0) *
                                            width;
          EXPECT_GE(left, 0.0) << shape.text;
          EXPECT_LE(left + width, scene.width) << shape.text;
          EXPECT_LE(shape.y, scene.height);
        }
        ASSERT_EQ(scene.notes.size(), 1U);
        EXPECT_EQ(scene.notes[0], "1 point lies outside the view, far from all others (--frame all)");
      }
    }
  }
}

TEST_F(Picture, ThreeDimensionsAreThreeProjectionsAtOneScale) {
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

TEST_F(Picture, OneDimensionIsAHistogramAndAStrip) {
  const Scene scene = compose(cloud(500, 1), 1, {}, small());
  ASSERT_EQ(scene.images.size(), 2U);
  EXPECT_EQ(scene.images[0].raster.width, scene.images[1].raster.width);
  EXPECT_GE(scene.images[1].y, scene.images[0].y + scene.images[0].raster.height);
  for (const ImageShape& image : scene.images) {
    EXPECT_TRUE(std::any_of(image.raster.pixels.begin(), image.raster.pixels.end(),
                            [](std::uint32_t pixel) { return opacity(pixel) > 200U; }));
  }
}

TEST_F(Picture, PointsShrinkAsTheyBecomeMany) {
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
