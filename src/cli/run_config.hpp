/// The options of a run that has been.
#pragma once

#include <string>

#include "pipeline/config.hpp"

namespace distsne {

/// Not collective. From the text of a result's attribute `config`. Its initial map is taken as random, as a file that
/// it began from need not be there any more. Throws Error (bad input) where the text cannot be read.
[[nodiscard]] Config config_of_run(const std::string& text);

}  // namespace distsne
