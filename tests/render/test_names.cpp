/// Places of names: nothing overlaps, no lines cross, all lies inside; and what these are made of.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/random.hpp"
#include "render/names.hpp"
#include "render/text.hpp"

namespace distsne {
namespace {

/// So many anchors in a square, with names of various sizes.
std::vector<Name> some_names(std::size_t count, double side, std::uint64_t seed) {
  const CounterRandom random(seed);
  std::vector<Name> names;
  for (std::size_t i = 0; i < count; ++i) {
    const auto row = static_cast<GlobalIndex>(i);
    names.push_back({{side * random.uniform(row, 0), side * random.uniform(row, 1)},
                     40.0 + 110.0 * random.uniform(row, 2),
                     14.0 * std::ceil(2.0 * random.uniform(row, 3))});
  }
  return names;
}

void expect_clean(const std::vector<PlacedName>& placed, const std::vector<Name>& names, const Box& frame) {
  for (std::size_t i = 0; i < placed.size(); ++i) {
    const Box& box = placed[i].box;
    EXPECT_EQ(box.width, names[placed[i].name].width);
    EXPECT_EQ(box.height, names[placed[i].name].height);
    EXPECT_GE(box.left, frame.left - 1e-6);
    EXPECT_GE(box.top, frame.top - 1e-6);
    EXPECT_LE(box.right(), frame.right() + 1e-6);
    EXPECT_LE(box.bottom(), frame.bottom() + 1e-6);
    if (placed[i].leader) {
      EXPECT_EQ(placed[i].leader->to.x, names[placed[i].name].anchor.x);
      EXPECT_EQ(placed[i].leader->to.y, names[placed[i].name].anchor.y);
    }
    for (std::size_t j = 0; j < placed.size(); ++j) {
      if (i == j) {
        continue;
      }
      EXPECT_FALSE(overlap(box, placed[j].box)) << i << " " << j;
      if (placed[i].leader) {
        EXPECT_FALSE(cross(*placed[i].leader, placed[j].box)) << i << " " << j;
        if (placed[j].leader) {
          EXPECT_FALSE(cross(*placed[i].leader, *placed[j].leader)) << i << " " << j;
        }
      }
    }
  }
}

TEST(Names, OnTheMapTheyAreMovedApart) {
  const Box frame{0.0, 0.0, 1000.0, 1000.0};
  int fitted = 0;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const std::vector<Name> names = some_names(20, 1000.0, seed);
    if (const auto placed = place_names_on_map(names, frame, 3.0, 60.0)) {
      ++fitted;
      ASSERT_EQ(placed->size(), names.size());
      expect_clean(*placed, names, frame);
    }
  }
  EXPECT_GE(fitted, 15);
  EXPECT_FALSE(place_names_on_map(some_names(400, 1000.0, 1), frame, 3.0, 60.0));
}

TEST(Names, AloneOneStandsAtItsAnchor) {
  const std::vector<Name> names{{{500.0, 300.0}, 100.0, 20.0}};
  const auto placed = place_names_on_map(names, {0.0, 0.0, 1000.0, 1000.0}, 3.0, 60.0);
  ASSERT_TRUE(placed);
  EXPECT_EQ(placed->front().box.left, 450.0);
  EXPECT_EQ(placed->front().box.top, 290.0);
  EXPECT_FALSE(placed->front().leader);
}

TEST(Names, SmallClassIsNotHiddenByItsName) {
  const std::vector<Name> names{{{500.0, 300.0}, 100.0, 20.0, 12.0}};
  const auto placed = place_names_on_map(names, {0.0, 0.0, 1000.0, 1000.0}, 3.0, 60.0);
  ASSERT_TRUE(placed);
  EXPECT_EQ(placed->front().box.left, 450.0);
  EXPECT_EQ(placed->front().box.top, 312.0);
  EXPECT_FALSE(placed->front().leader);
}

TEST(Names, SmallClassAtTheLowerEdgeHasItsNameAbove) {
  const std::vector<Name> names{{{500.0, 980.0}, 100.0, 20.0, 12.0}};
  const auto placed = place_names_on_map(names, {0.0, 0.0, 1000.0, 1000.0}, 3.0, 60.0);
  ASSERT_TRUE(placed);
  EXPECT_EQ(placed->front().box.bottom(), 968.0);
  EXPECT_FALSE(placed->front().leader);
}

TEST(Names, AroundTheMapAllFitAndNoLinesCross) {
  const Box map{0.0, 0.0, 1000.0, 1000.0};
  const Box frame{-190.0, -30.0, 1380.0, 1060.0};
  for (const std::size_t count : {1U, 2U, 10U, 50U, 60U}) {
    for (std::uint64_t seed = 0; seed < 6; ++seed) {
      const std::vector<Name> names = some_names(count, 1000.0, 100 * count + seed);
      const std::vector<PlacedName> placed = place_names_around_map(names, map, frame, 20.0, 5.0);
      expect_clean(placed, names, frame);
      EXPECT_GE(static_cast<double>(placed.size()), 0.93 * static_cast<double>(count)) << count << " " << seed;
      for (const PlacedName& name : placed) {
        EXPECT_TRUE(name.leader);
      }
    }
  }
}

TEST(Names, WhatDoesNotFitIsLeftOutFromTheEnd) {
  const Box map{0.0, 0.0, 500.0, 500.0};
  const Box frame{-190.0, -30.0, 880.0, 560.0};
  const std::vector<Name> names = some_names(300, 500.0, 4);
  const std::vector<PlacedName> placed = place_names_around_map(names, map, frame, 15.0, 4.0);
  expect_clean(placed, names, frame);
  EXPECT_GE(placed.size(), 25U);
  for (const PlacedName& name : placed) {
    EXPECT_LT(name.name, 70U);
  }
}

TEST(Names, LinesAndBoxesMeetWhereTheyShould) {
  EXPECT_TRUE(cross(Segment{{0, 0}, {2, 2}}, Segment{{0, 2}, {2, 0}}));
  EXPECT_FALSE(cross(Segment{{0, 0}, {1, 1}}, Segment{{0, 4}, {4, 0}}));
  EXPECT_TRUE(cross(Segment{{0, 0}, {1, 1}}, Segment{{1, 1}, {3, 0}}));
  EXPECT_TRUE(cross(Segment{{-1, 1}, {5, 1}}, Box{0, 0, 2, 2}));
  EXPECT_TRUE(cross(Segment{{1, 1}, {5, 9}}, Box{0, 0, 2, 2}));
  EXPECT_FALSE(cross(Segment{{-1, 3}, {5, 3}}, Box{0, 0, 2, 2}));
  EXPECT_FALSE(cross(Segment{{3, -1}, {3, 5}}, Box{0, 0, 2, 2}));
  EXPECT_TRUE(overlap({0, 0, 2, 2}, {1, 1, 2, 2}));
  EXPECT_FALSE(overlap({0, 0, 2, 2}, {2, 0, 2, 2}));
  EXPECT_TRUE(overlap({0, 0, 2, 2}, {2, 0, 2, 2}, 0.5));
}

TEST(Names, AssignmentIsTheCheapestOfAll) {
  const CounterRandom random(8);
  for (GlobalIndex trial = 0; trial < 30; ++trial) {
    std::vector<std::vector<double>> cost(5, std::vector<double>(6));
    for (std::size_t i = 0; i < 5; ++i) {
      for (std::size_t j = 0; j < 6; ++j) {
        cost[i][j] = std::floor(10.0 * random.uniform(trial, static_cast<std::uint32_t>(6 * i + j)));
      }
    }
    const std::vector<std::size_t> found = cheapest_assignment(cost);
    const auto total = [&cost](const std::vector<std::size_t>& columns) {
      double sum = 0.0;
      for (std::size_t i = 0; i < cost.size(); ++i) {
        sum += cost[i][columns[i]];
      }
      return sum;
    };
    std::vector<std::size_t> columns(6);
    std::iota(columns.begin(), columns.end(), std::size_t{0});
    double best = 1e9;
    do {
      best = std::min(best, total(columns));
    } while (std::next_permutation(columns.begin(), columns.end()));
    EXPECT_EQ(total(found), best);
    std::vector<std::size_t> used = found;
    std::sort(used.begin(), used.end());
    EXPECT_EQ(std::adjacent_find(used.begin(), used.end()), used.end());
  }
  EXPECT_TRUE(cheapest_assignment({}).empty());
}

TEST(Text, IsWrappedBetweenWords) {
  const std::string text = "Machine Learning Techniques for Very-Large Data";
  const double width = 0.4 * text_width(text, 12.0);
  const std::vector<std::string> lines = wrapped(text, 12.0, width, 4);
  EXPECT_EQ(lines.size(), 3U);
  std::string joined;
  for (const std::string& line : lines) {
    EXPECT_LE(text_width(line, 12.0), width + 4.0);
    joined += (joined.empty() ? "" : " ") + line;
  }
  EXPECT_EQ(joined, text);
  EXPECT_EQ(wrapped(text, 12.0, width, 1).front().substr(0, 16), "Machine Learning");
  EXPECT_EQ(wrapped("word", 12.0, 1.0, 3), (std::vector<std::string>{"\xE2\x80\xA6"}));
  EXPECT_EQ(wrapped("", 12.0, 100.0, 3), (std::vector<std::string>{""}));
}

TEST(Text, AnyScriptHasAWidth) {
  // Hebrew and Arabic, which the font has, and characters that need another one or none.
  for (const char* text : {"\xD7\xA9\xD7\x9C\xD7\x95\xD7\x9D", "\xD9\x85\xD8\xB1", "\xEB\xA9\xB4", "<b>&\""}) {
    EXPECT_GT(text_width(text, 20.0), 8.0) << text;
    EXPECT_LT(text_width(text, 20.0), 100.0) << text;
  }
}

}  // namespace
}  // namespace distsne
