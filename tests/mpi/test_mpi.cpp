/// Partition, collectives with messages cut into pieces, the ring, agreement on errors.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/memory.hpp"
#include "distsne/mpi/communicator.hpp"
#include "distsne/mpi/partition.hpp"
#include "distsne/mpi/summary.hpp"
#include "mpi/agreement.hpp"
#include "mpi/global_sort.hpp"
#include "mpi/processors.hpp"
#include "mpi/row_exchange.hpp"
#include "support/data.hpp"

namespace distsne {
namespace {

TEST(RowPartition, SpreadBlocksLieEvenlyAmongTheRanks) {
  EXPECT_EQ(RowPartition::spread(2, 4).sizes(), (std::vector<GlobalIndex>{1, 0, 1, 0}));
  EXPECT_EQ(RowPartition::spread(5, 4).sizes(), (std::vector<GlobalIndex>{2, 1, 1, 1}));
  EXPECT_EQ(RowPartition::spread(0, 3).sizes(), (std::vector<GlobalIndex>{0, 0, 0}));
  for (const GlobalIndex rows : {1, 7, 40, 1000}) {
    for (const Rank ranks : {1, 3, 16, 41}) {
      const RowPartition spread = RowPartition::spread(rows, ranks);
      EXPECT_EQ(spread.rows(), rows);
      EXPECT_EQ(spread.owner(0), 0);
      for (const GlobalIndex size : spread.sizes()) {
        EXPECT_GE(size, rows / ranks);
        EXPECT_LE(size, (rows + ranks - 1) / ranks);
      }
    }
  }
}

TEST(RowPartition, CoversAllRowsOnce) {
  for (const GlobalIndex rows : {0, 1, 5, 100}) {
    for (const Rank ranks : {1, 3, 7}) {
      const RowPartition even(rows, ranks);
      EXPECT_EQ(even.rows(), rows);
      EXPECT_EQ(even.ranks(), ranks);
      GlobalIndex next = 0;
      for (Rank r = 0; r < ranks; ++r) {
        EXPECT_EQ(even.begin(r), next);
        EXPECT_LE(std::abs(even.size(r) - even.size(0)), 1);
        next = even.end(r);
      }
      EXPECT_EQ(next, rows);
    }
  }
  EXPECT_EQ(RowPartition(std::int64_t{10000000000}, 7).end(6), 10000000000);
  EXPECT_THROW(static_cast<void>(RowPartition(std::int64_t{10000000000}, 2).size(0)), Error);
}

// Every test below runs with whole messages and with messages cut into pieces of 48 bytes.
class Exchanges : public testing::TestWithParam<bool> {
 protected:
  Communicator world = Communicator::world();
  Communicator comm = GetParam() ? world.with_largest_message(48) : world;
};

TEST_P(Exchanges, Broadcast) {
  for (Rank root = 0; root < comm.size(); ++root) {
    std::vector<int> values(100, comm.rank());
    comm.broadcast(std::span<int>(values), root);
    EXPECT_EQ(values, std::vector<int>(100, root));
    EXPECT_EQ(comm.broadcast_string("from rank " + std::to_string(comm.rank()), root),
              "from rank " + std::to_string(root));
  }
  EXPECT_EQ(comm.broadcast_string(comm.is_root() ? "" : "not this"), "");
}

TEST_P(Exchanges, Reductions) {
  std::vector<std::int64_t> counts(50);
  std::iota(counts.begin(), counts.end(), comm.rank());
  comm.sum(counts);
  const std::int64_t ranks = comm.size();
  for (std::int64_t i = 0; i < 50; ++i) {
    EXPECT_EQ(counts[static_cast<std::size_t>(i)], ranks * i + ranks * (ranks - 1) / 2);
  }
  EXPECT_EQ(comm.max(std::int64_t{comm.rank()}), ranks - 1);
  EXPECT_EQ(comm.min(std::int64_t{comm.rank()}), 0);
  EXPECT_EQ(comm.max(static_cast<double>(comm.rank())), static_cast<double>(ranks - 1));
}

TEST_P(Exchanges, ExactSumsAreTheSameForAnyPartition) {
  const auto term = [](GlobalIndex i) { return std::sin(static_cast<double>(i)) * std::pow(10.0, i % 30 - 15); };
  std::array<ExactSum, 2> expected;
  for (GlobalIndex i = 0; i < 500; ++i) {
    expected[0].add(term(i));
    expected[1].add(-term(i) / 3.0);
  }
  for (const RowPartition& partition : test::partitions(500, comm.size())) {
    std::array<ExactSum, 2> local;
    for (GlobalIndex i = partition.begin(comm.rank()); i < partition.end(comm.rank()); ++i) {
      local[0].add(term(i));
      local[1].add(-term(i) / 3.0);
    }
    const std::vector<double> total = comm.sum(std::span<const ExactSum>(local));
    EXPECT_EQ(total[0], expected[0].value());
    EXPECT_EQ(total[1], expected[1].value());
  }
}

TEST_P(Exchanges, AllGatherOfUnevenAndEmptyBlocks) {
  for (const GlobalIndex rows : {0, 3, 41}) {
    for (const RowPartition& partition : test::partitions(rows, comm.size())) {
      std::vector<double> own(static_cast<std::size_t>(partition.size(comm.rank())));
      std::iota(own.begin(), own.end(), static_cast<double>(partition.begin(comm.rank())));
      std::vector<double> all(static_cast<std::size_t>(rows), -1.0);
      comm.all_gather(std::span<const double>(own), partition.sizes(), all.data());
      for (std::size_t i = 0; i < all.size(); ++i) {
        EXPECT_EQ(all[i], static_cast<double>(i));
      }
    }
  }
}

TEST_P(Exchanges, RingVisitsEveryBlockOnceOwnFirst) {
  for (const RowPartition& partition : test::partitions(29, comm.size())) {
    std::vector<std::int32_t> own(static_cast<std::size_t>(partition.size(comm.rank())));
    std::iota(own.begin(), own.end(), static_cast<std::int32_t>(partition.begin(comm.rank())));
    std::vector<std::size_t> bytes;
    for (Rank r = 0; r < comm.size(); ++r) {
      bytes.push_back(static_cast<std::size_t>(partition.size(r)) * sizeof(std::int32_t));
    }
    std::vector<int> visits(static_cast<std::size_t>(comm.size()), 0);
    bool first = true;
    comm.ring(std::as_bytes(std::span<const std::int32_t>(own)), bytes, [&](Rank owner, std::span<const std::byte> b) {
      EXPECT_TRUE(!first || owner == comm.rank());
      first = false;
      ++visits[static_cast<std::size_t>(owner)];
      ASSERT_EQ(b.size(), bytes[static_cast<std::size_t>(owner)]);
      const auto* values = reinterpret_cast<const std::int32_t*>(b.data());
      for (std::size_t i = 0; i < b.size() / sizeof(std::int32_t); ++i) {
        EXPECT_EQ(values[i], static_cast<std::int32_t>(partition.begin(owner)) + static_cast<std::int32_t>(i));
      }
    });
    EXPECT_EQ(visits, std::vector<int>(static_cast<std::size_t>(comm.size()), 1));
  }
}

TEST_P(Exchanges, PairwiseExchange) {
  const Rank partner = comm.size() - 1 - comm.rank();
  const std::vector<std::int64_t> send(30, comm.rank());
  std::vector<std::int64_t> receive(30, -1);
  comm.exchange(partner, std::span<const std::int64_t>(send), std::span<std::int64_t>(receive));
  EXPECT_EQ(receive, std::vector<std::int64_t>(30, partner));
}

TEST_P(Exchanges, AllToAllOfUnevenAndEmptyBlocks) {
  // Rank r sends (r + target) % 3 values to each target.
  std::vector<std::int64_t> counts;
  std::vector<std::int32_t> send;
  for (Rank target = 0; target < comm.size(); ++target) {
    counts.push_back((comm.rank() + target) % 3 * 20);
    send.insert(send.end(), static_cast<std::size_t>(counts.back()), 100 * comm.rank() + target);
  }
  std::vector<std::int64_t> received_counts;
  const auto received = comm.all_to_all(std::span<const std::int32_t>(send), counts, received_counts);
  std::vector<std::int32_t> expected;
  for (Rank source = 0; source < comm.size(); ++source) {
    EXPECT_EQ(received_counts[static_cast<std::size_t>(source)], (comm.rank() + source) % 3 * 20);
    expected.insert(expected.end(), static_cast<std::size_t>((comm.rank() + source) % 3 * 20),
                    100 * source + comm.rank());
  }
  EXPECT_EQ(received, expected);
}

TEST_P(Exchanges, BlocksGoToThoseThatTheyWereAnnouncedTo) {
  // Again and again, as a rank may announce its next blocks before another has noticed that all have come.
  for (Rank distance = 0; distance <= comm.size(); ++distance) {
    // To itself, to the rank so far above and, from even ranks, to rank 0: not more than one block each.
    std::vector<std::int64_t> counts(static_cast<std::size_t>(comm.size()), 0);
    const auto at = [&](Rank rank) -> std::int64_t& { return counts[static_cast<std::size_t>(rank % comm.size())]; };
    const auto count_of = [](Rank source, Rank target) { return 5 * source + target + 1; };
    at(comm.rank() + distance) = count_of(comm.rank(), (comm.rank() + distance) % comm.size());
    at(comm.rank()) = count_of(comm.rank(), comm.rank());
    if (comm.rank() % 2 == 0) {
      at(0) = count_of(comm.rank(), 0);
    }
    const std::vector<RankCount> to = nonzero_counts(counts);
    std::vector<std::int32_t> send;
    for (const RankCount& part : to) {
      send.insert(send.end(), static_cast<std::size_t>(part.count), 100 * comm.rank() + part.rank);
    }
    const std::vector<RankCount> from = comm.announce(to);
    std::vector<RankCount> expected_from;
    std::vector<std::int32_t> expected;
    for (Rank source = 0; source < comm.size(); ++source) {
      const bool meets = source == comm.rank() || (source + distance) % comm.size() == comm.rank() ||
                         (source % 2 == 0 && comm.rank() == 0);
      if (meets) {
        expected_from.push_back({source, count_of(source, comm.rank())});
        expected.insert(expected.end(), static_cast<std::size_t>(expected_from.back().count),
                        100 * source + comm.rank());
      }
    }
    EXPECT_EQ(from, expected_from);
    std::vector<std::int32_t> received(expected.size(), -1);
    comm.sparse_all_to_all(std::as_bytes(std::span(send)), to, std::as_writable_bytes(std::span(received)), from,
                           sizeof(std::int32_t));
    EXPECT_EQ(received, expected);
  }
}

TEST_P(Exchanges, NothingIsSentWhereThereIsNothing) {
  const Traffic before = traffic();
  const std::vector<RankCount> from = comm.announce({});
  EXPECT_TRUE(from.empty());
  comm.sparse_all_to_all({}, {}, {}, {}, 1);
  EXPECT_EQ((traffic() - before).bytes, 0U);
}

TEST_P(Exchanges, ExclusiveSum) {
  std::vector<std::int64_t> values(30);
  std::iota(values.begin(), values.end(), comm.rank());
  comm.exclusive_sum(values);
  const std::int64_t below = comm.rank();
  for (std::int64_t i = 0; i < 30; ++i) {
    EXPECT_EQ(values[static_cast<std::size_t>(i)], below * i + below * (below - 1) / 2);
  }
}

TEST_P(Exchanges, KeysAreSortedStably) {
  constexpr GlobalIndex rows = 230;
  for (const std::uint64_t modulus : {1ULL, 7ULL, 1000003ULL, 0xFFFFFFFFFFFFULL}) {
    const auto key_of = [modulus](GlobalIndex i) {
      return static_cast<std::uint64_t>(i) * 0x9E3779B97F4A7C15ULL % modulus;
    };
    std::vector<GlobalIndex> sorted(static_cast<std::size_t>(rows));
    std::iota(sorted.begin(), sorted.end(), GlobalIndex{0});
    std::stable_sort(sorted.begin(), sorted.end(), [&](auto a, auto b) { return key_of(a) < key_of(b); });
    for (const RowPartition& partition : test::partitions(rows, comm.size())) {
      std::vector<std::uint64_t> keys;
      for (GlobalIndex i = partition.begin(comm.rank()); i < partition.end(comm.rank()); ++i) {
        keys.push_back(key_of(i));
      }
      const std::vector<GlobalIndex> places = sorted_places(comm, keys);
      ASSERT_EQ(places.size(), keys.size());
      for (std::size_t i = 0; i < places.size(); ++i) {
        EXPECT_EQ(sorted[static_cast<std::size_t>(places[i])],
                  partition.begin(comm.rank()) + static_cast<GlobalIndex>(i));
      }
    }
  }
}

TEST_P(Exchanges, RowsAreFetchedAndDelivered) {
  constexpr GlobalIndex rows = 61;
  for (const RowPartition& owners : test::partitions(rows, comm.size())) {
    // Row i holds (i, 10 i, 100 i).
    const auto row_values = [](GlobalIndex i) {
      return std::array<std::int32_t, 3>{static_cast<std::int32_t>(i), static_cast<std::int32_t>(10 * i),
                                         static_cast<std::int32_t>(100 * i)};
    };
    std::vector<std::int32_t> own;
    for (GlobalIndex i = owners.begin(comm.rank()); i < owners.end(comm.rank()); ++i) {
      const auto values = row_values(i);
      own.insert(own.end(), values.begin(), values.end());
    }
    std::vector<GlobalIndex> wanted;
    for (GlobalIndex i = 0; i < 40; ++i) {
      wanted.push_back((7 * i + 13 * comm.rank()) % rows);
    }
    const RowExchange fetch = RowExchange::fetch(comm, owners, wanted);
    ASSERT_EQ(fetch.arriving(), wanted.size());
    std::vector<std::int32_t> out(3 * wanted.size());
    fetch.move(comm, std::span<const std::int32_t>(own), 3, std::span<std::int32_t>(out));
    for (std::size_t w = 0; w < wanted.size(); ++w) {
      for (std::size_t c = 0; c < 3; ++c) {
        EXPECT_EQ(out[3 * w + c], row_values(wanted[w])[c]);
      }
    }
    // Every row to the mirrored place of an even partition.
    const RowPartition even(rows, comm.size());
    std::vector<GlobalIndex> target;
    for (GlobalIndex i = owners.begin(comm.rank()); i < owners.end(comm.rank()); ++i) {
      target.push_back(rows - 1 - i);
    }
    const RowExchange deliver = RowExchange::deliver(comm, even, target);
    ASSERT_EQ(deliver.arriving(), static_cast<std::size_t>(even.size(comm.rank())));
    out.assign(3 * deliver.arriving(), -1);
    deliver.move(comm, std::span<const std::int32_t>(own), 3, std::span<std::int32_t>(out));
    for (std::size_t i = 0; i < deliver.arriving(); ++i) {
      EXPECT_EQ(out[3 * i + 1], 10 * (rows - 1 - even.begin(comm.rank()) - static_cast<GlobalIndex>(i)));
    }
    if (comm.size() == 1) {
      EXPECT_EQ(fetch.bytes_sent(12), 0U);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Messages, Exchanges, testing::Bool(),
                         [](const auto& parameter) { return parameter.param ? "Cut" : "Whole"; });

TEST(Agreement, ErrorOfOneRankIsThrownByAll) {
  const auto comm = Communicator::world();
  const Rank failing = comm.size() - 1;
  EXPECT_NO_THROW(require_everywhere(comm, true, "fine"));
  try {
    require_everywhere(comm, comm.rank() != failing, "rank " + std::to_string(comm.rank()) + " says no");
    FAIL() << "no error on rank " << comm.rank();
  } catch (const Error& error) {
    EXPECT_EQ(error.what(), "rank " + std::to_string(failing) + " says no");
    EXPECT_EQ(error.code(), ExitCode::bad_input);
    EXPECT_TRUE(error.everywhere());
  }
}

TEST(Agreement, AttemptsKeepTheExitCodeAndTheLowestRanksMessage) {
  const auto comm = Communicator::world();
  try {
    attempt_everywhere(comm, [&] {
      throw Error("rank " + std::to_string(comm.rank()), comm.is_root() ? ExitCode::io_failure : ExitCode::bad_input);
    });
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "rank 0");
    EXPECT_EQ(error.code(), ExitCode::io_failure);
  }
  int calls = 0;
  attempt_on_root(comm, [&] { ++calls; });
  EXPECT_EQ(calls, comm.is_root() ? 1 : 0);
}

TEST(Communicator, FirstRanksMakeACommunicatorOfTheirOwn) {
  const auto comm = Communicator::world();
  const Rank half = (comm.size() + 1) / 2;
  const Communicator part = comm.first(half);
  EXPECT_EQ(part.size(), comm.rank() < half ? half : comm.size() - half);
  EXPECT_EQ(part.sum(std::int64_t{1}), part.size());
  EXPECT_EQ(Communicator::self().size(), 1);
}

TEST(Processors, AtLeastOneThread) { EXPECT_GE(fitting_threads(Communicator::world()), 1); }

TEST(Summary, MinimumMeanMaximum) {
  const auto comm = Communicator::world();
  const RankSummary summary = summarize(comm, "x", static_cast<double>(comm.rank()));
  EXPECT_EQ(summary.min, 0.0);
  EXPECT_EQ(summary.mean, 0.5 * (comm.size() - 1));
  EXPECT_EQ(summary.max, comm.size() - 1.0);
  EXPECT_GT(peak_memory_bytes(), 1e6);
}

}  // namespace
}  // namespace distsne
