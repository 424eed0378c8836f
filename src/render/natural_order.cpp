/// Comparing names as a reader would.
#include <string_view>

#include "render/coloring.hpp"

namespace distsne {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

unsigned char lower(char c) { return static_cast<unsigned char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c); }

}  // namespace

bool natural_less(const std::string& a, const std::string& b) {
  std::size_t i = 0;
  std::size_t j = 0;
  const auto digits_from = [](const std::string& text, std::size_t& begin) {
    while (begin + 1 < text.size() && text[begin] == '0' && is_digit(text[begin + 1])) {
      ++begin;
    }
    std::size_t end = begin;
    while (end < text.size() && is_digit(text[end])) {
      ++end;
    }
    return std::string_view(text).substr(begin, end - begin);
  };
  while (i < a.size() && j < b.size()) {
    if (is_digit(a[i]) && is_digit(b[j])) {
      const std::string_view x = digits_from(a, i);
      const std::string_view y = digits_from(b, j);
      if (x.size() != y.size() || x != y) {
        return x.size() != y.size() ? x.size() < y.size() : x < y;
      }
      i += x.size();
      j += y.size();
    } else if (lower(a[i]) != lower(b[j])) {
      return lower(a[i]) < lower(b[j]);
    } else {
      ++i;
      ++j;
    }
  }
  return a.size() - i != b.size() - j ? a.size() - i < b.size() - j : a < b;
}

}  // namespace distsne
