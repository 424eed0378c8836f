/// Asking Highway for the instruction set that it dispatches to.
#include "base/instruction_set.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "base/instruction_set.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace distsne::HWY_NAMESPACE {
const char* Name() { return hwy::TargetName(HWY_TARGET); }
}  // namespace distsne::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include <algorithm>
#include <array>
#include <utility>

namespace distsne {
namespace {
HWY_EXPORT(Name);
}  // namespace

std::string instruction_set() {
  const std::string name = HWY_DYNAMIC_DISPATCH(Name)();
  // Highway's own names of what everyone else calls otherwise.
  constexpr std::array<std::pair<const char*, const char*>, 4> known{
      {{"AVX3", "AVX-512"}, {"AVX3_DL", "AVX-512 (Ice Lake)"}, {"AVX3_ZEN4", "AVX-512 (Zen 4)"}, {"SSE4", "SSE4.2"}}};
  const auto found = std::find_if(known.begin(), known.end(), [&](const auto& entry) { return name == entry.first; });
  return found == known.end() ? name : found->second;
}

std::int64_t supported_instruction_sets() { return static_cast<std::int64_t>(hwy::SupportedTargets()); }

void restrict_instruction_sets(std::int64_t allowed) {
  if (allowed == -1) {
    hwy::DisableTargets(0);
    return;
  }
  const std::int64_t excluded = supported_instruction_sets() & ~allowed;
  if (excluded != 0) {
    hwy::DisableTargets(excluded);
  }
}

}  // namespace distsne
#endif
