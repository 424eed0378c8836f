/// Making and removing temporary folders.
#include "support/folder.hpp"

#include <cstdlib>
#include <filesystem>

#include "mpi/agreement.hpp"

namespace distsne::test {

TemporaryFolder::TemporaryFolder(const Communicator& comm) : comm_(comm) {
  std::string path = (std::filesystem::temp_directory_path() / "distsne-test-XXXXXX").string();
  attempt_on_root(comm, [&] {
    if (::mkdtemp(path.data()) == nullptr) {
      throw Error("no temporary folder can be made: " + path, ExitCode::failure);
    }
  });
  path_ = comm.broadcast_string(path);
}

TemporaryFolder::~TemporaryFolder() {
  comm_.barrier();
  if (comm_.is_root()) {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
}

}  // namespace distsne::test
