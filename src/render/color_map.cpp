/// Tables of color maps at 16 equal steps, and what lies between.
#include "render/color_map.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace distsne {
namespace {

constexpr std::size_t steps = 16;
constexpr std::size_t maps = 7;

constexpr std::array<std::array<std::uint32_t, steps>, maps> tables{{
    {0x440154, 0x481a6c, 0x472f7d, 0x414487, 0x39568c, 0x31688e, 0x2a788e, 0x23888e, 0x1f988b, 0x22a884, 0x35b779,
     0x54c568, 0x7ad151, 0xa5db36, 0xd2e21b, 0xfde725},  // viridis
    {0x000004, 0x0b0924, 0x20114b, 0x3b0f70, 0x57157e, 0x721f81, 0x8c2981, 0xa8327d, 0xc43c75, 0xde4968, 0xf1605d,
     0xfa7f5e, 0xfe9f6d, 0xfebf84, 0xfddea0, 0xfcfdbf},  // magma
    {0x0d0887, 0x330597, 0x5002a2, 0x6a00a8, 0x8405a7, 0x9c179e, 0xb12a90, 0xc33d80, 0xd35171, 0xe16462, 0xed7953,
     0xf68f44, 0xfca636, 0xfec029, 0xf9dc24, 0xf0f921},  // plasma
    {0x00224e, 0x002e6c, 0x1e3a6f, 0x35456c, 0x47516c, 0x575d6d, 0x666970, 0x757575, 0x848279, 0x948e77, 0xa59c74,
     0xb7a96e, 0xc8b866, 0xdbc75a, 0xeed649, 0xfee838},  // cividis
    {0x30123b, 0x4143a7, 0x4771e9, 0x3e9bfe, 0x22c5e2, 0x1ae4b6, 0x46f884, 0x88ff4e, 0xb9f635, 0xe1dd37, 0xfaba39,
     0xfd8d27, 0xf05b12, 0xd63506, 0xaf1801, 0x7a0403},  // turbo
    {0xf7fbff, 0xeaf2fb, 0xdceaf6, 0xd0e1f2, 0xc1d9ed, 0xabd0e6, 0x94c4df, 0x79b5d9, 0x60a7d2, 0x4a98c9, 0x3787c0,
     0x2575b7, 0x1764ab, 0x0a539e, 0x084285, 0x08306b},  // blues
    {0x3b4cc0, 0x4f69d9, 0x6485ec, 0x7b9ff9, 0x93b5fe, 0xaac7fd, 0xc0d4f5, 0xd4dbe6, 0xe5d8d1, 0xf2cbb7, 0xf7b89c,
     0xf5a081, 0xee8468, 0xe0654f, 0xcc403a, 0xb40426},  // coolwarm
}};

}  // namespace

bool is_diverging(ColorMap map) { return map == ColorMap::coolwarm; }

Color scale_color(double share, ColorMap map) {
  const std::array<std::uint32_t, steps>& table = tables[static_cast<std::size_t>(map)];
  const double place = std::clamp(share, 0.0, 1.0) * static_cast<double>(steps - 1);
  const auto below = std::min(static_cast<std::size_t>(place), steps - 2);
  const auto part = static_cast<float>(place - static_cast<double>(below));
  const Color a = from_hex(table[below]);
  const Color b = from_hex(table[below + 1]);
  return {a.red + part * (b.red - a.red), a.green + part * (b.green - a.green), a.blue + part * (b.blue - a.blue)};
}

}  // namespace distsne
