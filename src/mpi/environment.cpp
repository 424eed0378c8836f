/// Starting, ending and aborting MPI.
#include "mpi/environment.hpp"

#include <mpi.h>

#include <cstdlib>

#include "distsne/base/allocation.hpp"
#include "distsne/base/error.hpp"

namespace distsne {

MpiEnvironment::MpiEnvironment(int& argc, char**& argv) {
  prepare_allocation();
  int provided = 0;
  if (MPI_Init_thread(&argc, &argv, MPI_THREAD_FUNNELED, &provided) != MPI_SUCCESS) {
    throw Error("MPI could not be initialized", ExitCode::failure);
  }
}

MpiEnvironment::~MpiEnvironment() { MPI_Finalize(); }

void MpiEnvironment::abort(int exit_code) {
  MPI_Abort(MPI_COMM_WORLD, exit_code);
  std::_Exit(exit_code);
}

}  // namespace distsne
