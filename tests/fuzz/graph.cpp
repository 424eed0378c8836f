/// Fuzz target: the neighbor graph that `embed --graph` reads.
#include <algorithm>
#include <cmath>
#include <vector>

#include "affinity/matrix.hpp"
#include "fuzz/file_maker.hpp"
#include "fuzz/harness.hpp"
#include "io/graph.hpp"

namespace distsne::fuzz {
namespace {

void check(const NeighborGraph& graph) {
  const auto rows = static_cast<std::size_t>(graph.rows());
  const auto k = static_cast<std::size_t>(graph.k);
  require(graph.neighbors.size() == rows * k && graph.distances.size() == rows * k, "each row has k neighbors");
  std::vector<GlobalIndex> sorted = graph.input_row;
  std::sort(sorted.begin(), sorted.end());
  for (std::size_t i = 0; i < rows; ++i) {
    require(sorted[i] == static_cast<GlobalIndex>(i), "the order names each row once");
    const auto local = static_cast<LocalIndex>(i);
    for (const CompactIndex neighbor : graph.neighbors_of(local)) {
      require(neighbor < rows && neighbor != i, "neighbors are other rows");
    }
    const auto distances = graph.distances_of(local);
    require(std::is_sorted(distances.begin(), distances.end()) && distances.front() >= 0.0F, "distances rise from 0");
  }
}

/// A square sparse matrix as a graph.
void read_matrix_graph(Bytes& bytes) {
  const std::string path = scratch("matrix.h5");
  const hsize_t rows = 2 + bytes.below(6);
  const hsize_t each = 1 + bytes.below(3);
  {
    FileMaker file(bytes, path);
    const auto constant = [&](double value) { return [=](hsize_t) { return value; }; };
    file.dataset({"data", {rows * each}, H5T_IEEE_F32LE});
    file.dataset({"indices", {rows * each}, H5T_STD_I32LE, [=](hsize_t i) {
                    return static_cast<double>((i / each + 1 + i % each) % rows);
                  }});
    file.dataset({"indptr", {rows + 1}, H5T_STD_I64LE, [=](hsize_t i) { return static_cast<double>(i * each); }});
    file.dataset({"shape", {2}, H5T_STD_I64LE, constant(static_cast<double>(rows))});
    file.finish();
  }
  for (const bool of_each_row : {false, true}) {
    reads([&] {
      const GraphDescription description = describe_graph(alone(), path, GraphUse::affinities);
      const auto joint =
          given_affinities(alone(), read_sparse_matrix<float>(alone(), description.indices), of_each_row, path).joint;
      double sum = 0.0;
      for (const float p : std::get<SparseRows<float>>(joint.rows).values) {
        require(p >= 0.0F, "affinities are not negative");
        sum += static_cast<double>(p);
      }
      require(std::abs(sum - 1.0) < 1e-3, "the sum of joint affinities is 1");
    });
  }
}

}  // namespace
}  // namespace distsne::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace distsne;
  fuzz::Bytes bytes(data, size);
  const std::string path = fuzz::scratch("graph.h5");
  const hsize_t rows = 2 + bytes.below(12);
  const hsize_t columns = std::min<hsize_t>(1 + bytes.below(4), rows - 1);
  const hsize_t first = bytes.rarely() ? 0 : 1;  // 0: the row itself comes first
  const auto k = static_cast<LocalIndex>(1 + bytes.below(4));
  {
    fuzz::FileMaker file(bytes, path);
    file.dataset({"indices", {rows, columns}, H5T_STD_U32LE, [=](hsize_t i) {
                    return static_cast<double>((i / columns + first + i % columns) % rows);
                  }});
    file.dataset({"distances", {rows, columns}, H5T_IEEE_F32LE});
    if (bytes.below(2) == 1) {
      const hsize_t step = rows % 5 == 0 ? 1 : 5;
      file.dataset({"order", {rows}, H5T_STD_I64LE, [=](hsize_t i) { return static_cast<double>(i * step % rows); }});
    }
    if (bytes.below(2) == 1) {
      file.attribute("recall", 0.97);
    }
    file.finish();
  }
  fuzz::reads([&] {
    const GraphDescription description = describe_graph(fuzz::alone(), path, GraphUse::neighbors);
    fuzz::check(read_graph(fuzz::alone(), description, k));
  });
  fuzz::read_matrix_graph(bytes);
  return 0;
}
