/// Palettes, the kinds of labels, and their order.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "distsne/render/coloring.hpp"
#include "distsne/render/raster.hpp"

namespace distsne {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

using Matrix3 = std::array<std::array<double, 3>, 3>;

std::array<double, 3> product(const Matrix3& matrix, const std::array<double, 3>& vector) {
  std::array<double, 3> result{};
  for (std::size_t i = 0; i < 3; ++i) {
    for (std::size_t k = 0; k < 3; ++k) {
      result[i] += matrix[i][k] * vector[k];
    }
  }
  return result;
}

/// Perceived difference (Oklab) of two colors that a deficiency of sight changes first.
double difference(const Color& a, const Color& b, const Matrix3& sight) {
  const auto perceived = [&sight](const Color& color) {
    const Light light = to_light(color);
    std::array<double, 3> seen =
        product(sight, {static_cast<double>(light[0]), static_cast<double>(light[1]), static_cast<double>(light[2])});
    for (double& c : seen) {
      c = std::clamp(c, 0.0, 1.0);
    }
    std::array<double, 3> cones = product({{{0.4122214708, 0.5363325363, 0.0514459929},
                                            {0.2119034982, 0.6806995451, 0.1073969566},
                                            {0.0883024619, 0.2817188376, 0.6299787005}}},
                                          seen);
    for (double& c : cones) {
      c = std::cbrt(c);
    }
    return product({{{0.2104542553, 0.7936177850, -0.0040720468},
                     {1.9779984951, -2.4285922050, 0.4505937099},
                     {0.0259040371, 0.7827717662, -0.8086757660}}},
                   cones);
  };
  const auto p = perceived(a);
  const auto q = perceived(b);
  return std::hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2]);
}

double least_difference(const std::vector<Color>& colors, const Matrix3& sight) {
  double least = 1.0;
  for (std::size_t i = 0; i < colors.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      least = std::min(least, difference(colors[i], colors[j], sight));
    }
  }
  return least;
}

// Machado, Oliveira and Fernandes 2009, full severity.
constexpr Matrix3 normal_sight{{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};
constexpr Matrix3 red_blind{
    {{0.152286, 1.052583, -0.204868}, {0.114503, 0.786281, 0.099216}, {-0.003882, -0.048116, 1.051998}}};
constexpr Matrix3 green_blind{
    {{0.367322, 0.860646, -0.227968}, {0.280085, 0.672501, 0.047413}, {-0.011820, 0.042940, 0.968881}}};

TEST(Palette, ColorsDifferForEverySight) {
  const std::vector<Color> ten = class_colors(10);
  EXPECT_GT(least_difference(ten, normal_sight), 0.13);
  EXPECT_GT(least_difference(ten, red_blind), 0.09);
  EXPECT_GT(least_difference(ten, green_blind), 0.07);
  const std::vector<Color> thirty = class_colors(30);
  EXPECT_GT(least_difference(thirty, normal_sight), 0.065);
  EXPECT_GT(least_difference(thirty, red_blind), 0.05);
  EXPECT_GT(least_difference(thirty, green_blind), 0.05);
  for (const Color& color : thirty) {
    EXPECT_GT(difference(color, missing_color, normal_sight), 0.1);
  }
}

TEST(Palette, ManyClassesGetDifferentColors) {
  for (const std::size_t classes : {31U, 87U, 500U}) {
    std::set<std::uint32_t> seen;
    for (const Color& color : class_colors(classes)) {
      seen.insert(pixel_of(color, 1.0F));
    }
    EXPECT_EQ(seen.size(), classes);
  }
}

TEST(Palette, ScaleRisesInLightnessByEqualSteps) {
  const auto lightness = [](double share) { return difference(scale_color(share), Color{}, normal_sight); };
  for (int i = 1; i <= 20; ++i) {
    EXPECT_GT(lightness(i / 20.0), lightness((i - 1) / 20.0));
  }
  for (int i = 1; i <= 10; ++i) {
    EXPECT_NEAR(difference(scale_color(i / 10.0), scale_color((i - 1) / 10.0), normal_sight), 0.095, 0.03);
  }
}

TEST(Palette, LightAddsUp) {
  const Color color = from_hex(0x3080f0);
  EXPECT_EQ(pixel_of(from_light(to_light(color)), 1.0F), 0xff3080f0U);
  EXPECT_EQ(pixel_of(color, 0.5F), 0x80184078U);  // red, green and blue times the opacity
}

TEST(NaturalOrder, NumbersInTextsCountAsNumbers) {
  std::vector<std::string> names{"c10", "C2", "b", "c2", "c02", "", "2", "10", "c2x", "-1", "a 3 b 12", "a 3 b 2"};
  std::sort(names.begin(), names.end(), natural_less);
  EXPECT_EQ(names, (std::vector<std::string>{"", "-1", "2", "10", "a 3 b 2", "a 3 b 12", "b", "C2", "c02", "c2", "c2x",
                                             "c10"}));
}

TEST(Coloring, IntegersAreClassesInNumericOrder) {
  const std::vector<double> numbers{10.0, -1.0, 2.0, nan, 10.0};
  const Coloring coloring = make_coloring({"y", numbers, {}}, 5, false);
  EXPECT_EQ(coloring.kind, Coloring::Kind::classes);
  EXPECT_EQ(coloring.name, "y");
  EXPECT_EQ(coloring.classes, (std::vector<std::string>{"-1", "2", "10"}));
  EXPECT_EQ(coloring.shades, (std::vector<std::uint16_t>{2, 0, 1, 3, 2}));
  EXPECT_EQ(coloring.counts, (std::vector<GlobalIndex>{1, 1, 2, 1}));
  EXPECT_EQ(coloring.colors[coloring.missing()], missing_color);
}

TEST(Coloring, FractionsAndManyIntegersAreAScale) {
  std::vector<double> numbers(51);
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    numbers[i] = static_cast<double>(i);
  }
  const auto kind = [&numbers](std::size_t count) {
    return make_coloring({"y", std::span(numbers).first(count), {}}, static_cast<GlobalIndex>(count), false).kind;
  };
  EXPECT_EQ(kind(50), Coloring::Kind::classes);
  EXPECT_EQ(kind(51), Coloring::Kind::scale);
  numbers[3] = 3.5;
  EXPECT_EQ(kind(5), Coloring::Kind::scale);
}

TEST(Coloring, ScaleRunsFromLowestToHighest) {
  const std::vector<double> numbers{-1.5, 0.0, nan, 1.5, std::numeric_limits<double>::infinity()};
  const Coloring coloring = make_coloring({"y", numbers, {}}, 5, false);
  EXPECT_EQ(coloring.shades[0], 0);
  EXPECT_EQ(coloring.shades[1], 128);
  EXPECT_EQ(coloring.shades[3], 255);
  EXPECT_EQ(coloring.shades[2], coloring.missing());
  EXPECT_EQ(coloring.shades[4], coloring.missing());
  EXPECT_EQ(coloring.colors.front(), scale_color(0.0));
  EXPECT_EQ(coloring.colors[255], scale_color(1.0));
  EXPECT_FALSE(coloring.lower_values || coloring.higher_values);
}

TEST(Coloring, ExtremeNumbersDoNotUseUpTheScale) {
  std::vector<double> numbers(1000);
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    numbers[i] = static_cast<double>(i) / 1000.0;
  }
  numbers[7] = 1e6;
  const Coloring coloring = make_coloring({"y", numbers, {}}, 1000, false);
  EXPECT_EQ(coloring.range.high, 0.999);
  EXPECT_TRUE(coloring.higher_values);
  EXPECT_FALSE(coloring.lower_values);
  EXPECT_EQ(coloring.shades[7], 255);
}

TEST(Coloring, TextsAreClassesAndEmptyOnesMissing) {
  const std::vector<std::string> texts{"c10", "", "c2", "nan", "c10"};
  const Coloring coloring = make_coloring({"y", {}, texts}, 5, false);
  EXPECT_EQ(coloring.classes, (std::vector<std::string>{"c2", "c10"}));
  EXPECT_EQ(coloring.shades, (std::vector<std::uint16_t>{1, 2, 0, 2, 1}));
}

TEST(Coloring, IdentifiersAreNoColors) {
  std::vector<std::string> texts;
  for (int i = 0; i < 501; ++i) {
    texts.push_back(fmt::format("p{}", i));
  }
  const Coloring coloring = make_coloring({"ids", {}, texts}, 501, false);
  EXPECT_EQ(coloring.kind, Coloring::Kind::plain);
  EXPECT_EQ(coloring.name, "");
  EXPECT_NE(coloring.note.find("'ids' have 501 different values"), std::string::npos) << coloring.note;
  texts.pop_back();
  EXPECT_EQ(make_coloring({"ids", {}, texts}, 500, false).kind, Coloring::Kind::classes);
}

}  // namespace
}  // namespace distsne
