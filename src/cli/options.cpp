/// Checks of option values.
#include "cli/options.hpp"

#include "base/option_value.hpp"

namespace distsne {

const CLI::Validator natural(
    [](std::string& text) {
      const std::optional<std::uint64_t> value = distsne::whole_number().read(text);
      if (!value) {
        return text + ": " + distsne::whole_number().wanted + " is wanted";
      }
      text = std::to_string(*value);  // CLI11 would take 010 as 8
      return std::string();
    },
    "INTEGER>=0", "natural");

double number_of(const std::string& text) {
  double value = 0.0;
  static_cast<void>(CLI::detail::lexical_cast(text, value));  // as the checks do
  return value;
}

}  // namespace distsne
