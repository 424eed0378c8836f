/// Numbers, times and sizes as text.
#include "base/option_value.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <limits>
#include <utility>

namespace distsne {
namespace {

template <class T>
std::optional<T> all_of(std::string_view text) {
  T value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  return failure == std::errc() && end == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

/// An integer, which may be written as 1e6, too.
template <class T>
std::optional<T> whole_of(std::string_view text) {
  if (const std::optional<T> value = all_of<T>(text)) {
    return value;
  }
  const std::optional<double> number = all_of<double>(text);
  constexpr double most_exact = 9007199254740992.0;  // 2^53
  const double most = std::min(most_exact, static_cast<double>(std::numeric_limits<T>::max()));
  return number && *number >= 0.0 && *number <= most && *number == std::floor(*number)
             ? std::optional(static_cast<T>(*number))
             : std::nullopt;
}

/// The shortest text that is read as the same number.
std::string shortest(double value) { return fmt::format("{}", value); }

template <class Holds>
Form<double> number(std::string shown, std::string wanted, Holds holds) {
  return {std::move(shown), std::move(wanted),
          [holds](std::string_view text) {
            const std::optional<double> value = all_of<double>(text);
            return value && std::isfinite(*value) && holds(*value) ? value : std::nullopt;
          },
          shortest};
}

/// Takes a number from the front of `text`, and the blanks behind it; nothing when there is none, or a negative one.
std::optional<double> take_number(std::string_view& text) {
  double value = 0.0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc() || !(value >= 0.0) || !std::isfinite(value)) {
    return std::nullopt;
  }
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return value;
}

void skip_blanks(std::string_view& text) { text.remove_prefix(std::min(text.find_first_not_of(' '), text.size())); }

std::optional<double> seconds_in(std::string_view text) {
  constexpr std::pair<std::string_view, double> units[] = {{"min", 60.0}, {"sec", 1.0}, {"d", 86400.0},
                                                           {"h", 3600.0}, {"m", 60.0},  {"s", 1.0}};
  double total = 0.0;
  bool any = false;
  while (!text.empty()) {
    const std::optional<double> number = take_number(text);
    if (!number) {
      return std::nullopt;
    }
    double unit = 1.0;
    bool named = false;
    for (const auto& [name, seconds] : units) {
      if (!named && text.starts_with(name)) {
        text.remove_prefix(name.size());
        unit = seconds;
        named = true;
      }
    }
    if (!named && (any || !text.empty())) {
      return std::nullopt;
    }
    skip_blanks(text);
    total += *number * unit;
    any = true;
  }
  constexpr double longest = 1e14;
  return any && total <= longest ? std::optional(total) : std::nullopt;
}

std::string in_units_of_time(const double& seconds) {
  if (seconds != std::floor(seconds) || seconds == 0.0) {
    return shortest(seconds) + "s";
  }
  constexpr std::pair<std::int64_t, const char*> units[] = {{86400, "d"}, {3600, "h"}, {60, "min"}, {1, "s"}};
  std::string text;
  auto left = static_cast<std::int64_t>(seconds);
  for (const auto& [unit, name] : units) {
    text += left >= unit ? fmt::format("{}{}", left / unit, name) : "";
    left %= unit;
  }
  return text;
}

std::optional<double> bytes_in(std::string_view text) {
  const std::optional<double> number = take_number(text);
  if (!number || *number == 0.0) {
    return std::nullopt;
  }
  skip_blanks(text);
  double bytes = *number;
  constexpr std::string_view units = "KMGT";
  if (const std::size_t power = text.empty() ? units.npos : units.find(text.front()); power != units.npos) {
    bytes *= std::pow(1024.0, static_cast<double>(power + 1));
    text.remove_prefix(text.substr(1).starts_with("iB") ? 3 : text.substr(1).starts_with("B") ? 2 : 1);
  } else if (text == "B") {
    text = {};
  }
  return text.empty() && std::isfinite(bytes) ? std::optional(bytes) : std::nullopt;
}

std::string in_units_of_memory(const double& bytes) {
  double number = bytes;
  std::size_t power = 0;
  for (; power < 4 && number >= 1024.0 && std::fmod(number, 1024.0) == 0.0; ++power) {
    number /= 1024.0;
  }
  return shortest(number) + std::string("KMGT").substr(power - (power > 0 ? 1 : 0), power > 0 ? 1 : 0);
}

}  // namespace

Form<double> positive() {
  return number("NUMBER>0", "a positive number", [](double value) { return value > 0.0; });
}

Form<double> number_from(double low) {
  return number(fmt::format("NUMBER>={}", low), fmt::format("a number from {}", low),
                [low](double value) { return value >= low; });
}

Form<double> number_between(double low, double high) {
  return number(fmt::format("{}..{}", low, high), fmt::format("a number from {} to {}", low, high),
                [low, high](double value) { return value >= low && value <= high; });
}

Form<double> share() {
  return number("0<=NUMBER<1", "a number from 0 to below 1", [](double value) { return value >= 0.0 && value < 1.0; });
}

Form<int> whole(int low, int high, const std::string& shown) {
  return {shown.empty() ? fmt::format("{}..{}", low, high) : shown, fmt::format("a number from {} to {}", low, high),
          [low, high](std::string_view text) {
            const std::optional<int> value = whole_of<int>(text);
            return value && *value >= low && *value <= high ? value : std::nullopt;
          },
          [](const int& value) { return std::to_string(value); }};
}

Form<std::uint64_t> whole_number() {
  return {"INTEGER>=0", "an integer from 0 to 2^64 - 1", whole_of<std::uint64_t>,
          [](const std::uint64_t& value) { return std::to_string(value); }};
}

Form<double> duration() { return {"TIME", "a time like 90s, 15min or 3h50m", seconds_in, in_units_of_time}; }

Form<double> memory_size() { return {"SIZE", "a size like 500M or 16G", bytes_in, in_units_of_memory}; }

OptionValue whole_or(const std::string& word, int& place, const Form<int>& form) {
  OptionValue option = value(place, form);
  option.shown = word + "|" + form.shown;
  option.words = {word};
  option.read = [&place, word, read = option.read](const std::string& given) {
    if (given == word) {
      place = 0;
      return std::string();
    }
    const std::string wrong = read(given);
    return wrong.empty() ? wrong : wrong + ", or " + word;
  };
  option.write = [&place, word, write = option.write] { return place == 0 ? word : write(); };
  return option;
}

OptionValue text(std::string& place, const std::string& shown, std::vector<std::string> words) {
  return {shown, std::move(words),
          [&place](const std::string& given) {
            place = given;
            return std::string();
          },
          [&place] { return place; }};
}

OptionValue texts(std::vector<std::string>& place, const std::string& shown, std::vector<std::string> words,
                  char separator) {
  const auto read = [&place, separator, first = true](const std::string& given) mutable {
    if (first) {
      place.clear();
    }
    first = false;
    for (std::size_t begin = 0, end = 0; end != std::string::npos; begin = end + 1) {
      end = separator == 0 ? std::string::npos : given.find(separator, begin);
      place.push_back(given.substr(begin, end - begin));
    }
    return std::string();
  };
  const auto write = [&place, separator] {
    const char between[] = {separator, '\0'};
    return fmt::format("{}", fmt::join(place, separator == 0 ? " " : between));
  };
  return {shown, std::move(words), read, write, true};
}

OptionValue flag(bool& place) {
  return {"",
          {},
          [&place](const std::string& given) {
            place = given != "false";
            return given.empty() || given == "true" || given == "false" ? "" : given + ": true or false is wanted";
          },
          [&place] { return place ? "true" : "false"; }};
}

OptionValue ranges_or(const std::string& word, std::vector<std::uint64_t>& place) {
  OptionValue option = list_or(word, place, whole_number());
  option.shown = word + "|INTEGER|A..B,...";
  option.read = [read = option.read](const std::string& given) {
    constexpr std::uint64_t longest = 10000;
    std::string each;  // with every range written out
    for (std::size_t begin = 0, end = 0; end != std::string::npos; begin = end + 1) {
      end = given.find(',', begin);
      const std::string part = given.substr(begin, end - begin);
      const std::size_t dots = part.find("..");
      each += each.empty() ? "" : ",";
      if (dots == std::string::npos) {
        each += part;
        continue;
      }
      const auto first = whole_number().read(part.substr(0, dots));
      const auto last = whole_number().read(part.substr(dots + 2));
      if (!first || !last || *first > *last || *last - *first >= longest) {
        return fmt::format("{}: two whole numbers are wanted, the second not below the first nor above it by {}", part,
                           longest);
      }
      for (std::uint64_t number = *first; number < *last; ++number) {
        each += std::to_string(number);
        each += ",";
      }
      each += std::to_string(*last);
    }
    return read(each);
  };
  option.write = [&place, word] {
    std::string all;
    for (std::size_t i = 0; i < place.size(); ++i) {
      std::size_t last = i;
      while (last + 1 < place.size() && place[last] + 1 == place[last + 1] && place[last + 1] != 0) {
        ++last;
      }
      all += all.empty() ? "" : ",";
      all += std::to_string(place[i]);
      if (last > i + 1) {  // two numbers are no range
        all += "..";
        all += std::to_string(place[last]);
        i = last;
      }
    }
    return all.empty() ? word : all;
  };
  return option;
}

}  // namespace distsne
