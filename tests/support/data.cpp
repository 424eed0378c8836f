/// Test data by counter-based random numbers, and reading reference files.
#include "support/data.hpp"

#include <array>

#include "base/random.hpp"
#include "io/hdf5_handle.hpp"

namespace distsne::test {

std::vector<RowPartition> partitions(GlobalIndex rows, Rank ranks) {
  std::vector<GlobalIndex> last(static_cast<std::size_t>(ranks), 0);
  last.back() = rows;
  std::vector<GlobalIndex> growing(static_cast<std::size_t>(ranks), 0);
  GlobalIndex left = rows;
  for (Rank r = 0; r < ranks; ++r) {
    const GlobalIndex share = r + 1 == ranks ? left : std::min<GlobalIndex>(left, rows * r / (ranks * ranks));
    growing[static_cast<std::size_t>(r)] = share;
    left -= share;
  }
  return {RowPartition(rows, ranks), RowPartition(last), RowPartition(growing)};
}

template <class Real>
DistributedMatrix<Real> clusters(const RowPartition& partition, Rank rank, LocalIndex columns, std::uint64_t seed) {
  DistributedMatrix<Real> matrix(partition, rank, columns);
  const CounterRandom random(seed);
  for (LocalIndex i = 0; i < matrix.local_rows(); ++i) {
    const GlobalIndex row = matrix.first_row() + i;
    const auto cluster = static_cast<GlobalIndex>(random.bits(row, 1000000U) % 5U);
    for (LocalIndex k = 0; k < columns; ++k) {
      const double center = 4.0 * random.normal(-1 - cluster, static_cast<std::uint32_t>(k));
      matrix.row(i)[static_cast<std::size_t>(k)] =
          static_cast<Real>(center + random.normal(row, static_cast<std::uint32_t>(k)));
    }
  }
  return matrix;
}

template <class Real>
Embedding<Real> random_map(const RowPartition& partition, Rank rank, LocalIndex dims, double deviation,
                           std::uint64_t seed) {
  Embedding<Real> map(partition, rank, dims);
  const CounterRandom random(seed);
  for (LocalIndex i = 0; i < map.local_rows(); ++i) {
    for (LocalIndex m = 0; m < dims; ++m) {
      map.row(i)[static_cast<std::size_t>(m)] =
          static_cast<Real>(deviation * random.normal(map.first_row() + i, static_cast<std::uint32_t>(m)));
    }
  }
  return map;
}

Reference read_reference(const std::string& file_name, const std::string& name) {
  const std::string failure = "cannot read " + name + " of " + file_name;
  const Hdf5Handle file(H5Fopen(test_file(file_name).c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose, failure);
  const Hdf5Handle dataset(H5Dopen2(file.id(), name.c_str(), H5P_DEFAULT), H5Dclose, failure);
  const Hdf5Handle space(H5Dget_space(dataset.id()), H5Sclose, failure);
  std::array<hsize_t, 2> extent{1, 1};
  const int dims = H5Sget_simple_extent_dims(space.id(), extent.data(), nullptr);
  Reference reference;
  reference.extent.assign(extent.begin(), extent.begin() + dims);
  reference.values.resize(extent[0] * extent[1]);
  check_hdf5(H5Dread(dataset.id(), H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, reference.values.data()), failure);
  return reference;
}

template DistributedMatrix<float> clusters(const RowPartition&, Rank, LocalIndex, std::uint64_t);
template DistributedMatrix<double> clusters(const RowPartition&, Rank, LocalIndex, std::uint64_t);
template Embedding<float> random_map(const RowPartition&, Rank, LocalIndex, double, std::uint64_t);
template Embedding<double> random_map(const RowPartition&, Rank, LocalIndex, double, std::uint64_t);

}  // namespace distsne::test
