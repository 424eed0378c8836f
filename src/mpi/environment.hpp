/// The life of MPI in this process.
#pragma once

namespace distsne {

/// Initializes MPI (funneled threads) and finalizes it at the end of its life. One per process, made in main.
class MpiEnvironment {
 public:
  MpiEnvironment(int& argc, char**& argv);
  MpiEnvironment(const MpiEnvironment&) = delete;
  MpiEnvironment& operator=(const MpiEnvironment&) = delete;
  MpiEnvironment(MpiEnvironment&&) = delete;
  MpiEnvironment& operator=(MpiEnvironment&&) = delete;
  ~MpiEnvironment();

  /// Ends all ranks of the job at once; for errors that the other ranks don't know of.
  [[noreturn]] static void abort(int exit_code);
};

}  // namespace distsne
