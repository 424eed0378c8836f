/// What the program asks of the machine, answered by the simulation: its clock; no care for large pages; and a barrier.
#include <mpi.h>

#include <new>

#include "distsne/base/allocation.hpp"
#include "distsne/base/timer.hpp"

// The one of SimGrid 3.32 lets ranks pass before all have come. A reduction does not.
extern "C" int MPI_Ibarrier(MPI_Comm comm, MPI_Request* request) {
  static int given = 1;
  static int taken = 0;
  return MPI_Iallreduce(&given, &taken, 1, MPI_INT, MPI_MAX, comm, request);
}

namespace distsne {

double now_seconds() { return MPI_Wtime(); }

void* allocate_array(std::size_t bytes, std::size_t alignment) {
  return ::operator new (bytes, std::align_val_t{alignment});
}
void free_array(void* memory, std::size_t alignment) noexcept {
  ::operator delete (memory, std::align_val_t{alignment});
}
void prepare_allocation() {}
void return_free_memory() {}
void release_pages(std::span<std::byte> /*bytes*/) {}

}  // namespace distsne
