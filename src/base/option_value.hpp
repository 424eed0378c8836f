/// How the text of an option becomes a value, and back again.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "distsne/base/words.hpp"

namespace distsne {

/// The place that an option sets, known by text only.
struct OptionValue {
  std::string shown;                                    ///< what it takes, as --help says it: "NUMBER>0"
  std::vector<std::string> words;                       ///< all or some of what it takes, for completion
  std::function<std::string(const std::string&)> read;  ///< sets the place; what is wrong with the text, or nothing
  std::function<std::string()> write;                   ///< the value as a text that `read` takes for the same value
  bool repeats = false;                                 ///< may be given several times, each of which adds to the place
};

/// A type of values as text.
template <class T>
struct Form {
  std::string shown;
  std::string wanted;  ///< in a sentence: "a positive number"
  std::function<std::optional<T>(std::string_view)> read;
  std::function<std::string(const T&)> write;
};

/// The forms. Numbers are decimal: no 0x10, no octal 010, no "true". None of them takes an infinite number or NaN.
[[nodiscard]] Form<double> positive();
[[nodiscard]] Form<double> number_from(double low);
[[nodiscard]] Form<double> number_between(double low, double high);
/// From 0 to below 1.
[[nodiscard]] Form<double> share();
/// Both limits belong to it; `shown` where it is not "LOW..HIGH".
[[nodiscard]] Form<int> whole(int low, int high, const std::string& shown = "");
/// From 0 to 2^64 - 1.
[[nodiscard]] Form<std::uint64_t> whole_number();
/// Seconds of "90", "90s", "15min", "3h50m", "1d 2h".
[[nodiscard]] Form<double> duration();
/// Bytes of "16G", "500 MB", "0.5TiB" or plain bytes, in powers of 1024 as batch systems count.
[[nodiscard]] Form<double> memory_size();

/// Options that set `place`, which outlives them.
[[nodiscard]] OptionValue text(std::string& place, const std::string& shown, std::vector<std::string> words = {});
/// Texts that take the place of the default: of several options, and where `separator` is not 0 parts of one.
[[nodiscard]] OptionValue texts(std::vector<std::string>& place, const std::string& shown,
                                std::vector<std::string> words = {}, char separator = 0);
/// Set by its name alone; in a config file true or false.
[[nodiscard]] OptionValue flag(bool& place);

template <class T>
[[nodiscard]] OptionValue value(T& place, const Form<T>& form) {
  return {form.shown,
          {},
          [&place, form](const std::string& given) {
            const std::optional<T> read = form.read(given);
            place = read.value_or(place);
            return read ? "" : given + ": " + form.wanted + " is wanted";
          },
          [&place, form] { return form.write(place); }};
}

/// A value, or a word that leaves `place` empty.
template <class T>
[[nodiscard]] OptionValue value_or(const std::string& word, std::optional<T>& place, const Form<T>& form) {
  return {word + "|" + form.shown,
          {word},
          [&place, form, word](const std::string& given) {
            const std::optional<T> read = given == word ? std::nullopt : form.read(given);
            if (!read && given != word) {
              return given + ": " + form.wanted + " is wanted, or " + word;
            }
            place = read;
            return std::string();
          },
          [&place, form, word] { return place ? form.write(*place) : word; }};
}

/// A whole number, or a word that stands for 0.
[[nodiscard]] OptionValue whole_or(const std::string& word, int& place, const Form<int>& form);

/// One or more values, separated by commas.
template <class T>
[[nodiscard]] OptionValue list(std::vector<T>& place, const Form<T>& form) {
  return {form.shown + ",...",
          {},
          [&place, form](const std::string& given) {
            std::vector<T> all;
            for (std::size_t begin = 0, end = 0; end != std::string::npos; begin = end + 1) {
              end = given.find(',', begin);
              const std::string part = given.substr(begin, end - begin);
              const std::optional<T> read = form.read(part);
              if (!read) {
                return part + ": " + form.wanted + " is wanted";
              }
              all.push_back(*read);
            }
            place = all;
            return std::string();
          },
          [&place, form] {
            std::string all;
            for (const T& one : place) {
              all += all.empty() ? "" : ",";
              all += form.write(one);
            }
            return all;
          }};
}

/// The same, or a word that leaves `place` empty.
template <class T>
[[nodiscard]] OptionValue list_or(const std::string& word, std::vector<T>& place, const Form<T>& form) {
  OptionValue option = list(place, form);
  option.shown = word + "|" + option.shown;
  option.words = {word};
  option.read = [&place, word, read = option.read](const std::string& given) {
    if (given == word) {
      place.clear();
      return std::string();
    }
    std::string wrong = read(given);
    return wrong.empty() ? wrong : wrong + ", or " + word;
  };
  option.write = [&place, word, write = option.write] { return place.empty() ? word : write(); };
  return option;
}

/// Whole numbers, alone or from A to B, separated by commas, or a word that leaves `place` empty.
[[nodiscard]] OptionValue ranges_or(const std::string& word, std::vector<std::uint64_t>& place);

/// One of several words; of those in `without` none.
template <class Enum, std::size_t count>
[[nodiscard]] OptionValue one_of(Enum& place, const Word<Enum> (&words)[count],
                                 std::optional<Enum> without = std::nullopt) {
  OptionValue option;
  for (const Word<Enum>& one : words) {
    if (one.value != without) {
      option.words.emplace_back(one.word);
      option.shown += option.shown.empty() ? "{" : ",";
      option.shown += one.word;
    }
  }
  option.shown += "}";
  option.read = [&place, &words, without, shown = option.shown](const std::string& given) {
    for (const Word<Enum>& one : words) {
      if (given == one.word && one.value != without) {
        place = one.value;
        return std::string();
      }
    }
    return given + ": one of " + shown + " is wanted";
  };
  option.write = [&place, &words] { return std::string(word_of(place, words)); };
  return option;
}

/// One of several words, or one more that leaves `place` empty.
template <class Enum, std::size_t count>
[[nodiscard]] OptionValue one_of_or(const std::string& word, std::optional<Enum>& place,
                                    const Word<Enum> (&words)[count]) {
  OptionValue option{"{" + word, {word}, {}, {}};
  for (const Word<Enum>& one : words) {
    option.words.emplace_back(one.word);
    option.shown += ",";
    option.shown += one.word;
  }
  option.shown += "}";
  option.read = [&place, &words, word, shown = option.shown](const std::string& given) {
    for (const Word<Enum>& one : words) {
      if (given == one.word) {
        place = one.value;
        return std::string();
      }
    }
    if (given != word) {
      return given + ": one of " + shown + " is wanted";
    }
    place.reset();
    return std::string();
  };
  option.write = [&place, &words, word] { return place ? std::string(word_of(*place, words)) : word; };
  return option;
}

/// A flag that sets `place` to `meaning`.
template <class Enum>
[[nodiscard]] OptionValue flag(Enum& place, Enum meaning) {
  return {"",
          {},
          [&place, meaning](const std::string&) {
            place = meaning;
            return std::string();
          },
          [] { return std::string(); }};
}

}  // namespace distsne
