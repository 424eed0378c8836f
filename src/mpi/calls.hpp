/// What the MPI calls behind Communicator have in common: checks, and the cutting of long messages.
#pragma once

#include <mpi.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "distsne/base/error.hpp"
#include "distsne/base/types.hpp"

namespace distsne {

/// Of messages between two ranks that both know of.
inline constexpr int message_tag = 17;

inline void check(int code, const char* call) {
  if (code == MPI_SUCCESS) {
    return;
  }
  std::array<char, MPI_MAX_ERROR_STRING> text{};
  int length = 0;
  MPI_Error_string(code, text.data(), &length);
  throw Error(std::string(call) + " failed: " + std::string(text.data(), static_cast<std::size_t>(length)),
              ExitCode::failure);
}

/// Calls piece(offset, count) for consecutive pieces of at most `largest` bytes.
template <class Piece>
void in_pieces(std::size_t bytes, std::size_t largest, const Piece& piece) {
  for (std::size_t offset = 0; offset < bytes; offset += largest) {
    piece(offset, narrow<int>(std::min(largest, bytes - offset)));
  }
}

inline void wait_all(std::vector<MPI_Request>& requests) {
  check(MPI_Waitall(narrow<int>(requests.size()), requests.data(), MPI_STATUSES_IGNORE), "MPI_Waitall");
  requests.clear();
}

}  // namespace distsne
