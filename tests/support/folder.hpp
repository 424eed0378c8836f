/// A folder that all ranks of a test share and that vanishes with it.
#pragma once

#include <string>

#include "distsne/mpi/communicator.hpp"

namespace distsne::test {

class TemporaryFolder {
 public:
  /// Collective.
  explicit TemporaryFolder(const Communicator& comm);
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  TemporaryFolder(TemporaryFolder&&) = delete;
  TemporaryFolder& operator=(TemporaryFolder&&) = delete;
  /// Collective. Waits until no rank uses the folder any more, then removes it.
  ~TemporaryFolder();

  [[nodiscard]] std::string file(const std::string& name) const { return path_ + "/" + name; }

 private:
  Communicator comm_;
  std::string path_;
};

}  // namespace distsne::test
