/// Pictures beside stored ones: what is drawn changes only when somebody means it to.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>

#include "base/random.hpp"
#include "render/curves.hpp"
#include "render/draw_scene.hpp"
#include "render/picture.hpp"
#include "render/picture_file.hpp"
#include "render/png.hpp"
#include "support/data.hpp"

namespace distsne {
namespace {

// Written anew, to be looked at and committed, where this variable is set.
constexpr const char* renewal = "DISTSNE_RENEW_PICTURES";
constexpr int block = 4;  // pixels: letters may be a pixel elsewhere with another version of Pango
constexpr double most_mean = 1.5;
constexpr double most_off = 0.01;  // share of blocks that differ by more than `off`
constexpr double off = 24.0;

struct Map {
  std::vector<float> points;
  std::vector<std::string> names;
  std::vector<double> numbers;
};

/// Clusters of falling sizes on a spiral.
Map spiral(std::size_t clusters, int dims, GlobalIndex rows) {
  const CounterRandom random(17);
  Map map;
  for (GlobalIndex i = 0; i < rows; ++i) {
    const double share = random.uniform(i, 0);
    const auto cluster = static_cast<double>(
        std::min(clusters - 1, static_cast<std::size_t>(static_cast<double>(clusters) * share * share)));
    const double angle = 2.4 * cluster;
    const double radius = 6.0 * std::sqrt(cluster + 0.5);
    const std::array<double, 3> center{radius * std::cos(angle), radius * std::sin(angle), 2.0 * cluster};
    for (int m = 0; m < dims; ++m) {
      const double noise = random.normal(i, static_cast<std::uint32_t>(1 + m));
      map.points.push_back(static_cast<float>(center[static_cast<std::size_t>(m)] + 1.6 * noise));
    }
    map.names.push_back(fmt::format("{} cell {}", cluster < 3 ? "Naive" : "Activated epithelial", cluster));
    map.numbers.push_back(std::exp(cluster / 2.0 + random.normal(i, 9)));
  }
  return map;
}

/// Mean red, green and blue of each block.
std::vector<double> blocks_of(cairo_surface_t* surface) {
  const int width = cairo_image_surface_get_width(surface);
  const int height = cairo_image_surface_get_height(surface);
  const int across = (width + block - 1) / block;
  std::vector<double> sums(static_cast<std::size_t>(across * ((height + block - 1) / block)) * 3, 0.0);
  cairo_surface_flush(surface);
  for (int y = 0; y < height; ++y) {
    const unsigned char* const row = cairo_image_surface_get_data(surface) +
                                     static_cast<std::ptrdiff_t>(y) * cairo_image_surface_get_stride(surface);
    for (int x = 0; x < width; ++x) {
      for (int c = 0; c < 3; ++c) {
        sums[static_cast<std::size_t>((y / block * across + x / block) * 3 + c)] += row[4 * x + c];
      }
    }
  }
  for (double& sum : sums) {
    sum /= block * block;
  }
  return sums;
}

void expect_as_stored(const Scene& scene, const std::string& name) {
  const std::string path = test::test_file("reference/pictures/" + name + ".png");
  if (std::getenv(renewal) != nullptr) {
    write_picture(path, scene);
  }
  const CairoSurface stored(cairo_image_surface_create_from_png(path.c_str()));
  ASSERT_EQ(cairo_surface_status(stored.get()), CAIRO_STATUS_SUCCESS) << path;
  ASSERT_EQ(cairo_image_surface_get_width(stored.get()), scene.width) << name;
  ASSERT_NEAR(cairo_image_surface_get_height(stored.get()), scene.height, 1.0) << name;
  const CairoSurface drawn = make_surface(CAIRO_FORMAT_RGB24, scene.width, scene.height);
  draw_scene(make_context(drawn.get()).get(), scene);
  const std::vector<double> a = blocks_of(stored.get());
  const std::vector<double> b = blocks_of(drawn.get());
  ASSERT_EQ(a.size(), b.size()) << name;
  double total = 0.0;
  double different = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    total += std::abs(a[i] - b[i]);
    different += std::abs(a[i] - b[i]) > off ? 1.0 : 0.0;
  }
  EXPECT_LT(total / static_cast<double>(a.size()), most_mean) << name << ": see " << renewal;
  EXPECT_LT(different / static_cast<double>(a.size()), most_off) << name << ": see " << renewal;
}

PictureOptions titled(const std::string& title) {
  PictureOptions options;
  options.size = 420;
  options.title = title;
  return options;
}

TEST(StoredPicture, NamesOnTheMap) {
  const Map map = spiral(8, 2, 4000);
  expect_as_stored(compose(map.points, 2, {"cell_type", {}, map.names}, titled("Names")), "names");
}

TEST(StoredPicture, NamesAroundTheMap) {
  const Map map = spiral(24, 2, 6000);
  PictureOptions options = titled("Names around");
  options.names = NamePlace::around;
  expect_as_stored(compose(map.points, 2, {"cell_type", {}, map.names}, options), "around");
}

TEST(StoredPicture, LegendBesideThreeDimensions) {
  const Map map = spiral(8, 3, 3000);
  expect_as_stored(compose(map.points, 3, {"cell_type", {}, map.names}, titled("Three dimensions")), "three");
}

TEST(StoredPicture, NumbersOnBlack) {
  const Map map = spiral(12, 2, 4000);
  PictureOptions options = titled("Numbers");
  options.background = Background::black;
  options.coloring.color_map = ColorMap::magma;
  expect_as_stored(compose(map.points, 2, {"expression", map.numbers, {}}, options), "numbers");
}

TEST(StoredPicture, OneDimension) {
  const Map map = spiral(6, 1, 2000);
  expect_as_stored(compose(map.points, 1, {"cell_type", {}, map.names}, titled("One dimension")), "one");
}

TEST(StoredPicture, History) {
  std::vector<double> iteration;
  std::vector<double> cost;
  std::vector<double> factor;
  for (int i = 0; i <= 15; ++i) {
    iteration.push_back(50.0 * i);
    cost.push_back(2.0 + 4.0 * std::exp(-i / 4.0));
    factor.push_back(i < 5 ? 12.0 : 1.0);
  }
  expect_as_stored(
      draw_curves(iteration, {{"KL divergence", cost, false}}, exaggerated(iteration, factor), titled("History")),
      "history");
}

}  // namespace
}  // namespace distsne
