/// Names along a curve around the map.
#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "render/names.hpp"

namespace distsne {
namespace {

constexpr double roundness = 3.5;  // exponent of the curve: 2 is an ellipse, more are nearer to the rectangle

/// |x/a|^e + |y/b|^e = 1 about the middle of the map.
class Curve {
 public:
  Curve(const Box& map, const Box& frame, double reach)
      : center_{map.left + map.width / 2.0, map.top + map.height / 2.0},
        across_(map.width / 2.0 + reach),
        up_(frame.height / 2.0) {}

  [[nodiscard]] const Place& center() const { return center_; }
  /// Half the width of the curve between two heights.
  [[nodiscard]] double widest(double top, double bottom) const {
    const double nearest = std::clamp(center_.y, top, bottom) - center_.y;
    const double share = std::min(1.0, std::abs(nearest) / up_);
    return across_ * std::pow(1.0 - std::pow(share, roundness), 1.0 / roundness);
  }

 private:
  Place center_;
  double across_;
  double up_;
};

/// One side of the map: the numbers of its names, from the top.
using Side = std::vector<std::size_t>;

/// The tops of boxes of the given heights, in order and without overlaps, about as near to their wishes as they can be
/// within [low, high]: neighbors that would overlap form a block about the mean of their wishes (pool adjacent
/// violators, Ayer and others 1955).
std::vector<double> stack(const std::vector<double>& wishes, const std::vector<double>& heights, double low,
                          double high) {
  struct Block {
    double top;
    double height;
    double wish;  // sum over its boxes of where each would have the block's top
    std::size_t boxes;
  };
  std::vector<Block> blocks;
  for (std::size_t i = 0; i < wishes.size(); ++i) {
    blocks.push_back({wishes[i], heights[i], wishes[i], 1});
    while (blocks.size() > 1 && blocks[blocks.size() - 2].top + blocks[blocks.size() - 2].height > blocks.back().top) {
      const Block last = blocks.back();
      blocks.pop_back();
      Block& before = blocks.back();
      before.wish += last.wish - static_cast<double>(last.boxes) * before.height;
      before.boxes += last.boxes;
      before.height += last.height;
      before.top = before.wish / static_cast<double>(before.boxes);
    }
  }
  double free = low;
  for (Block& block : blocks) {
    block.top = std::max(block.top, free);
    free = block.top + block.height;
  }
  free = high;
  for (auto block = blocks.rbegin(); block != blocks.rend(); ++block) {
    block->top = std::min(block->top, free - block->height);
    free = block->top;
  }
  std::vector<double> tops;
  std::size_t box = 0;
  for (const Block& block : blocks) {
    double top = block.top;
    for (std::size_t i = 0; i < block.boxes; ++i, ++box) {
      tops.push_back(top);
      top += heights[box];
    }
  }
  return tops;
}

class Placement {
 public:
  Placement(const std::vector<Name>& names, const Box& map, const Box& frame, double reach, double gap)
      : names_(names), frame_(frame), gap_(gap), curve_(map, frame, reach) {}

  std::vector<PlacedName> run() {
    // How many fit: their heights take both sides at most.
    double room = 2.0 * frame_.height;
    std::size_t count = 0;
    double tallest = 0.0;
    while (count < names_.size() && room >= names_[count].height + gap_) {
      room -= names_[count].height + gap_;
      tallest = std::max(tallest, names_[count].height);
      ++count;
    }
    for (; count > 0; --count) {
      assign(count);
      if (heights_fit()) {
        break;
      }
    }
    uncross();
    return without_conflicts();
  }

 private:
  [[nodiscard]] double height(std::size_t name) const { return names_[name].height + gap_; }

  /// An optimal assignment of names to slots of one height, of which there are about as many as names on either side.
  void assign(std::size_t count) {
    sides_ = {};
    double total = 0.0;
    for (std::size_t i = 0; i < count; ++i) {
      total += height(i);
    }
    const std::size_t slots = std::max<std::size_t>(
        (count + 1) / 2, static_cast<std::size_t>(static_cast<double>(count) * frame_.height / std::max(total, 1.0)));
    std::vector<Place> places;
    for (const double direction : {-1.0, 1.0}) {
      const double step = frame_.height / static_cast<double>(slots);
      for (std::size_t i = 0; i < slots; ++i) {
        const double top = frame_.top + static_cast<double>(i) * step;
        places.push_back({curve_.center().x + direction * curve_.widest(top, top + step), top + step / 2.0});
      }
    }
    std::vector<std::vector<double>> cost(count, std::vector<double>(places.size()));
    for (std::size_t i = 0; i < count; ++i) {
      for (std::size_t k = 0; k < places.size(); ++k) {
        cost[i][k] = std::hypot(names_[i].anchor.x - places[k].x, names_[i].anchor.y - places[k].y);
      }
    }
    const std::vector<std::size_t> slot = cheapest_assignment(cost);
    wish_.assign(names_.size(), 0.0);
    std::vector<std::size_t> order(count);
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return slot[a] < slot[b]; });
    for (const std::size_t i : order) {
      sides_[slot[i] < slots ? 0 : 1].push_back(i);
      wish_[i] = places[slot[i]].y - height(i) / 2.0;
    }
  }

  [[nodiscard]] bool heights_fit() const {
    return std::all_of(sides_.begin(), sides_.end(), [this](const Side& side) {
      const double total =
          std::accumulate(side.begin(), side.end(), 0.0, [this](double sum, std::size_t i) { return sum + height(i); });
      return total <= frame_.height + gap_;
    });
  }

  /// Boxes and leaders of a side from its order.
  [[nodiscard]] std::vector<PlacedName> pack(std::size_t which) const {
    const Side& side = sides_[which];
    std::vector<double> wishes;
    std::vector<double> heights;
    for (const std::size_t i : side) {
      wishes.push_back(wish_[i]);
      heights.push_back(height(i));
    }
    const std::vector<double> tops = stack(wishes, heights, frame_.top, frame_.bottom() + gap_);
    std::vector<PlacedName> placed;
    for (std::size_t k = 0; k < side.size(); ++k) {
      const Name& name = names_[side[k]];
      const double reach = curve_.widest(tops[k], tops[k] + name.height);
      Box box{curve_.center().x + reach, tops[k], name.width, name.height};
      if (which == 0) {
        box.left = curve_.center().x - reach - name.width;
      }
      box.left = std::clamp(box.left, frame_.left, std::max(frame_.left, frame_.right() - name.width));
      const Place end{which == 0 ? box.right() + 0.4 * gap_ : box.left - 0.4 * gap_, box.top + box.height / 2.0};
      placed.push_back({side[k], box, which == 1, Segment{end, name.anchor}});
    }
    return placed;
  }

  [[nodiscard]] std::vector<PlacedName> all() const {
    std::vector<PlacedName> placed = pack(0);
    const std::vector<PlacedName> right = pack(1);
    placed.insert(placed.end(), right.begin(), right.end());
    return placed;
  }

  /// Exchanges the places of names whose leaders cross: each exchange shortens them, so it ends; but packing by height
  /// moves places a little, so rounds are counted.
  void uncross() {
    const std::size_t most = 20 * names_.size() + 20;
    for (std::size_t round = 0; round < most; ++round) {
      const std::vector<PlacedName> placed = all();
      bool crossed = false;
      for (std::size_t i = 0; i < placed.size() && !crossed; ++i) {
        for (std::size_t j = 0; j < i && !crossed; ++j) {
          if (cross(*placed[i].leader, *placed[j].leader)) {
            crossed = true;
            exchange(placed[i].name, placed[j].name);
          }
        }
      }
      if (!crossed) {
        return;
      }
    }
  }

  void exchange(std::size_t a, std::size_t b) {
    for (Side& side : sides_) {
      for (std::size_t& name : side) {
        name = name == a ? b : name == b ? a : name;
      }
    }
    const double middle_a = wish_[a] + height(a) / 2.0;
    wish_[a] = wish_[b] + height(b) / 2.0 - height(a) / 2.0;
    wish_[b] = middle_a - height(b) / 2.0;
  }

  /// Leaves out names until nothing overlaps or crosses.
  [[nodiscard]] std::vector<PlacedName> without_conflicts() const {
    std::vector<PlacedName> placed = all();
    std::sort(placed.begin(), placed.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
    std::vector<PlacedName> kept;
    for (const PlacedName& name : placed) {
      const bool inside = name.box.left >= frame_.left - 1e-6 && name.box.right() <= frame_.right() + 1e-6 &&
                          name.box.top >= frame_.top - 1e-6 && name.box.bottom() <= frame_.bottom() + 1e-6;
      const bool free = std::none_of(kept.begin(), kept.end(), [&](const PlacedName& other) {
        return overlap(name.box, other.box) || cross(*name.leader, *other.leader) || cross(*name.leader, other.box) ||
               cross(*other.leader, name.box);
      });
      if (inside && free) {
        kept.push_back(name);
      }
    }
    return kept;
  }

  const std::vector<Name>& names_;
  Box frame_;
  double gap_;
  Curve curve_;
  std::array<Side, 2> sides_;
  std::vector<double> wish_;  // of each name, the top of its box
};

}  // namespace

std::vector<PlacedName> place_names_around_map(const std::vector<Name>& names, const Box& map, const Box& frame,
                                               double reach, double gap) {
  if (names.empty()) {
    return {};
  }
  return Placement(names, map, frame, reach, gap).run();
}

}  // namespace distsne
