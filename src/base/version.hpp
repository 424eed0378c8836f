/// Which program this is.
#pragma once

namespace distsne {

/// Release number, as in the changelog.
[[nodiscard]] const char* version();
/// Commit that the program was built from, with "-dirty" when files were changed since; "unknown" outside a checkout.
[[nodiscard]] const char* commit();

}  // namespace distsne
