/// Parts of files, and what they unpack to.
#pragma once

#include "io/bytes.hpp"

namespace distsne {

/// `size` bytes from `offset` on.
[[nodiscard]] std::unique_ptr<Bytes> part_of(std::unique_ptr<Bytes> whole, std::uint64_t offset, std::uint64_t size);

/// The first `size` bytes of what a zlib stream unpacks to. `path` names the file in messages.
[[nodiscard]] std::unique_ptr<Bytes> inflated(std::unique_ptr<Bytes> packed, std::uint64_t size, std::string path);

}  // namespace distsne
