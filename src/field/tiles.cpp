/// Counting sort of points by tile, and adding up overlapping tiles.
#include "field/tiles.hpp"

#include <algorithm>
#include <cmath>

#include "base/parallel.hpp"

namespace distsne {
namespace {

constexpr std::int64_t rows_per_chunk = 16384;

/// All tiles of the grid: their numbers are those that tiles travel under.
TileWindow whole_grid(const GridShape& shape) {
  return {{},
          {static_cast<std::size_t>(shape.tiles(0)), static_cast<std::size_t>(shape.tiles(1)),
           static_cast<std::size_t>(shape.tiles(2))}};
}

}  // namespace

template <class Real>
void TileBins<Real>::sort(const GridShape& shape, const Bounds& bounds, const GridResolution& resolution,
                          const Embedding<Real>& map, std::span<const Real> charges) {
  const auto count = static_cast<std::size_t>(map.local_rows());
  const auto dims = static_cast<std::size_t>(map.columns);
  dims_ = map.columns;
  order_ = resolution.order;
  charged_ = !charges.empty();
  std::array<Real, 3> start{};
  std::array<Real, 3> tile_scale{};
  std::array<Real, 3> tile_size{};
  std::array<std::size_t, 3> stride{};
  window_ = {{}, {1, 1, 1}};
  const auto scale = static_cast<Real>(1.0 / resolution.step);
  for (std::size_t m = 0; m < dims; ++m) {
    const std::size_t a = shape.axis(m);
    start[m] = static_cast<Real>(bounds.low[m]);
    tile_size[m] = static_cast<Real>(shape.tile[a]);
    tile_scale[m] = Real{1} / tile_size[m];
    // Rounded like the points themselves, of which these are the outermost.
    const auto along = [&](double value) {
      const Real position = (static_cast<Real>(value) - start[m]) * scale;
      return static_cast<std::size_t>(position * tile_scale[m]);
    };
    window_.first[a] = count == 0 ? 0 : along(bounds.own_low[m]);
    window_.count[a] = count == 0 ? 0 : along(bounds.own_high[m]) + 1 - window_.first[a];
  }
  for (std::size_t m = 0; m < dims; ++m) {
    const std::size_t a = shape.axis(m);
    stride[m] = a == 2 ? 1 : a == 1 ? window_.count[2] : window_.count[1] * window_.count[2];
  }
  const std::size_t tiles = window_.size();
  // Where a point lies: its tile along each dimension, and its place within that.
  const auto locate = [&](std::size_t i, std::array<Real, 3>& within) {
    std::size_t tile = 0;
    for (std::size_t m = 0; m < dims; ++m) {
      const Real position = (map.values[i * dims + m] - start[m]) * scale;
      const auto along = static_cast<std::size_t>(position * tile_scale[m]);
      within[m] = position - static_cast<Real>(along) * tile_size[m];
      tile += (along - window_.first[shape.axis(m)]) * stride[m];
    }
    return tile;
  };

  const auto chunks = static_cast<std::size_t>(divide_up(static_cast<std::int64_t>(count), rows_per_chunk));
  histogram_.assign(chunks * tiles, 0);
  tile_of_row_.resize(count);
  const auto rows_of = [&](std::int64_t chunk) {
    const auto begin = static_cast<std::size_t>(chunk * rows_per_chunk);
    return std::pair(begin, std::min(count, begin + static_cast<std::size_t>(rows_per_chunk)));
  };
  parallel_for(static_cast<std::int64_t>(chunks), [&](std::int64_t chunk) {
    std::uint32_t* const own = histogram_.data() + static_cast<std::size_t>(chunk) * tiles;
    const auto [begin, end] = rows_of(chunk);
    std::array<Real, 3> within{};
    for (std::size_t i = begin; i < end; ++i) {
      const std::size_t tile = locate(i, within);
      tile_of_row_[i] = static_cast<std::uint32_t>(tile);
      ++own[tile];
    }
  });
  bins_.clear();
  const TileWindow grid = whole_grid(shape);
  std::uint32_t next = 0;
  for (std::size_t tile = 0; tile < tiles; ++tile) {
    const std::uint32_t begin = next;
    for (std::size_t chunk = 0; chunk < chunks; ++chunk) {
      std::uint32_t& entry = histogram_[chunk * tiles + tile];
      const std::uint32_t points = entry;
      entry = next;
      next += points;
    }
    if (next > begin) {
      bins_.push_back({static_cast<std::uint32_t>(grid.number(window_.place(tile))), begin, next});
    }
  }
  rows_.resize(count);
  for (std::size_t m = 0; m < dims; ++m) {
    coordinate_[m].resize(count + stencil_padding);
  }
  charge_.resize(charged_ ? count + stencil_padding : 0);
  parallel_for(static_cast<std::int64_t>(chunks), [&](std::int64_t chunk) {
    std::uint32_t* const own = histogram_.data() + static_cast<std::size_t>(chunk) * tiles;
    const auto [begin, end] = rows_of(chunk);
    std::array<Real, 3> within{};
    for (std::size_t i = begin; i < end; ++i) {
      locate(i, within);
      const std::size_t to = own[tile_of_row_[i]]++;
      rows_[to] = static_cast<std::uint32_t>(i);
      for (std::size_t m = 0; m < dims; ++m) {
        coordinate_[m][to] = within[m];
      }
      if (charged_) {
        charge_[to] = charges[i];
      }
    }
  });
}

template <class Real>
TilePoints<Real> TileBins<Real>::points(const Bin& bin) const {
  TilePoints<Real> points;
  points.dims = dims_;
  points.order = order_;
  points.count = bin.end - bin.begin;
  for (std::size_t m = 0; m < static_cast<std::size_t>(dims_); ++m) {
    points.coordinate[m] = coordinate_[m].data() + bin.begin;
  }
  points.charge = charged_ ? charge_.data() + bin.begin : nullptr;
  return points;
}

template <class Real>
void TilePages<Real>::collect(const GridShape& shape, const TileNodes& layout, const TileBins<Real>& binned,
                              const std::vector<std::int64_t>& bin_nodes) {
  const TileWindow grid = whole_grid(shape);
  const auto& bins = binned.bins();
  window_ = binned.window();
  for (std::size_t a = 0; a < 3 && window_.size() > 0; ++a) {
    window_.count[a] = std::min(window_.count[a] + 1, grid.count[a] - window_.first[a]);
  }
  slot_.assign(window_.size(), -1);
  bin_slot_.assign(window_.size(), -1);
  // The tile itself and the next one along every axis.
  const auto reach = [&](std::size_t place, std::size_t a) { return std::min(place + 1, grid.count[a] - 1); };
  for (std::size_t b = 0; b < bins.size(); ++b) {
    const auto place = grid.place(bins[b].tile);
    bin_slot_[window_.number(place)] = static_cast<std::int32_t>(b);
    for (std::size_t t0 = place[0]; t0 <= reach(place[0], 0); ++t0) {
      for (std::size_t t1 = place[1]; t1 <= reach(place[1], 1); ++t1) {
        for (std::size_t t2 = place[2]; t2 <= reach(place[2], 2); ++t2) {
          slot_[window_.number({t0, t1, t2})] = 0;
        }
      }
    }
  }
  tiles_.clear();
  for (std::size_t tile = 0; tile < slot_.size(); ++tile) {
    if (slot_[tile] == 0) {
      slot_[tile] = static_cast<std::int32_t>(tiles_.size());
      tiles_.push_back(static_cast<std::uint32_t>(grid.number(window_.place(tile))));
    }
  }
  const std::size_t size = shape.tile_nodes();
  const std::array<std::size_t, 3> extent{static_cast<std::size_t>(shape.tile[0]),
                                          static_cast<std::size_t>(shape.tile[1]),
                                          static_cast<std::size_t>(shape.tile[2])};
  const std::size_t stride = sums_stride(shape);
  sums_.resize(tiles_.size() * stride);
  parallel_for(static_cast<std::int64_t>(tiles_.size()), [&](std::int64_t index) {
    const auto t = static_cast<std::size_t>(index);
    std::int64_t* const to = sums_.data() + t * stride + 1;
    to[-1] = tiles_[t];
    std::fill(to, to + size, 0);
    const auto place = grid.place(tiles_[t]);
    const auto before = [&](std::size_t a) { return place[a] > window_.first[a] ? 1U : 0U; };
    // Its own points' nodes, and what the points of the tiles before it reach over.
    for (std::size_t d0 = 0; d0 <= before(0); ++d0) {
      for (std::size_t d1 = 0; d1 <= before(1); ++d1) {
        for (std::size_t d2 = 0; d2 <= before(2); ++d2) {
          const std::int32_t bin = bin_slot_[window_.number({place[0] - d0, place[1] - d1, place[2] - d2})];
          if (bin < 0) {
            continue;
          }
          const std::int64_t* const from = bin_nodes.data() + static_cast<std::size_t>(bin) * layout.size();
          const std::array<std::size_t, 3> shift{d0 * extent[0], d1 * extent[1], d2 * extent[2]};
          for (std::size_t a = 0; a < extent[0] && a + shift[0] < layout.extent[0]; ++a) {
            for (std::size_t b = 0; b < extent[1] && b + shift[1] < layout.extent[1]; ++b) {
              const std::int64_t* const row =
                  from + ((a + shift[0]) * layout.extent[1] + b + shift[1]) * layout.pitch + shift[2];
              std::int64_t* const sum = to + (a * extent[1] + b) * extent[2];
              const std::size_t width = std::min(extent[2], layout.extent[2] - shift[2]);
              for (std::size_t c = 0; c < width; ++c) {
                sum[c] += row[c];
              }
            }
          }
        }
      }
    }
  });
}

template <class Real>
void TilePages<Real>::nodes_of(const GridShape& shape, const TileNodes& layout, std::uint32_t tile, Real* nodes) const {
  const TileWindow grid = whole_grid(shape);
  const auto place = grid.place(tile);
  const std::size_t size = shape.tile_nodes();
  const std::array<std::size_t, 3> extent{static_cast<std::size_t>(shape.tile[0]),
                                          static_cast<std::size_t>(shape.tile[1]),
                                          static_cast<std::size_t>(shape.tile[2])};
  std::array<std::size_t, 3> over{};  // tiles along each axis that the nodes lie in, beyond the first
  for (std::size_t a = 0; a < 3; ++a) {
    over[a] = layout.extent[a] > extent[a] && place[a] + 1 < grid.count[a] ? 1 : 0;
  }
  std::fill(nodes, nodes + layout.size(), Real{0});  // what lies beyond the grid or the stencils, but is read with them
  for (std::size_t d0 = 0; d0 <= over[0]; ++d0) {
    for (std::size_t d1 = 0; d1 <= over[1]; ++d1) {
      for (std::size_t d2 = 0; d2 <= over[2]; ++d2) {
        const auto slot =
            static_cast<std::size_t>(slot_[window_.number({place[0] + d0, place[1] + d1, place[2] + d2})]);
        const Real* const from = values_.data() + slot * size;
        const std::array<std::size_t, 3> shift{d0 * extent[0], d1 * extent[1], d2 * extent[2]};
        for (std::size_t a = 0; a < extent[0] && a + shift[0] < layout.extent[0]; ++a) {
          for (std::size_t b = 0; b < extent[1] && b + shift[1] < layout.extent[1]; ++b) {
            const Real* const row = from + (a * extent[1] + b) * extent[2];
            Real* const to = nodes + ((a + shift[0]) * layout.extent[1] + b + shift[1]) * layout.pitch + shift[2];
            std::copy_n(row, std::min(extent[2], layout.extent[2] - shift[2]), to);
          }
        }
      }
    }
  }
}

template class TileBins<float>;
template class TileBins<double>;
template class TilePages<float>;
template class TilePages<double>;

}  // namespace distsne
