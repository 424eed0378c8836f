/// Changes in JSON, as the bytes of an input tell.
#pragma once

#include <limits>
#include <nlohmann/json.hpp>
#include <vector>

#include "fuzz/bytes.hpp"

namespace distsne::fuzz {

inline nlohmann::json odd_value(Bytes& bytes) {
  using Json = nlohmann::json;
  const std::vector<Json> values{nullptr,
                                 true,
                                 -1,
                                 0,
                                 1,
                                 2,
                                 3,
                                 1e300,
                                 -0.5,
                                 std::int64_t{1} << 62U,
                                 std::numeric_limits<std::int64_t>::min(),
                                 std::numeric_limits<std::uint64_t>::max(),
                                 std::int64_t{1} << 31U,
                                 "",
                                 "text",
                                 std::string("a\0b", 3),
                                 "\xff\xfe",
                                 Json::array(),
                                 Json::object(),
                                 Json::array({1, "two", nullptr})};
  return bytes.one_of(values);
}

/// Replaces, removes or doubles one value somewhere inside for each change that the bytes ask for; none by bytes of 0.
inline void make_odd(Bytes& bytes, nlohmann::json& document) {
  for (std::size_t changes = bytes.below(4); changes > 0; --changes) {
    nlohmann::json* place = &document;
    while (place->is_structured() && !place->empty()) {
      auto one = place->begin();
      std::advance(one, static_cast<std::ptrdiff_t>(bytes.below(place->size())));
      const std::size_t what = bytes.below(4);
      if (what == 3) {
        place->erase(one);
        break;
      }
      if (what == 2) {
        *one = odd_value(bytes);
        break;
      }
      place = &*one;
    }
    if (place->is_primitive()) {
      *place = odd_value(bytes);
    }
  }
}

}  // namespace distsne::fuzz
