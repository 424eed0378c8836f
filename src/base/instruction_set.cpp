/// Asking Highway for the instruction set that it dispatches to.
#include "distsne/base/instruction_set.hpp"

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
namespace distsne {
namespace {
HWY_EXPORT(Name);
}  // namespace

std::string instruction_set() { return HWY_DYNAMIC_DISPATCH(Name)(); }

std::int64_t supported_instruction_sets() { return static_cast<std::int64_t>(hwy::SupportedTargets()); }

void restrict_instruction_sets(std::int64_t allowed) {
  const std::int64_t excluded = supported_instruction_sets() & ~allowed;
  if (excluded != 0) {
    hwy::DisableTargets(excluded);
  }
}

}  // namespace distsne
#endif
