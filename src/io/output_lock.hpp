/// One run at a time for an output.
#pragma once

#include <string>

#include "distsne/mpi/communicator.hpp"

namespace distsne {

/// Keeps other runs from writing an output for as long as it lives: rank 0 holds a lock on the file OUTPUT.lock, which
/// says who holds it and is removed at the end. The system drops the lock of a process that dies, so that a run that
/// was killed is in nobody's way. Where the file system knows no locks, there is none.
class OutputLock {
 public:
  /// Collective. Throws Error everywhere (bad input) when another run holds the lock and goes on holding it for ten
  /// seconds, naming its host and process: ranks of a run that has just failed may still be ending.
  OutputLock(const Communicator& comm, const std::string& output);
  OutputLock(const OutputLock&) = delete;
  OutputLock& operator=(const OutputLock&) = delete;
  OutputLock(OutputLock&&) = delete;
  OutputLock& operator=(OutputLock&&) = delete;
  ~OutputLock();

 private:
  std::string path_;
  int descriptor_ = -1;
};

}  // namespace distsne
