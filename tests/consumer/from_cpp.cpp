/// A C++ program that maps rows which its ranks made: from_cpp FOLDER leaves FOLDER/cpp.RANK.
#include <mpi.h>

#include <cstdint>
#include <cstdio>
#include <fstream>
#include <string>
#include <vector>

#include "distsne/pipeline/map.hpp"

namespace {

constexpr int columns = 6;
constexpr std::int64_t rows = 400;

float value(std::int64_t row, int column) {
  const std::int64_t noise = (row * 7919 + column * 104729) % 1009;
  return static_cast<float>(row % 5 == column ? 8.0 : 0.0) + static_cast<float>(noise) / 1009.0F;
}

/// Counts what it is told.
class Listener : public distsne::MapObserver {
 public:
  void iteration(const distsne::IterationReport& report) override { iterations = report.iteration; }
  int iterations = 0;
};

int map_rows(MPI_Comm own, const std::string& folder) {
  const auto comm = distsne::Communicator::duplicate(MPI_Comm_c2f(own));
  // Blocks may be uneven, and empty: of three and more ranks the first has no rows, and the last has most.
  std::vector<std::int64_t> sizes(static_cast<std::size_t>(comm.size()), rows / (2 * comm.size()));
  if (comm.size() > 2) {
    sizes.front() = 0;
  }
  sizes.back() = rows;
  for (int rank = 0; rank + 1 < comm.size(); ++rank) {
    sizes.back() -= sizes[static_cast<std::size_t>(rank)];
  }
  distsne::MapInput<float> input;
  input.rows = distsne::DistributedMatrix<float>(distsne::RowPartition(sizes), comm.rank(), columns);
  for (int i = 0; i < input.rows.local_rows(); ++i) {
    for (int c = 0; c < columns; ++c) {
      input.rows.row(i)[static_cast<std::size_t>(c)] = value(input.rows.first_row() + i, c);
    }
  }
  distsne::MapOptions options;
  options.affinity.perplexities = {12.0};
  options.schedule.iterations = 80;
  options.schedule.exaggeration_iterations = 30;
  options.metric = distsne::Metric::cosine;
  options.seed = 7;
  Listener listener;
  const auto map = distsne::compute_map(comm, input, options, listener);
  const auto again = distsne::compute_map(comm, input, options);  // any number of maps
  if (listener.iterations != 80 || !map.record.finished || again.points.values != map.points.values) {
    std::fprintf(stderr, "the map is not what was asked for\n");
    return 1;
  }
  std::ofstream file(folder + "/cpp." + std::to_string(comm.rank()), std::ios::binary);
  file.write(reinterpret_cast<const char*>(map.points.values.data()),
             static_cast<std::streamsize>(map.points.values.size() * sizeof(float)));

  input.rows.values.clear();  // an error of all ranks, after which the next map is fine
  bool refused = false;
  try {
    static_cast<void>(distsne::compute_map(comm, input, options));
  } catch (const distsne::Error& error) {
    refused = error.everywhere() && error.code() == distsne::ExitCode::bad_input;
  }
  return refused ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  MPI_Init(&argc, &argv);
  int failed = 1;
  try {
    failed = argc > 1 ? map_rows(MPI_COMM_WORLD, argv[1]) : 2;
  } catch (const distsne::Error& error) {
    std::fprintf(stderr, "%s\n", error.what());
    if (!error.everywhere()) {
      MPI_Abort(MPI_COMM_WORLD, 1);
    }
  }
  MPI_Finalize();
  return failed;
}
