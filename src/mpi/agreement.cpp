/// Agreeing on errors: who failed first, and its message to everyone.
#include "mpi/agreement.hpp"

#include <new>

namespace distsne {

void require_everywhere(const Communicator& comm, bool fine, const std::string& message, ExitCode code) {
  const auto first = static_cast<Rank>(comm.min(std::int64_t{fine ? comm.size() : comm.rank()}));
  if (first == comm.size()) {
    return;
  }
  const std::string agreed = comm.broadcast_string(message, first);
  throw Error(agreed, comm.broadcast_value(code, first), Known::everywhere);
}

void attempt_everywhere(const Communicator& comm, const std::function<void()>& work) {
  bool fine = false;
  std::string message;
  ExitCode code = ExitCode::failure;
  try {
    work();
    fine = true;
  } catch (const Error& error) {
    message = error.what();
    code = error.code();
  } catch (const std::bad_alloc&) {
    message = "rank " + std::to_string(comm.rank()) + " ran out of memory: use more ranks or nodes, or fewer rows";
  } catch (const std::exception& error) {
    message = error.what();
  }
  require_everywhere(comm, fine, message, code);
}

void attempt_on_root(const Communicator& comm, const std::function<void()>& work) {
  attempt_everywhere(comm, [&] {
    if (comm.is_root()) {
      work();
    }
  });
}

}  // namespace distsne
