/// Moving names apart on the map, and the geometry of boxes and lines.
#include "render/names.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace distsne {
namespace {

constexpr int rounds = 400;
constexpr double pull = 0.04;  // of the way back to its anchor that a name goes in a round

/// Twice the area of a triangle, positive when it runs counterclockwise.
double turn(const Place& a, const Place& b, const Place& c) {
  return (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);
}

bool on_segment(const Segment& line, const Place& p) {
  return std::min(line.from.x, line.to.x) <= p.x && p.x <= std::max(line.from.x, line.to.x) &&
         std::min(line.from.y, line.to.y) <= p.y && p.y <= std::max(line.from.y, line.to.y);
}

Box box_at(const Name& name, const Place& center) {
  return {center.x - name.width / 2.0, center.y - name.height / 2.0, name.width, name.height};
}

/// Where the middle of a name is to be: one that would hide what it names stands below that, or above at the lower
/// edge.
Place home_of(const Name& name, const Box& frame) {
  if (name.clear == 0.0) {
    return name.anchor;
  }
  const bool room = name.anchor.y + name.clear + name.height <= frame.bottom();
  return {name.anchor.x, name.anchor.y + (room ? 1.0 : -1.0) * (name.clear + name.height / 2.0)};
}

/// Moves each pair that overlaps apart, by half the overlap each, the short way.
bool push_apart(const std::vector<Name>& names, std::vector<Place>& centers, double gap) {
  bool moved = false;
  for (std::size_t i = 0; i < names.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      const double dx = centers[i].x - centers[j].x;
      const double dy = centers[i].y - centers[j].y;
      const double across = (names[i].width + names[j].width) / 2.0 + gap - std::abs(dx);
      const double down = (names[i].height + names[j].height) / 2.0 + gap - std::abs(dy);
      if (across <= 0.0 || down <= 0.0) {
        continue;
      }
      moved = true;
      const double x = across < down ? std::copysign(across / 2.0 + 0.25, dx) : 0.0;
      const double y = across < down ? 0.0 : std::copysign(down / 2.0 + 0.25, dy);
      centers[i].x += x;
      centers[i].y += y;
      centers[j].x -= x;
      centers[j].y -= y;
    }
  }
  return moved;
}

/// From the nearest place of the box; empty when the anchor lies in it or beside it.
std::optional<Segment> leader_of(const Box& box, const Place& anchor, double near) {
  const Place start{std::clamp(anchor.x, box.left, box.right()), std::clamp(anchor.y, box.top, box.bottom())};
  if (std::hypot(start.x - anchor.x, start.y - anchor.y) <= near) {
    return std::nullopt;
  }
  return Segment{start, anchor};
}

/// No two boxes overlap, and no leader crosses another one or a box that is not its own.
bool is_clean(const std::vector<PlacedName>& names) {
  for (std::size_t i = 0; i < names.size(); ++i) {
    for (std::size_t j = 0; j < names.size(); ++j) {
      const bool bad =
          i != j && (overlap(names[i].box, names[j].box) ||
                     (names[i].leader && (cross(*names[i].leader, names[j].box) ||
                                          (names[j].leader && cross(*names[i].leader, *names[j].leader)))));
      if (bad) {
        return false;
      }
    }
  }
  return true;
}

}  // namespace

bool overlap(const Box& a, const Box& b, double gap) {
  return a.left < b.right() + gap && b.left < a.right() + gap && a.top < b.bottom() + gap && b.top < a.bottom() + gap;
}

bool cross(const Segment& a, const Segment& b) {
  const double a_from = turn(b.from, b.to, a.from);
  const double a_to = turn(b.from, b.to, a.to);
  const double b_from = turn(a.from, a.to, b.from);
  const double b_to = turn(a.from, a.to, b.to);
  if (((a_from > 0.0 && a_to < 0.0) || (a_from < 0.0 && a_to > 0.0)) &&
      ((b_from > 0.0 && b_to < 0.0) || (b_from < 0.0 && b_to > 0.0))) {
    return true;
  }
  return (a_from == 0.0 && on_segment(b, a.from)) || (a_to == 0.0 && on_segment(b, a.to)) ||
         (b_from == 0.0 && on_segment(a, b.from)) || (b_to == 0.0 && on_segment(a, b.to));
}

bool cross(const Segment& line, const Box& box) {
  // The part of the line between the four sides (Liang and Barsky 1984).
  double first = 0.0;
  double last = 1.0;
  const double dx = line.to.x - line.from.x;
  const double dy = line.to.y - line.from.y;
  const std::array<std::array<double, 2>, 4> sides{{{-dx, line.from.x - box.left},
                                                    {dx, box.right() - line.from.x},
                                                    {-dy, line.from.y - box.top},
                                                    {dy, box.bottom() - line.from.y}}};
  for (const auto& [direction, room] : sides) {
    if (direction == 0.0) {
      if (room <= 0.0) {
        return false;
      }
    } else if (direction < 0.0) {
      first = std::max(first, room / direction);
    } else {
      last = std::min(last, room / direction);
    }
  }
  return first < last;
}

std::optional<std::vector<PlacedName>> place_names_on_map(const std::vector<Name>& names, const Box& frame, double gap,
                                                          double farthest) {
  std::vector<Place> homes;
  for (const Name& name : names) {
    if (name.width > frame.width || name.height > frame.height) {
      return std::nullopt;
    }
    homes.push_back(home_of(name, frame));
  }
  std::vector<Place> centers = homes;
  const auto keep_inside = [&](std::size_t i) {
    Place& center = centers[i];
    center.x = std::clamp(center.x, frame.left + names[i].width / 2.0, frame.right() - names[i].width / 2.0);
    center.y = std::clamp(center.y, frame.top + names[i].height / 2.0, frame.bottom() - names[i].height / 2.0);
  };
  bool moved = true;
  for (int round = 0; moved && round < rounds; ++round) {
    // Names are pulled back for most of the time, and only pushed apart at the end.
    const bool pulls = round < rounds * 3 / 4;
    for (std::size_t i = 0; i < names.size(); ++i) {
      centers[i].x += pulls ? pull * (homes[i].x - centers[i].x) : 0.0;
      centers[i].y += pulls ? pull * (homes[i].y - centers[i].y) : 0.0;
      keep_inside(i);
    }
    moved = push_apart(names, centers, gap);
    for (std::size_t i = 0; i < names.size(); ++i) {
      keep_inside(i);
    }
  }
  std::vector<PlacedName> placed;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const Box box = box_at(names[i], centers[i]);
    const Place& anchor = names[i].anchor;
    const Place nearest{std::clamp(anchor.x, box.left, box.right()), std::clamp(anchor.y, box.top, box.bottom())};
    if (std::hypot(nearest.x - anchor.x, nearest.y - anchor.y) > farthest + names[i].clear) {
      return std::nullopt;
    }
    placed.push_back({i, box, false, leader_of(box, anchor, 2.0 * gap + 1.2 * names[i].clear)});
  }
  if (!is_clean(placed)) {
    return std::nullopt;
  }
  return placed;
}

}  // namespace distsne
