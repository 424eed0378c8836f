/// Requests to stop: one rank is asked, all stop.
#include "mpi/interruption.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace distsne {
namespace {

TEST(Interruption, NothingIsAskedAtFirstAndTheClockAsks) {
  const auto comm = Communicator::world();
  EXPECT_EQ(own_stop_request(), 0.0);
  EXPECT_NO_THROW(stop_if_asked(comm));
  if (comm.rank() == comm.size() - 1) {  // any rank's clock stops all
    limit_time(0.0);
  }
  try {
    stop_if_asked(comm);
    FAIL();
  } catch (const Stopped& stopped) {
    EXPECT_TRUE(stopped.everywhere());
    EXPECT_EQ(stopped.code(), ExitCode::stopped);
    EXPECT_NE(std::string(stopped.what()).find("the time limit"), std::string::npos);
  }
  limit_time(std::numeric_limits<double>::infinity());
  EXPECT_NO_THROW(stop_if_asked(comm));
}

}  // namespace
}  // namespace distsne
