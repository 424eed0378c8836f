/// Tiles out to their owners, potentials back.
#include "field/tile_exchange.hpp"

#include <algorithm>

#include "base/parallel.hpp"

namespace distsne {
namespace {

template <class Real>
std::vector<RankCount> tiles_of_owners(const TilePages<Real>& pages, const SlabConvolution<Real>& convolution) {
  const GridShape& shape = convolution.shape();
  const auto per_row = static_cast<std::uint32_t>(shape.tiles(1)) * static_cast<std::uint32_t>(shape.tiles(2));
  std::vector<RankCount> parts;
  GlobalIndex end = 0;  // of the slab of the last block
  for (const std::uint32_t tile : pages.tiles()) {
    const auto place = static_cast<GlobalIndex>(tile / per_row);
    if (place >= end) {
      const Rank owner = convolution.slabs().owner(place);
      end = convolution.slabs().end(owner);
      parts.push_back({owner, 0});
    }
    ++parts.back().count;
  }
  return parts;
}

/// Calls row(slab line, values of the tile) for the rows of nodes of a tile that lies in this rank's slab.
template <class Real, class Row>
void for_tile_rows(SlabConvolution<Real>& convolution, std::int64_t number, const Row& row) {
  const GridShape& shape = convolution.shape();
  const auto tile = static_cast<std::uint32_t>(number);
  const auto tiles = [&](std::size_t a) { return static_cast<std::uint32_t>(shape.tiles(a)); };
  const auto first = [&](std::uint32_t place, std::size_t a) { return static_cast<LocalIndex>(place) * shape.tile[a]; };
  const LocalIndex i0 = first(tile / (tiles(1) * tiles(2)), 0) - convolution.first_node();
  const LocalIndex i1 = first(tile / tiles(2) % tiles(1), 1);
  const LocalIndex i2 = first(tile % tiles(2), 2);
  for (LocalIndex a = 0; a < shape.tile[0]; ++a) {
    for (LocalIndex b = 0; b < shape.tile[1]; ++b) {
      const LocalIndex node = (a * shape.tile[1] + b) * shape.tile[2];
      row(i0 + a, i1 + b, i2, static_cast<std::size_t>(node));
    }
  }
}

}  // namespace

template <class Real>
void TileExchange<Real>::add_to_slabs(const Communicator& comm, TilePages<Real>& pages, double unit,
                                      SlabConvolution<Real>& convolution) {
  const GridShape& shape = convolution.shape();
  const std::size_t stride = TilePages<Real>::sums_stride(shape);
  owners_ = tiles_of_owners(pages, convolution);
  senders_ = comm.announce(owners_);
  std::span<const std::int64_t> sums = pages.sums();
  if (comm.size() > 1) {
    std::int64_t tiles = 0;
    for (const RankCount& part : senders_) {
      tiles += part.count;
    }
    arrived_sums_.resize(static_cast<std::size_t>(tiles) * stride);
    comm.sparse_all_to_all(std::as_bytes(sums), owners_, std::as_writable_bytes(std::span(arrived_sums_)), senders_,
                           stride * sizeof(std::int64_t));
    sums = arrived_sums_;
  }
  const auto nodes1 = static_cast<std::size_t>(shape.nodes[1]);
  const auto nodes2 = static_cast<std::size_t>(shape.nodes[2]);
  slab_sums_.resize(static_cast<std::size_t>(convolution.own_nodes()) * nodes1 * nodes2);
  parallel_for(convolution.own_nodes(), [&](std::int64_t i0) {
    std::fill_n(slab_sums_.begin() + i0 * static_cast<std::int64_t>(nodes1 * nodes2), nodes1 * nodes2, 0);
  });
  std::size_t begin = 0;
  for (const RankCount& part : senders_) {  // the tiles of one rank are different tiles
    parallel_for(part.count, [&](std::int64_t index) {
      const std::int64_t* const arrived = sums.data() + (begin + static_cast<std::size_t>(index)) * stride;
      for_tile_rows(convolution, *arrived, [&](LocalIndex i0, LocalIndex i1, LocalIndex i2, std::size_t offset) {
        const std::int64_t* const from = arrived + 1 + offset;
        std::int64_t* const to = slab_sums_.data() +
                                 (static_cast<std::size_t>(i0) * nodes1 + static_cast<std::size_t>(i1)) * nodes2 +
                                 static_cast<std::size_t>(i2);
        for (LocalIndex c = 0; c < shape.tile[2]; ++c) {
          to[c] += from[c];
        }
      });
    });
    begin += static_cast<std::size_t>(part.count);
  }
  const double scale = 1.0 / unit;
  parallel_for(convolution.own_nodes(), [&](std::int64_t i0) {
    for (LocalIndex i1 = 0; i1 < shape.nodes[1]; ++i1) {
      const std::int64_t* const from =
          slab_sums_.data() + (static_cast<std::size_t>(i0) * nodes1 + static_cast<std::size_t>(i1)) * nodes2;
      Real* const to = convolution.line(static_cast<LocalIndex>(i0), i1);
      for (std::size_t c = 0; c < nodes2; ++c) {
        to[c] = static_cast<Real>(static_cast<double>(from[c]) * scale);
      }
    }
  });
}

template <class Real>
void TileExchange<Real>::bring_back(const Communicator& comm, TilePages<Real>& pages,
                                    SlabConvolution<Real>& convolution) {
  const GridShape& shape = convolution.shape();
  const std::size_t size = shape.tile_nodes();
  const bool alone = comm.size() == 1;
  const std::size_t stride = TilePages<Real>::sums_stride(shape);
  const std::span<const std::int64_t> sums = alone ? pages.sums() : arrived_sums_;
  const std::size_t tiles = sums.size() / stride;
  AlignedVector<Real>& out = alone ? pages.values() : departing_values_;
  out.resize(tiles * size);
  parallel_for(static_cast<std::int64_t>(tiles), [&](std::int64_t index) {
    const auto t = static_cast<std::size_t>(index);
    for_tile_rows(convolution, sums[t * stride], [&](LocalIndex i0, LocalIndex i1, LocalIndex i2, std::size_t offset) {
      std::copy_n(convolution.line(i0, i1) + i2, shape.tile[2], out.data() + t * size + offset);
    });
  });
  if (alone) {
    return;
  }
  pages.values().resize(pages.tiles().size() * size);
  comm.sparse_all_to_all(std::as_bytes(std::span<const Real>(out)), senders_,
                         std::as_writable_bytes(std::span<Real>(pages.values())), owners_, size * sizeof(Real));
}

template class TileExchange<float>;
template class TileExchange<double>;

}  // namespace distsne
