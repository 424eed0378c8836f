/// The MPI handle inside a Communicator, for the library wrappers (HDF5) that take one.
#pragma once

#include <mpi.h>

#include "distsne/mpi/communicator.hpp"

namespace distsne {

struct Communicator::Native {
  MPI_Comm handle = MPI_COMM_NULL;
  bool owned = false;
  mutable std::size_t announcements = 0;  // made so far

  Native(MPI_Comm handle_in, bool owned_in);
  Native(const Native&) = delete;
  Native& operator=(const Native&) = delete;
  Native(Native&&) = delete;
  Native& operator=(Native&&) = delete;
  ~Native();
};

}  // namespace distsne
