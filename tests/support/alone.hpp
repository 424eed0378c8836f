/// Tests of what a process computes by itself.
#pragma once

#include <gtest/gtest.h>

#include "distsne/mpi/communicator.hpp"

namespace distsne::test {

/// Fixture of tests in which ranks have nothing to do with each other: each would compute the same over again, so that
/// on several ranks they are left out.
class Alone : public testing::Test {
 protected:
  void SetUp() override {
    if (Communicator::world().size() > 1) {
      GTEST_SKIP() << "the same on every rank";
    }
  }
};

}  // namespace distsne::test
