/// Places of points along a Hilbert curve.
#include "embed/reorder.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "base/parallel.hpp"
#include "mpi/global_sort.hpp"

namespace distsne {
namespace {

constexpr unsigned bits = 16;  // of each coordinate

/// Distance along the curve of a cell, from its coordinates (Skilling 2004, "Programming the Hilbert curve").
std::uint64_t along_curve(std::array<std::uint32_t, 3> x, std::size_t dims) {
  if (dims == 1) {
    return x[0];
  }
  constexpr std::uint32_t top = 1U << (bits - 1);
  for (std::uint32_t q = top; q > 1; q >>= 1U) {  // undo the turns of the curve
    const std::uint32_t below = q - 1;
    for (std::size_t m = 0; m < dims; ++m) {
      if ((x[m] & q) != 0) {
        x[0] ^= below;
      } else {
        const std::uint32_t swapped = (x[0] ^ x[m]) & below;
        x[0] ^= swapped;
        x[m] ^= swapped;
      }
    }
  }
  for (std::size_t m = 1; m < dims; ++m) {  // Gray code
    x[m] ^= x[m - 1];
  }
  std::uint32_t turn = 0;
  for (std::uint32_t q = top; q > 1; q >>= 1U) {
    if ((x[dims - 1] & q) != 0) {
      turn ^= q - 1;
    }
  }
  std::uint64_t key = 0;
  for (unsigned bit = bits; bit-- > 0;) {
    for (std::size_t m = 0; m < dims; ++m) {
      key = key << 1U | ((x[m] ^ turn) >> bit & 1U);
    }
  }
  return key;
}

}  // namespace

template <class Real>
std::vector<GlobalIndex> places_along_map(const Communicator& comm, const Embedding<Real>& map) {
  const auto dims = static_cast<std::size_t>(map.columns);
  constexpr double none = -std::numeric_limits<double>::infinity();
  std::array<double, 6> most{none, none, none, none, none, none};  // of -y and y
  for (std::size_t i = 0; i < map.values.size(); ++i) {
    const auto value = static_cast<double>(map.values[i]);
    most[i % dims] = std::max(most[i % dims], -value);
    most[i % dims + 3] = std::max(most[i % dims + 3], value);
  }
  comm.max(std::span<double>(most));
  double extent = 0.0;
  for (std::size_t m = 0; m < dims; ++m) {
    extent = std::max(extent, most[m] + most[m + 3]);
  }
  const double scale = extent > 0.0 ? ((1U << bits) - 1) / extent : 0.0;
  std::vector<std::uint64_t> keys(static_cast<std::size_t>(map.local_rows()));
  constexpr std::int64_t piece = 4096;
  parallel_for(divide_up(map.local_rows(), piece), [&](std::int64_t index) {
    for (std::int64_t i = index * piece; i < std::min<std::int64_t>(map.local_rows(), (index + 1) * piece); ++i) {
      std::array<std::uint32_t, 3> cell{};
      for (std::size_t m = 0; m < dims; ++m) {
        const auto value = static_cast<double>(map.values[static_cast<std::size_t>(i) * dims + m]);
        cell[m] = static_cast<std::uint32_t>((value + most[m]) * scale);
      }
      keys[static_cast<std::size_t>(i)] = along_curve(cell, dims);
    }
  });
  return sorted_places(comm, keys);
}

template std::vector<GlobalIndex> places_along_map(const Communicator&, const Embedding<float>&);
template std::vector<GlobalIndex> places_along_map(const Communicator&, const Embedding<double>&);

}  // namespace distsne
