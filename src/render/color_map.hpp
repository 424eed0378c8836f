/// Colors for numbers: from the lowest to the highest.
#pragma once

#include "distsne/base/words.hpp"
#include "render/color.hpp"

namespace distsne {

enum class ColorMap { viridis, magma, plasma, cividis, turbo, blues, coolwarm };

inline constexpr Word<ColorMap> color_map_words[] = {{"viridis", ColorMap::viridis},  {"magma", ColorMap::magma},
                                                     {"plasma", ColorMap::plasma},    {"cividis", ColorMap::cividis},
                                                     {"turbo", ColorMap::turbo},      {"blues", ColorMap::blues},
                                                     {"coolwarm", ColorMap::coolwarm}};

/// Whether both ends stand out, for numbers on either side of a middle.
[[nodiscard]] bool is_diverging(ColorMap map);

/// The color of a number, `share` from 0 (lowest) to 1 (highest). Viridis, magma, plasma (Smith and van der Walt 2015)
/// and cividis (Nunez, Anderton and Renslow 2018) have equal steps that look equal, in print and to the color-blind
/// too; turbo (Mikhailov 2019) has more hues; blues (Brewer) rises from nearly white; coolwarm (Moreland 2009)
/// diverges.
[[nodiscard]] Color scale_color(double share, ColorMap map = ColorMap::viridis);

}  // namespace distsne
