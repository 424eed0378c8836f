/// The words of an enumeration, side by side with its values: one list for options, records and messages.
#pragma once

#include <span>

namespace distsne {

template <class Enum>
struct Word {
  const char* word;
  Enum value;
};

/// The word of a value that is in the list, which names all of its enumeration.
template <class Enum, std::size_t count>
[[nodiscard]] constexpr const char* word_of(Enum value, const Word<Enum> (&words)[count]) {
  for (const Word<Enum>& one : words) {
    if (one.value == value) {
      return one.word;
    }
  }
  return "";
}

}  // namespace distsne
