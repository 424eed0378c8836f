/// Views of a map, and points and bars as pixels.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "render/histogram.hpp"
#include "render/pixels.hpp"
#include "render/splat.hpp"
#include "render/view.hpp"

namespace distsne {
namespace {

using test::cloud;
using test::distance;
using test::light_of;
using test::opacity;
using test::shows;

/// Pixels whose light is nearer to that of `color` than to that of `other`.
std::size_t pixels_nearer(const Raster& raster, const Color& color, const Color& other) {
  const auto nearer = [&](std::uint32_t pixel) {
    return opacity(pixel) > 100U &&
           distance(light_of(pixel), to_light(color)) < distance(light_of(pixel), to_light(other));
  };
  return static_cast<std::size_t>(std::count_if(raster.pixels.begin(), raster.pixels.end(), nearer));
}

TEST(View, ShowsAllOfAnOrdinaryMap) {
  const std::vector<float> points = cloud(1000, 2);
  const View view = fit_view(points, 2);
  EXPECT_EQ(view.outside, 0);
  float highest = 0.0F;
  for (std::size_t i = 0; i < points.size(); i += 2) {
    highest = std::max(highest, points[i]);
  }
  EXPECT_EQ(view.axes[0].high, static_cast<double>(highest));
}

TEST(View, FramesCanBeChosen) {
  std::vector<float> points = cloud(1000, 2);
  points[10] = 9.0F;
  EXPECT_EQ(fit_view(points, 2).outside, 1);
  EXPECT_LT(fit_view(points, 2).axes[0].high, 4.5);
  const View all = fit_view(points, 2, {Frame::Kind::all, {}});
  EXPECT_EQ(all.outside, 0);
  EXPECT_EQ(all.axes[0].high, 9.0);
  const View chosen = fit_view(points, 2, {Frame::Kind::chosen, {{-100.0, 5.0}, {-50.0, 50.0}}});
  EXPECT_EQ(chosen.outside, 1);
  EXPECT_EQ(chosen.axes[1].width(), 100.0);
  EXPECT_THROW(static_cast<void>(fit_view(points, 2, {Frame::Kind::chosen, {{0.0, 1.0}}})), Error);
}

TEST(View, SmallIslandsStayInView) {
  std::vector<float> points = cloud(1000, 2);
  for (std::size_t i = 0; i < 20; ++i) {
    points[2 * i] += 12.0F;
  }
  EXPECT_EQ(fit_view(points, 2).outside, 0);
}

TEST(View, LeavesExtremePointsOutsideAndCountsThem) {
  std::vector<float> points = cloud(1000, 2);
  points[10] = 1e5F;
  points[21] = -400.0F;
  const View view = fit_view(points, 2);
  EXPECT_EQ(view.outside, 2);
  for (const Range& axis : view.axes) {
    EXPECT_LT(std::abs(axis.low), 5.0);
    EXPECT_LT(std::abs(axis.high), 5.0);
  }
}

TEST(View, HandlesFewAndEqualPoints) {
  const std::vector<float> two{0.0F, 0.0F, 1e6F, 1.0F};
  EXPECT_EQ(fit_view(two, 2).outside, 0);
  const std::vector<float> equal(100, 2.0F);
  const View view = fit_view(equal, 2);
  EXPECT_EQ(view.outside, 0);
  EXPECT_EQ(view.axes[0].width(), 1.0);
  std::vector<float> mostly_equal(2000, 2.0F);
  mostly_equal[0] = 50.0F;
  EXPECT_EQ(fit_view(mostly_equal, 2).outside, 0);
  const std::vector<float> line{0.0F, 5.0F, 30.0F, 5.0F};
  EXPECT_EQ(fit_view(line, 2).axes[1].width(), 10.0);
}

TEST(View, SaysWhatIsWrongWithPoints) {
  const auto message = [](const std::vector<float>& points) -> std::string {
    try {
      static_cast<void>(fit_view(points, 2));
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ExitCode::bad_input);
      return error.what();
    }
    return "";
  };
  EXPECT_NE(message({}).find("no points"), std::string::npos);
  EXPECT_NE(message({0, 0, 1, std::numeric_limits<float>::quiet_NaN()}).find("row 1 (counted from 0; column 1 is NaN)"),
            std::string::npos);
  EXPECT_NE(message({-std::numeric_limits<float>::infinity(), 0}).find("infinite"), std::string::npos);
}

TEST(Points, LieWhereTheyBelongInTheirColor) {
  const std::vector<double> numbers{0.0, 1.0};
  const Coloring coloring = make_coloring({"y", numbers, {}}, 2);
  const std::vector<Place> places{{10.0, 20.0}, {40.0, 5.0}};
  const Raster raster = draw_points(
      2, [&](GlobalIndex i) { return places[static_cast<std::size_t>(i)]; }, coloring, 3.0, 50, 30);
  for (std::size_t i = 0; i < 2; ++i) {
    const std::uint32_t pixel =
        raster.pixels[raster.index(static_cast<int>(places[i].x), static_cast<int>(places[i].y))];
    EXPECT_TRUE(shows(pixel, coloring.colors[i]));
    EXPECT_GT(opacity(pixel), 200U);
  }
  float area = 0.0F;
  for (int y = 0; y < 30; ++y) {
    for (int x = 0; x < 50; ++x) {
      const bool near = std::hypot(x + 0.5 - 10, y + 0.5 - 20) < 4.5 || std::hypot(x + 0.5 - 40, y + 0.5 - 5) < 4.5;
      EXPECT_TRUE(near || raster.pixels[raster.index(x, y)] == 0U) << x << " " << y;
      area += static_cast<float>(opacity(raster.pixels[raster.index(x, y)]));
    }
  }
  const float full = static_cast<float>(opacity(raster.pixels[raster.index(10, 20)]));
  EXPECT_NEAR(area / full, 2.0 * 3.14159 * 9.0, 3.0);  // smooth edges keep the area
}

TEST(Points, DenserPlacesAreMoreOpaqueUpToTheDensest) {
  const Coloring plain = make_coloring({}, 0);
  // Column x holds 2^x points.
  const auto place = [](GlobalIndex i) {
    return Place{0.5 + std::floor(std::log2(static_cast<double>(i) + 1.0)), 0.5};
  };
  const Raster raster = draw_points((1 << 14) - 1, place, plain, 0.5, 14, 1);
  for (std::size_t x = 1; x < 13; ++x) {
    EXPECT_GT(opacity(raster.pixels[x]), opacity(raster.pixels[x - 1])) << x;
  }
  EXPECT_GE(opacity(raster.pixels[0]), 110U);  // one point is seen beside thousands
  EXPECT_GE(opacity(raster.pixels[12]), 240U);
}

TEST(Points, RareClassesAreSeenInACrowd) {
  // 20,000 points of one class and 20 of another in the same places, in any order of rows.
  for (const bool rare_first : {true, false}) {
    std::vector<double> numbers(20020, 0.0);
    for (std::size_t i = 0; i < 20; ++i) {
      numbers[rare_first ? i : numbers.size() - 1 - i] = 1.0;
    }
    const Coloring coloring = make_coloring({"y", numbers, {}}, 20020);
    const CounterRandom random(9);
    const auto place = [&random](GlobalIndex i) {
      return Place{64.0 * random.uniform(i, 0), 64.0 * random.uniform(i, 1)};
    };
    const Raster raster = draw_points(20020, place, coloring, 1.0, 64, 64);
    const std::size_t rare = pixels_nearer(raster, coloring.colors[1], coloring.colors[0]);
    EXPECT_GE(rare, 30U);
    EXPECT_LE(rare, 250U);
    EXPECT_GT(pixels_nearer(raster, coloring.colors[0], coloring.colors[1]), 3500U);
    const Raster larger = draw_points(20020, place, coloring, 1.0, 64, 64, 2.0);
    EXPECT_GT(pixels_nearer(larger, coloring.colors[1], coloring.colors[0]), 2 * rare);
  }
}

TEST(Points, SumsDoNotDependOnTheOrder) {
  const std::vector<double> numbers{0.0, 1.0, 2.0, 1.0};
  const Coloring coloring = make_coloring({"y", numbers, {}}, 4);
  PointsLayers forward(coloring, 8, 8, 1.7, 1.7);
  PointsLayers backward(coloring, 8, 8, 1.7, 1.7);
  const auto place = [](GlobalIndex i) { return Place{3.1 + 0.3 * static_cast<double>(i), 4.2}; };
  for (GlobalIndex i = 0; i < 4; ++i) {
    forward.add(i, place(i));
    backward.add(3 - i, place(3 - i));
  }
  EXPECT_EQ(forward.finish().pixels, backward.finish().pixels);
}

TEST(Points, EqualizedToneHasEquallyManyPixelsOfEachOpacity) {
  const Coloring plain = make_coloring({}, 0);
  const auto place = [](GlobalIndex i) {
    return Place{0.5 + std::floor(std::log2(static_cast<double>(i) + 1.0)), 0.5};
  };
  const Raster raster =
      draw_points((1 << 14) - 1, place, plain, 0.5, 14, 1, std::nullopt, Tone::equalized);  // 2^x points in column x
  for (std::size_t x = 1; x < 14; ++x) {
    EXPECT_NEAR(static_cast<double>(opacity(raster.pixels[x]) - opacity(raster.pixels[x - 1])), 0.8 * 255.0 / 14.0,
                1.1);
  }
}

TEST(Points, ScaleShowsTheMeanNumber) {
  const std::vector<double> numbers{0.25, 0.75, 0.0, 1.0};
  const Coloring coloring = make_coloring({"y", numbers, {}}, 4);
  const auto place = [](GlobalIndex i) { return Place{i < 2 ? 2.5 : 50.0, 2.5}; };
  const Raster raster = draw_points(4, place, coloring, 2.0, 5, 5);
  EXPECT_TRUE(shows(raster.pixels[raster.index(2, 2)], coloring.colors[128]));
}

TEST(Histogram, BarsStackCountsByColor) {
  const std::vector<double> numbers{0, 0, 0, 1, 1, 0};
  const Coloring coloring = make_coloring({"y", numbers, {}}, 6);
  const auto column = [](GlobalIndex i) { return i < 4 ? 10.0 : i == 4 ? 70.0 : 1000.0; };
  const Raster raster = draw_histogram(6, column, coloring, 100, 40);
  const auto at = [&raster](int x, int y) { return raster.pixels[raster.index(x, y)]; };
  EXPECT_EQ(at(10, 39), pixel_of(coloring.colors[0], 1.0F));  // three of class 0 below one of class 1
  EXPECT_EQ(at(10, 11), pixel_of(coloring.colors[0], 1.0F));
  EXPECT_EQ(at(10, 8), pixel_of(coloring.colors[1], 1.0F));
  EXPECT_EQ(at(10, 0), pixel_of(coloring.colors[1], 1.0F));
  EXPECT_EQ(at(70, 31), pixel_of(coloring.colors[1], 1.0F));  // a quarter of the height
  EXPECT_EQ(at(70, 28), 0U);
  EXPECT_EQ(at(40, 39), 0U);
}

}  // namespace
}  // namespace distsne
