/// Making the rows of each rank from counters, or from a file.
#include "bench/support/data.hpp"

#include <sstream>
#include <stdexcept>
#include <vector>

#include "base/random.hpp"
#include "io/input.hpp"
#include "reduce/pca.hpp"

namespace distsne::bench {
namespace {

std::vector<std::string> split(const std::string& name) {
  std::vector<std::string> parts;
  std::stringstream stream(name);
  for (std::string part; std::getline(stream, part, ':');) {
    parts.push_back(part);
  }
  return parts;
}

DistributedMatrix<float> random_rows(const Communicator& comm, GlobalIndex rows, LocalIndex columns, bool mixture) {
  DistributedMatrix<float> x(RowPartition(rows, comm.size()), comm.rank(), columns);
  const CounterRandom random(11);
  for (LocalIndex i = 0; i < x.local_rows(); ++i) {
    const GlobalIndex row = x.first_row() + i;
    const auto cluster = static_cast<GlobalIndex>(random.bits(row, 1000000U) % 100U);
    for (LocalIndex k = 0; k < columns; ++k) {
      const auto column = static_cast<std::uint32_t>(k);
      const double value = mixture ? 3.0 * random.normal(-1 - cluster, column) + random.normal(row, column)
                                   : random.uniform(row, column);
      x.row(i)[static_cast<std::size_t>(k)] = static_cast<float>(value);
    }
  }
  return x;
}

DistributedMatrix<float> patches(const Communicator& comm, const std::string& file, GlobalIndex rows) {
  constexpr std::size_t image = 28;
  constexpr std::size_t patch = 7;
  const auto images = read_matrix<float>(Communicator::self(), describe_input(Communicator::self(), {file, "X"}));
  DistributedMatrix<float> x(RowPartition(rows, comm.size()), comm.rank(), patch * patch);
  const CounterRandom random(12);
  for (LocalIndex i = 0; i < x.local_rows(); ++i) {
    const GlobalIndex row = x.first_row() + i;
    const auto chosen = static_cast<LocalIndex>(random.bits(row, 0) % static_cast<std::uint64_t>(images.rows()));
    const std::size_t top = random.bits(row, 1) % (image - patch + 1);
    const std::size_t left = random.bits(row, 2) % (image - patch + 1);
    for (std::size_t a = 0; a < patch; ++a) {
      for (std::size_t b = 0; b < patch; ++b) {
        x.row(i)[a * patch + b] = images.row(chosen)[(top + a) * image + left + b];
      }
    }
  }
  return x;
}

}  // namespace

DistributedMatrix<float> make_data(const Communicator& comm, const std::string& name) {
  const std::vector<std::string> parts = split(name);
  if (parts.size() == 3 && (parts[0] == "mixture" || parts[0] == "noise")) {
    return random_rows(comm, std::stoll(parts[1]), std::stoi(parts[2]), parts[0] == "mixture");
  }
  if (parts.size() == 3 && parts[0] == "patches") {
    return patches(comm, parts[1], std::stoll(parts[2]));
  }
  const auto x = read_matrix<float>(comm, describe_input(comm, {name, ""}));
  if (x.columns <= 50) {
    return x;
  }
  return principal_scores<float>(comm, x, principal_components(comm, x, 50));
}

}  // namespace distsne::bench
