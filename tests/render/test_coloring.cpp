/// Palettes, the kinds of labels, and their order.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "render/coloring.hpp"
#include "render/raster.hpp"

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

/// Of text on a ground, as WCAG 2 defines it.
double contrast(const Color& a, const Color& b) {
  const auto luminance = [](const Color& color) {
    const Light light = to_light(color);
    return 0.2126 * static_cast<double>(light[0]) + 0.7152 * static_cast<double>(light[1]) +
           0.0722 * static_cast<double>(light[2]);
  };
  const auto [low, high] = std::minmax({luminance(a), luminance(b)});
  return (high + 0.05) / (low + 0.05);
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
  const std::vector<Color> sixty = class_colors(60);
  EXPECT_GT(least_difference(sixty, normal_sight), 0.05);
  EXPECT_GT(least_difference(sixty, red_blind), 0.04);
  EXPECT_GT(least_difference(sixty, green_blind), 0.04);
  for (const Color& color : sixty) {
    EXPECT_GT(difference(color, missing_color, normal_sight), 0.06);
    EXPECT_GT(contrast(color, from_hex(0xffffff)), 1.4);
  }
}

TEST(Palette, ColorsOnBlackDifferAndCanBeSeen) {
  const std::vector<Color> sixty = class_colors(60, true);
  EXPECT_GT(least_difference(std::vector<Color>(sixty.begin(), sixty.begin() + 20), normal_sight), 0.085);
  EXPECT_GT(least_difference(sixty, normal_sight), 0.045);
  EXPECT_GT(least_difference(sixty, red_blind), 0.034);
  EXPECT_GT(least_difference(sixty, green_blind), 0.034);
  for (const Color& color : sixty) {
    EXPECT_GT(contrast(color, from_hex(0x000000)), 4.0);
  }
}

TEST(Palette, TextsAreReadInTheColorOfTheirClass) {
  for (const Color& color : class_colors(500)) {
    EXPECT_GT(contrast(within_lightness(color, 0.0, 0.5), from_hex(0xffffff)), 4.5);
    EXPECT_GT(contrast(within_lightness(color, 0.74, 1.0), from_hex(0x000000)), 7.0);
  }
}

TEST(Palette, ColorsAreRead) {
  EXPECT_EQ(parse_color("#0072b2"), class_colors(1)[0]);
  EXPECT_EQ(parse_color("#0072B2ff"), class_colors(1)[0]);
  EXPECT_EQ(parse_color("#f0a"), from_hex(0xff00aa));
  for (const char* text : {"", "#", "0072b2", "#0072b", "#0072bg", "red", "#-072b2"}) {
    EXPECT_FALSE(parse_color(text)) << text;
  }
}

TEST(Palette, ManyClassesGetDifferentColors) {
  for (const std::size_t classes : {61U, 87U, 500U}) {
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
  const Coloring coloring = make_coloring({"y", numbers, {}}, 5);
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
    return make_coloring({"y", std::span(numbers).first(count), {}}, static_cast<GlobalIndex>(count)).kind;
  };
  EXPECT_EQ(kind(50), Coloring::Kind::classes);
  EXPECT_EQ(kind(51), Coloring::Kind::scale);
  EXPECT_EQ(make_coloring({"Leiden_r2", numbers, {}}, 51).kind, Coloring::Kind::classes);
  numbers[3] = 3.5;
  EXPECT_EQ(kind(5), Coloring::Kind::scale);
}

TEST(Coloring, GivenColorsAreHonoredAndOthersGreyed) {
  const std::vector<std::string> texts{"a", "b", "c", "b"};
  ColoringOptions options;
  options.given["b"] = from_hex(0x123456);
  Coloring coloring = make_coloring({"y", {}, texts}, 4, options);
  EXPECT_EQ(coloring.colors[1], from_hex(0x123456));
  EXPECT_EQ(coloring.colors[0], class_colors(3)[0]);
  options.highlight = {"b"};
  coloring = make_coloring({"y", {}, texts}, 4, options);
  EXPECT_EQ(coloring.colors[0], missing_color);
  EXPECT_EQ(coloring.colors[1], from_hex(0x123456));
  EXPECT_EQ(coloring.on_top, (std::vector<bool>{false, true, false, false}));
  options.highlight = {"d"};
  EXPECT_THROW(static_cast<void>(make_coloring({"y", {}, texts}, 4, options)), Error);
}

TEST(Coloring, RareClassesAndHighNumbersLieOnTop) {
  std::vector<double> numbers(2000);
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    numbers[i] = i < 3 ? 7.0 : static_cast<double>(i % 2);
  }
  const Coloring classes = make_coloring({"y", numbers, {}}, 2000);
  EXPECT_EQ(classes.on_top, (std::vector<bool>{false, false, true, false}));
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    numbers[i] = static_cast<double>(i) / 2000.0;
  }
  const Coloring scale = make_coloring({"y", numbers, {}}, 2000);
  EXPECT_TRUE(scale.on_top[255]);
  EXPECT_FALSE(scale.on_top[250]);
  EXPECT_FALSE(scale.on_top[0]);
  ColoringOptions low;
  low.order = Order::low;
  const Coloring lowest = make_coloring({"y", numbers, {}}, 2000, low);
  EXPECT_TRUE(lowest.on_top[0]);
  EXPECT_FALSE(lowest.on_top[255]);
  low.order = Order::mixed;
  const Coloring mixed = make_coloring({"y", numbers, {}}, 2000, low);
  EXPECT_EQ(std::count(mixed.on_top.begin(), mixed.on_top.end(), true), 0);
}

TEST(NumberScale, SkewedNumbersGetALogarithmOrRanks) {
  std::vector<double> skewed;
  for (int i = 0; i < 1000; ++i) {
    skewed.push_back(std::exp(i / 100.0));
  }
  const NumberScale logarithmic = NumberScale::fit(skewed, ScaleKind::automatic, std::nullopt);
  EXPECT_EQ(logarithmic.kind(), ScaleKind::logarithmic);
  EXPECT_NEAR(logarithmic.share(std::exp(5.0)), 0.5, 0.01);
  EXPECT_EQ(logarithmic.share(-1.0), 0.0);
  std::vector<std::string> texts;
  for (const NumberScale::Tick& tick : logarithmic.ticks(0.05, false, false)) {
    texts.push_back(tick.text);
  }
  EXPECT_EQ(texts, (std::vector<std::string>{"1", "10", "100", "1000", "10000"}));

  for (std::size_t i = 0; i < 600; ++i) {
    skewed[i] = 0.0;
  }
  const NumberScale ranks = NumberScale::fit(skewed, ScaleKind::automatic, std::nullopt);
  EXPECT_EQ(ranks.kind(), ScaleKind::percentile);
  EXPECT_EQ(ranks.share(0.0), 0.0);
  EXPECT_NEAR(ranks.share(std::exp(8.0)), 0.8, 0.01);
  EXPECT_EQ(ranks.share(1e9), 1.0);

  const NumberScale linear = NumberScale::fit(skewed, ScaleKind::linear, Range{0.0, 10.0});
  EXPECT_EQ(linear.share(5.0), 0.5);
  EXPECT_EQ(linear.share(50.0), 1.0);
  EXPECT_EQ(NumberScale::fit({2.0, 2.0}, ScaleKind::automatic, std::nullopt).share(2.0), 0.5);
  EXPECT_EQ(NumberScale::fit({-2.0, -1.0}, ScaleKind::logarithmic, std::nullopt).kind(), ScaleKind::linear);
}

TEST(Coloring, ScaleRunsFromLowestToHighest) {
  const std::vector<double> numbers{-1.5, 0.0, nan, 1.5, std::numeric_limits<double>::infinity()};
  const Coloring coloring = make_coloring({"y", numbers, {}}, 5);
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
  const Coloring coloring = make_coloring({"y", numbers, {}}, 1000);
  EXPECT_EQ(coloring.scale.range().high, 0.999);
  EXPECT_TRUE(coloring.higher_values);
  EXPECT_FALSE(coloring.lower_values);
  EXPECT_EQ(coloring.shades[7], 255);
}

TEST(Coloring, TextsAreClassesAndEmptyOnesMissing) {
  const std::vector<std::string> texts{"c10", "", "c2", "nan", "c10"};
  const Coloring coloring = make_coloring({"y", {}, texts}, 5);
  EXPECT_EQ(coloring.classes, (std::vector<std::string>{"c2", "c10"}));
  EXPECT_EQ(coloring.shades, (std::vector<std::uint16_t>{1, 2, 0, 2, 1}));
}

TEST(Coloring, IdentifiersAreNoColors) {
  std::vector<std::string> texts;
  for (int i = 0; i < 501; ++i) {
    texts.push_back(fmt::format("p{}", i));
  }
  const Coloring coloring = make_coloring({"ids", {}, texts}, 501);
  EXPECT_EQ(coloring.kind, Coloring::Kind::plain);
  EXPECT_EQ(coloring.name, "");
  EXPECT_NE(coloring.note.find("'ids' have 501 different values"), std::string::npos) << coloring.note;
  texts.pop_back();
  EXPECT_EQ(make_coloring({"ids", {}, texts}, 500).kind, Coloring::Kind::classes);
}

}  // namespace
}  // namespace distsne
