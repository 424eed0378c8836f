/// Which SIMD instruction set the loops of this process run on.
#pragma once

#include <cstdint>
#include <string>

namespace distsne {

/// Name of the best set that is compiled in, supported here and not excluded, for example "AVX3".
[[nodiscard]] std::string instruction_set();

/// Bits of all supported sets; a set that one rank lacks has to be excluded on the others, or bits would differ.
[[nodiscard]] std::int64_t supported_instruction_sets();
/// Uses only sets whose bit is set in `allowed`; -1: all sets again.
void restrict_instruction_sets(std::int64_t allowed);

}  // namespace distsne
