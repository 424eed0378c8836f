/// Finding out what a column holds.
#include "render/page_column.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <numeric>
#include <set>
#include <unordered_map>

#include "render/coloring.hpp"
#include "render/page_encoding.hpp"
#include "render/text.hpp"
#include "render/view.hpp"

namespace distsne {
namespace {

constexpr std::size_t few_classes = 500;
constexpr std::size_t most_classes = 65000;
constexpr std::size_t most_integer_classes = 50;
constexpr GlobalIndex piece = 1 << 18;  // rows that are read at a time
constexpr double largest_float = 3.3e38;
constexpr std::size_t quantile_count = 65;
constexpr std::size_t most_to_judge = 200000;  // numbers that the quantiles are taken from

bool is_missing(const std::string& text) { return text.empty() || text == "nan" || text == "NaN"; }

std::string hex(const Color& color) {
  const auto byte = [](float value) { return static_cast<int>(std::lround(value * 255.0F)); };
  return fmt::format("#{:02x}{:02x}{:02x}", byte(color.red), byte(color.green), byte(color.blue));
}

/// Calls take(first, count) for pieces of the rows.
template <class Take>
void in_pieces(GlobalIndex rows, const Take& take) {
  for (GlobalIndex first = 0; first < rows; first += piece) {
    take(first, static_cast<std::size_t>(std::min(piece, rows - first)));
  }
}

/// The different numbers when all that are not missing are integers and few.
std::set<double> few_integers(std::span<const double> numbers) {
  std::set<double> different;
  for (const double number : numbers) {
    if (std::isfinite(number)) {
      different.insert(number);
      if (number != std::nearbyint(number) || different.size() > most_integer_classes) {
        return {};
      }
    }
  }
  return different;
}

/// Evenly spaced quantiles of finite numbers, from every n-th of them where they are many.
std::vector<double> quantiles_of(std::span<const double> numbers) {
  std::vector<double> some;
  const std::size_t step = std::max<std::size_t>(1, numbers.size() / most_to_judge);
  for (std::size_t i = 0; i < numbers.size(); i += step) {
    some.push_back(numbers[i]);
  }
  std::sort(some.begin(), some.end());
  std::vector<double> quantiles;
  for (std::size_t q = 0; q < quantile_count; ++q) {
    quantiles.push_back(some[q * (some.size() - 1) / (quantile_count - 1)]);
  }
  return quantiles;
}

}  // namespace

ColumnOfPage::ColumnOfPage(const PageMap& map, const PageColumn& column, const SampledPlaces& sample) {
  facts_["name"] = clean_text(column.name);
  if (column.words) {
    read_words(map, column, sample);
  } else {
    read_numbers(map, column, sample);
  }
  facts_["bytes"] = bytes_;
}

void ColumnOfPage::read_words(const PageMap& map, const PageColumn& column, const SampledPlaces& sample) {
  std::unordered_map<std::string, std::uint32_t> seen;
  std::vector<std::string> different;
  in_pieces(map.rows, [&](GlobalIndex first, std::size_t count) {
    std::vector<std::string> words = map.read_words(column.name, first, count);
    if (!ends_.empty()) {
      keep_names(words);
      return;
    }
    for (std::string& word : words) {
      word = is_missing(word) ? std::string() : clean_text(word);
      const auto [place, fresh] = seen.try_emplace(word, static_cast<std::uint32_t>(different.size()));
      if (fresh) {
        different.push_back(word);
      }
      values_.push_back(place->second);
    }
    if (different.size() > most_classes) {
      for (const std::uint32_t value : std::exchange(values_, {})) {
        keep_names({different[value]});
      }
    }
  });
  if (ends_.empty() && different.size() > few_classes && different.size() * 4 > static_cast<std::size_t>(map.rows)) {
    for (const std::uint32_t value : std::exchange(values_, {})) {
      keep_names({different[value]});
    }
  }
  if (!ends_.empty()) {
    facts_["kind"] = "names";
    return;
  }
  std::vector<std::uint32_t> order(different.size());
  std::iota(order.begin(), order.end(), 0U);
  std::erase_if(order, [&](std::uint32_t i) { return different[i].empty(); });
  std::sort(order.begin(), order.end(),
            [&](std::uint32_t a, std::uint32_t b) { return natural_less(different[a], different[b]); });
  std::vector<std::string> sorted;
  std::vector<std::uint32_t> place_of(different.size(), static_cast<std::uint32_t>(order.size()));
  for (const std::uint32_t i : order) {
    place_of[i] = static_cast<std::uint32_t>(sorted.size());
    sorted.push_back(different[i]);
  }
  set_classes(sorted, place_of, column.colors, sample);
}

void ColumnOfPage::keep_names(const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    names_ += clean_text(name);
    ends_.push_back(names_.size());
  }
}

/// `values_` name the classes by another number, whose place among the sorted ones is given.
void ColumnOfPage::set_classes(const std::vector<std::string>& sorted, const std::vector<std::uint32_t>& place_of,
                               const std::map<std::string, Color>& given, const SampledPlaces& sample) {
  std::vector<GlobalIndex> counts(sorted.size() + 1, 0);
  for (std::uint32_t& value : values_) {
    value = place_of[value];
    ++counts[value];
  }
  bytes_ = sorted.size() < 256 ? 1 : 2;
  std::vector<std::string> texts;
  for (const Color& color : page_colors(sorted, values_, given, sample)) {
    texts.push_back(hex(color));
  }
  facts_["kind"] = "classes";
  facts_["classes"] = sorted;
  facts_["counts"] = counts;
  facts_["colors"] = texts;
}

void ColumnOfPage::read_numbers(const PageMap& map, const PageColumn& column, const SampledPlaces& sample) {
  std::vector<double> numbers(static_cast<std::size_t>(map.rows));
  in_pieces(map.rows, [&](GlobalIndex first, std::size_t count) {
    map.read_numbers(column.name, first, std::span(numbers).subspan(static_cast<std::size_t>(first), count));
  });
  std::vector<double> finite;
  std::copy_if(numbers.begin(), numbers.end(), std::back_inserter(finite), [](double x) { return std::isfinite(x); });
  const std::set<double> few = few_integers(numbers);
  if (!few.empty() || finite.empty()) {
    const std::vector<double> sorted(few.begin(), few.end());
    std::vector<std::string> texts;
    std::vector<std::uint32_t> place_of;
    for (const double value : sorted) {
      texts.push_back(fmt::format("{:.0f}", value + 0.0));
      place_of.push_back(static_cast<std::uint32_t>(place_of.size()));
    }
    place_of.push_back(static_cast<std::uint32_t>(place_of.size()));
    for (const double number : numbers) {
      const auto place = std::isfinite(number) ? std::lower_bound(sorted.begin(), sorted.end(), number) : sorted.end();
      values_.push_back(static_cast<std::uint32_t>(place - sorted.begin()));
    }
    set_classes(texts, place_of, column.colors, sample);
    return;
  }
  const auto [low, high] = std::minmax_element(finite.begin(), finite.end());
  const bool integers = finite.size() == numbers.size() && *high - *low < 4294967295.0 &&
                        std::max(std::abs(*low), std::abs(*high)) < 9007199254740992.0 &&
                        std::all_of(finite.begin(), finite.end(), [](double x) { return x == std::nearbyint(x); });
  facts_["kind"] = "numbers";
  facts_["low"] = *low;
  facts_["high"] = *high;
  facts_["missing"] = numbers.size() - finite.size();
  facts_["quantiles"] = quantiles_of(finite);
  if (integers) {
    set_integers(numbers, *low, *high);
  } else {
    set_floats(numbers);
  }
  const Range range = fit_range(std::move(finite));
  facts_["range"] = {range.low, range.high};
}

void ColumnOfPage::set_integers(std::span<const double> numbers, double low, double high) {
  bytes_ = high - low < 256.0 ? 1 : high - low < 65536.0 ? 2 : high - low < 16777216.0 ? 3 : 4;
  facts_["offset"] = low;
  for (const double number : numbers) {
    values_.push_back(static_cast<std::uint32_t>(number - low));
  }
}

void ColumnOfPage::set_floats(std::span<const double> numbers) {
  constexpr std::uint32_t not_a_number = 0x7FC000;
  bytes_ = 3;
  facts_["float"] = true;
  for (const double number : numbers) {
    const auto value = static_cast<float>(std::clamp(number, -largest_float, largest_float));
    const std::uint32_t bits = std::bit_cast<std::uint32_t>(value) + 0x80U;
    values_.push_back(std::isfinite(number) ? bits >> 8U : not_a_number);
  }
}

std::string ColumnOfPage::encode(std::span<const CompactIndex> rows) const {
  std::string out;
  if (!ends_.empty()) {
    for (const CompactIndex row : rows) {
      const std::uint64_t begin = row == 0 ? 0 : ends_[row - 1];
      out.append(names_, begin, ends_[row] - begin);
      out += '\0';
    }
    return out;
  }
  std::vector<std::uint32_t> chosen;
  chosen.reserve(rows.size());
  for (const CompactIndex row : rows) {
    chosen.push_back(values_[row]);
  }
  append_planes(out, chosen, bytes_);
  return out;
}

}  // namespace distsne
