/// How ranks fail together: an error found by one rank becomes the same error on all of them.
#pragma once

#include <functional>
#include <string>

#include "distsne/base/error.hpp"
#include "distsne/mpi/communicator.hpp"

namespace distsne {

/// Collective. Returns when `fine` holds on every rank; otherwise throws on every rank an Error with the message of the
/// lowest rank where it does not.
void require_everywhere(const Communicator& comm, bool fine, const std::string& message,
                        ExitCode code = ExitCode::bad_input);

/// Collective. Runs `work` on every rank; `work` must not communicate. When it throws on some ranks, all ranks throw
/// the error (message and exit code) of the lowest of them.
void attempt_everywhere(const Communicator& comm, const std::function<void()>& work);

/// Collective. Like attempt_everywhere, but only rank 0 does the work.
void attempt_on_root(const Communicator& comm, const std::function<void()>& work);

}  // namespace distsne
