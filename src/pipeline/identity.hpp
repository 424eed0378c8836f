/// What makes a run the same as another: a checkpoint of one serves the other.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "pipeline/stages.hpp"

namespace distsne {

/// Not collective. Size and time of a file, which change when it does; empty for an empty path.
[[nodiscard]] std::string mark_of(const std::string& path);

/// Options that bear on the result, the input's shape, size, time and, once it was read, checksum, and the checksum of
/// what is taken of an earlier map.
[[nodiscard]] nlohmann::json identity_of(const FileRun& run);

/// How `kept` differs from the run, for a message; empty when it does not. Two inputs of one checksum are the same
/// whatever their times; a note of what differs without making it another run goes to `note`. Where `changes` is given,
/// options of the course of the iterations may differ, and are noted there.
[[nodiscard]] std::string difference(const nlohmann::json& kept, const nlohmann::json& now,
                                     std::vector<std::string>* changes, std::string& note);

}  // namespace distsne
