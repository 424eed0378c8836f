/// Exchanges of more elements than an int can count, for real: what arrives is what was sent, and how fast. Two ranks
/// take about six times --elements bytes of memory in all.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>

#include "bench/support/report.hpp"
#include "distsne/base/timer.hpp"
#include "mpi/environment.hpp"
#include "mpi/row_exchange.hpp"

namespace {

using namespace distsne;

/// What rank `from` has at a place.
std::uint8_t value_at(Rank from, std::size_t place) {
  return static_cast<std::uint8_t>((place * 2654435761U >> 13U) + static_cast<std::size_t>(from));
}

std::vector<std::uint8_t> values_of(Rank from, std::size_t count) {
  std::vector<std::uint8_t> values(count);
  for (std::size_t i = 0; i < count; ++i) {
    values[i] = value_at(from, i);
  }
  return values;
}

class Exchanges {
 public:
  Exchanges(const Communicator& comm, bench::Report& report, std::size_t count)
      : comm_(comm), report_(report), count_(count), other_((comm.rank() + 1) % 2) {}

  /// Two parts, of this rank and of the other, each of `count` values.
  void all_gather() {
    const std::vector<std::uint8_t> own = values_of(comm_.rank(), count_);
    std::vector<std::uint8_t> all(2 * count_);
    const std::vector<GlobalIndex> counts(2, static_cast<GlobalIndex>(count_));
    time("all_gather", count_, [&] { comm_.all_gather(std::span<const std::uint8_t>(own), counts, all.data()); });
    expect(std::span<const std::uint8_t>(all).first(count_), 0);
    expect(std::span<const std::uint8_t>(all).subspan(count_), 1);
  }

  void exchange() {
    const std::vector<std::uint8_t> own = values_of(comm_.rank(), count_);
    std::vector<std::uint8_t> received(count_);
    time("exchange", count_,
         [&] { comm_.exchange(other_, std::span<const std::uint8_t>(own), std::span<std::uint8_t>(received)); });
    expect(received, other_);
  }

  void broadcast() {
    std::vector<std::uint8_t> values = comm_.is_root() ? values_of(0, count_) : std::vector<std::uint8_t>(count_);
    time("broadcast", count_, [&] { comm_.broadcast(std::span<std::uint8_t>(values)); });
    expect(values, 0);
  }

  void all_to_all() {
    const std::vector<std::uint8_t> own = values_of(comm_.rank(), count_);
    std::vector<std::int64_t> counts(2, 0);
    counts[static_cast<std::size_t>(other_)] = static_cast<std::int64_t>(count_);
    std::vector<std::int64_t> received_counts;
    std::vector<std::uint8_t> received;
    time("all_to_all", count_,
         [&] { received = comm_.all_to_all(std::span<const std::uint8_t>(own), counts, received_counts); });
    expect(received, other_);
  }

  void ring() {
    const std::vector<std::uint8_t> own = values_of(comm_.rank(), count_);
    const std::vector<std::size_t> sizes(2, count_);
    time("ring", count_, [&] {
      comm_.ring(std::as_bytes(std::span<const std::uint8_t>(own)), sizes,
                 [&](Rank owner, std::span<const std::byte> block) {
                   expect({reinterpret_cast<const std::uint8_t*>(block.data()), block.size()}, owner);
                 });
    });
  }

  /// More than INT_MAX bytes, of fewer integers.
  void sum() {
    std::vector<std::int64_t> values(count_ / sizeof(std::int64_t), comm_.rank() + 1);
    time("sum", count_, [&] { comm_.sum(std::span<std::int64_t>(values)); });
    right_ = right_ && std::all_of(values.begin(), values.end(), [](std::int64_t value) { return value == 3; });
  }

  /// Rows whose halves change places.
  void row_exchange() {
    constexpr std::size_t width = 256;
    const RowPartition partition(static_cast<GlobalIndex>(2 * (count_ / width)), 2);
    const auto rows = static_cast<std::size_t>(partition.size(comm_.rank()));
    std::vector<GlobalIndex> wanted(rows);
    for (std::size_t i = 0; i < rows; ++i) {
      wanted[i] = partition.begin(other_) + static_cast<GlobalIndex>(i);
    }
    const std::vector<std::uint8_t> own = values_of(comm_.rank(), rows * width);
    std::vector<std::uint8_t> received(rows * width);
    time("rows", rows * width, [&] {
      RowExchange::fetch(comm_, partition, wanted)
          .move(comm_, std::span<const std::uint8_t>(own), width, std::span<std::uint8_t>(received));
    });
    expect(received, other_);
  }

  /// Collective.
  [[nodiscard]] bool right() const { return comm_.min(std::int64_t{right_ ? 1 : 0}) == 1; }

 private:
  template <class Work>
  void time(const char* name, std::size_t bytes, const Work& work) {
    comm_.barrier();
    const double start = now_seconds();
    work();
    comm_.barrier();
    const double seconds = now_seconds() - start;
    report_.row({{"exchange", name},
                 {"bytes", bytes},
                 {"seconds", seconds},
                 {"GB/s", static_cast<double>(bytes) / seconds / 1e9}});
  }

  void expect(std::span<const std::uint8_t> values, Rank from) {
    for (std::size_t i = 0; i < values.size() && right_; ++i) {
      right_ = values[i] == value_at(from, i);
    }
    right_ = right_ && values.size() >= count_ / 256 * 256;
  }

  const Communicator& comm_;
  bench::Report& report_;
  std::size_t count_;
  Rank other_;
  bool right_ = true;
};

}  // namespace

int main(int argc, char** argv) {
  const MpiEnvironment environment(argc, argv);
  CLI::App app("Exchanges between 2 ranks of more elements than an int can count");
  std::size_t elements = (std::size_t{1} << 31U) + 1000;
  std::string json;
  app.add_option("--elements", elements, "Bytes that each rank sends")->capture_default_str();
  app.add_option("--json", json, "Write the figures to this file");
  CLI11_PARSE(app, argc, argv);
  const auto comm = Communicator::world();
  if (comm.size() != 2) {
    fmt::print(stderr, "bench_counts: start it on 2 ranks\n");
    return 2;
  }
  bench::Report report(comm, "counts");
  Exchanges exchanges(comm, report, elements);
  exchanges.exchange();
  exchanges.broadcast();
  exchanges.all_gather();
  exchanges.all_to_all();
  exchanges.ring();
  exchanges.sum();
  exchanges.row_exchange();
  const bool right = exchanges.right();
  report.note("right", right);
  report.write(json);
  if (!right && comm.is_root()) {
    fmt::print(stderr, "bench_counts: what arrived is not what was sent\n");
  }
  return right ? 0 : 1;
}
