/// The tile kernel of the neighbor search: a few queries against a panel of rows, kept in registers while the columns
/// go by. Every product q.x is one chain of multiply-adds over the columns, so its bits don't depend on the tiles.
#include "neighbors/scan.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "neighbors/scan.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "base/tile-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace distsne::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

/// Registers of a tile: 8 x 3 sums with 32 registers, 4 x 3 with 16.
constexpr std::size_t tile_queries = HWY_ARCH_X86 && HWY_TARGET > HWY_AVX3 ? 4 : 8;
constexpr std::size_t tile_vectors = 3;

/// Calls sink(query, lane, q.x - |x|^2 / 2) for a tile of queries and all vectors of a panel.
template <class D, class Sink>
HWY_INLINE void Panel(D d, const float* const* query, const PackedRows::Block& block, std::size_t panel,
                      const Sink& sink) {
  using V = hn::Vec<D>;
  constexpr std::size_t width = PackedRows::panel_rows;
  const std::size_t lanes = hn::Lanes(d);
  const float* const rows = block.panels + panel * width * block.columns;
  const float* const half_norms = block.half_norms + panel * width;
  for (std::size_t lane = 0; lane < width; lane += tile_vectors * lanes) {
    V sum[tile_queries][tile_vectors];
#pragma GCC unroll 3
    for (std::size_t v = 0; v < tile_vectors; ++v) {
      const V start = hn::Neg(hn::Load(d, half_norms + lane + v * lanes));
#pragma GCC unroll 8
      for (std::size_t q = 0; q < tile_queries; ++q) {
        sum[q][v] = start;
      }
    }
    AddTerms<tile_queries, tile_vectors, AddProduct>(d, block.columns, ScatteredRows<float>{query}, rows + lane, width,
                                                     sum);
#pragma GCC unroll 8
    for (std::size_t q = 0; q < tile_queries; ++q) {
#pragma GCC unroll 3
      for (std::size_t v = 0; v < tile_vectors; ++v) {
        sink(q, lane + v * lanes, sum[q][v]);
      }
    }
  }
}

inline std::size_t Panels(const PackedRows::Block& block) { return divide_up(block.count, PackedRows::panel_rows); }

/// Sums in the order of the lanes, so that the value does not depend on which of the two rows comes first.
float SquaredDistance(const float* a, const float* b, std::size_t columns) {
  const hn::ScalableTag<float> d;
  using V = hn::Vec<decltype(d)>;
  const std::size_t lanes = hn::Lanes(d);
  V sum = hn::Zero(d);
  std::size_t k = 0;
  for (; k + lanes <= columns; k += lanes) {
    const V difference = hn::Sub(hn::LoadU(d, a + k), hn::LoadU(d, b + k));
    sum = hn::MulAdd(difference, difference, sum);
  }
  if (k < columns) {
    const auto rest = hn::FirstN(d, columns - k);
    const V difference = hn::Sub(hn::MaskedLoad(rest, d, a + k), hn::MaskedLoad(rest, d, b + k));
    sum = hn::MulAdd(difference, difference, sum);
  }
  return hn::GetLane(hn::SumOfLanes(d, sum));
}

/// |q - x|^2 from the differences for a vector of a panel's rows, each a few chains over the columns.
template <class D, class V = hn::Vec<D>>
HWY_INLINE V SquaredDistances(D d, const float* query, const float* rows, std::size_t columns) {
  constexpr std::size_t chains = 4;
  const auto difference = [&](std::size_t k) HWY_ATTR {
    return hn::Sub(hn::Set(d, query[k]), hn::Load(d, rows + k * PackedRows::panel_rows));
  };
  V sum[chains];
  for (V& chain : sum) {
    chain = hn::Zero(d);
  }
  std::size_t k = 0;
  for (; k + chains <= columns; k += chains) {
#pragma GCC unroll 4
    for (std::size_t c = 0; c < chains; ++c) {
      const V one = difference(k + c);
      sum[c] = hn::MulAdd(one, one, sum[c]);
    }
  }
  for (; k < columns; ++k) {
    const V one = difference(k);
    sum[0] = hn::MulAdd(one, one, sum[0]);
  }
  return hn::Add(hn::Add(sum[0], sum[1]), hn::Add(sum[2], sum[3]));
}

/// Adds a row to a list.
inline void Add(const Scan& task, NearestList& list, std::size_t row, float squared_distance) {
  const auto id = static_cast<std::uint64_t>(task.first) + row;
  const auto total = static_cast<std::uint64_t>(task.total_rows);
  const std::uint64_t tie = id >= list.self ? id - list.self : id + total - list.self;
  if (tie != 0 || list.foreign) {
    list.add(distance_key(squared_distance, static_cast<CompactIndex>(tie)));
  }
}

void ScanBlock(const Scan& task, NearestList* const* queries, std::size_t count) {
  const hn::ScalableTag<float> d;
  using V = hn::Vec<decltype(d)>;
  const std::size_t panels = Panels(task.block);
  const float error = task.distance == ScanDistance::expanded ? 0.0F : task.error;
  HWY_ALIGN float found[HWY_MAX_BYTES / sizeof(float)];
  std::uint8_t bits[8];
  for (std::size_t begin = 0; begin < count; begin += tile_queries) {
    const std::size_t used = HWY_MIN(tile_queries, count - begin);
    const float* row[tile_queries];
    for (std::size_t q = 0; q < tile_queries; ++q) {  // missing queries repeat the first
      row[q] = queries[begin + (q < used ? q : 0)]->row;
    }
    for (std::size_t panel = 0; panel < panels; ++panel) {
      Panel(d, row, task.block, panel, [&](std::size_t q, std::size_t lane, V sum) HWY_ATTR {
        if (q >= used) {
          return;
        }
        NearestList& list = *queries[begin + q];
        V squared = hn::Max(hn::NegMulAdd(hn::Set(d, 2.0F), sum, hn::Set(d, list.norm)), hn::Zero(d));
        auto within = hn::Le(squared, hn::Set(d, list.reach + error));
        if (HWY_LIKELY(hn::AllFalse(d, within))) {
          return;
        }
        if (task.distance == ScanDistance::differences) {
          squared = SquaredDistances(d, list.row,
                                     task.block.panels + panel * PackedRows::panel_rows * task.block.columns + lane,
                                     task.block.columns);
          within = hn::And(within, hn::Le(squared, hn::Set(d, list.reach)));
        }
        hn::Store(squared, d, found);
        std::uint64_t mask = 0;
        const std::size_t bytes = hn::StoreMaskBits(d, within, bits);
        for (std::size_t b = 0; b < bytes; ++b) {
          mask |= static_cast<std::uint64_t>(bits[b]) << (8 * b);
        }
        for (; mask != 0; mask &= mask - 1) {
          const auto bit = static_cast<std::size_t>(hwy::Num0BitsBelowLS1Bit_Nonzero64(mask));
          if (found[bit] <= list.reach) {
            Add(task, list, panel * PackedRows::panel_rows + lane + bit, found[bit]);
          }
        }
      });
    }
  }
}

void Table(const PackedRows::Block& block, const float* const* queries, const float* norms, std::size_t count,
           float* out, std::size_t stride) {
  const hn::ScalableTag<float> d;
  using V = hn::Vec<decltype(d)>;
  HWY_ALIGN float lane_values[HWY_MAX_BYTES / sizeof(float)];
  for (std::size_t begin = 0; begin < count; begin += tile_queries) {
    const std::size_t used = HWY_MIN(tile_queries, count - begin);
    const float* row[tile_queries];
    for (std::size_t q = 0; q < tile_queries; ++q) {
      row[q] = queries[begin + (q < used ? q : 0)];
    }
    for (std::size_t panel = 0; panel < Panels(block); ++panel) {
      Panel(d, row, block, panel, [&](std::size_t q, std::size_t lane, V sum) HWY_ATTR {
        const std::size_t first = panel * PackedRows::panel_rows + lane;
        if (q >= used || first >= block.count) {
          return;
        }
        const V squared = hn::Max(hn::NegMulAdd(hn::Set(d, 2.0F), sum, hn::Set(d, norms[begin + q])), hn::Zero(d));
        float* const to = out + (begin + q) * stride + first;
        if (first + hn::Lanes(d) <= block.count) {
          hn::StoreU(squared, d, to);
        } else {
          hn::Store(squared, d, lane_values);
          for (std::size_t j = 0; first + j < block.count; ++j) {
            to[j] = lane_values[j];
          }
        }
      });
    }
  }
}

/// The largest q.x - |x|^2 / 2 belongs to the nearest row. Each lane remembers its best; equal ones go to the first
/// row.
void Nearest(const PackedRows::Block& block, const float* queries, std::size_t count, LocalIndex* nearest) {
  const hn::ScalableTag<float> d;
  const hn::RebindToSigned<decltype(d)> di;
  using V = hn::Vec<decltype(d)>;
  constexpr std::size_t most_lanes = HWY_MAX_BYTES / sizeof(float);
  HWY_ALIGN float best[tile_queries][most_lanes];
  HWY_ALIGN std::int32_t place[tile_queries][most_lanes];
  for (std::size_t begin = 0; begin < count; begin += tile_queries) {
    const std::size_t used = HWY_MIN(tile_queries, count - begin);
    const float* row[tile_queries];
    for (std::size_t q = 0; q < tile_queries; ++q) {
      row[q] = queries + (begin + (q < used ? q : 0)) * block.columns;
      hn::Store(hn::Set(d, hwy::LowestValue<float>()), d, best[q]);
      hn::Store(hn::Zero(di), di, place[q]);
    }
    for (std::size_t panel = 0; panel < Panels(block); ++panel) {
      Panel(d, row, block, panel, [&](std::size_t q, std::size_t lane, V sum) HWY_ATTR {
        const V old = hn::Load(d, best[q]);
        const auto better = hn::Gt(sum, old);
        const auto index = hn::Iota(di, static_cast<std::int32_t>(panel * PackedRows::panel_rows + lane));
        hn::Store(hn::IfThenElse(better, sum, old), d, best[q]);
        hn::Store(hn::IfThenElse(hn::RebindMask(di, better), index, hn::Load(di, place[q])), di, place[q]);
      });
    }
    for (std::size_t q = 0; q < used; ++q) {
      std::size_t winner = 0;
      for (std::size_t lane = 1; lane < hn::Lanes(d); ++lane) {
        const bool equal = best[q][lane] == best[q][winner];
        if (equal ? place[q][lane] < place[q][winner] : best[q][lane] > best[q][winner]) {
          winner = lane;
        }
      }
      nearest[begin + q] = place[q][winner];
    }
  }
}

}  // namespace distsne::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include <algorithm>
#include <bit>
#include <limits>

#include "base/parallel.hpp"
#include "neighbors/select.hpp"

namespace distsne {
namespace {

HWY_EXPORT(ScanBlock);
HWY_EXPORT(Table);
HWY_EXPORT(Nearest);
HWY_EXPORT(SquaredDistance);

}  // namespace

PackedRows::PackedRows(std::span<const float> rows, LocalIndex columns, std::span<const LocalIndex> begins)
    : columns_(static_cast<std::size_t>(columns)) {
  std::size_t panels = 0;
  for (std::size_t b = 0; b + 1 < begins.size(); ++b) {
    count_.push_back(static_cast<std::size_t>(begins[b + 1] - begins[b]));
    first_panel_.push_back(panels);
    panels += divide_up(count_.back(), panel_rows);
  }
  panels_.resize(panels * panel_rows * columns_);
  half_norms_.assign(panels * panel_rows, std::numeric_limits<float>::infinity());
  parallel_for(static_cast<std::int64_t>(count_.size()), [&](std::int64_t index) {
    const auto b = static_cast<std::size_t>(index);
    for (std::size_t j = 0; j < count_[b]; ++j) {
      const auto row = rows.subspan((static_cast<std::size_t>(begins[b]) + j) * columns_, columns_);
      const std::size_t panel = first_panel_[b] + j / panel_rows;
      float* const to = panels_.data() + panel * panel_rows * columns_ + j % panel_rows;
      for (std::size_t k = 0; k < columns_; ++k) {
        to[k * panel_rows] = row[k];
      }
      half_norms_[panel * panel_rows + j % panel_rows] = 0.5F * squared_norm(row);
    }
  });
}

PackedRows::Block PackedRows::block(std::size_t index) const {
  const std::size_t panel = first_panel_[index];
  return {panels_.data() + panel * panel_rows * columns_, half_norms_.data() + panel * panel_rows, count_[index],
          columns_};
}

DistanceKey distance_key(float squared_distance, CompactIndex tie) {
  return static_cast<DistanceKey>(std::bit_cast<std::uint32_t>(squared_distance)) << 32U | tie;
}

float key_distance(DistanceKey key) { return std::bit_cast<float>(static_cast<std::uint32_t>(key >> 32U)); }

void NearestList::cut() {
  if (count >= keep && keep > 0) {
    const DistanceKey farthest = select_smallest(std::span(keys, count), keep);
    limit = std::min(limit, farthest);
    reach = std::min(reach, key_distance(farthest));
    count = keep;
  }
}

float squared_norm(std::span<const float> row) {
  float sum = 0.0F;
  for (const float value : row) {
    sum += value * value;
  }
  return sum;
}

float squared_distance(const float* a, const float* b, std::size_t columns) {
  return HWY_DYNAMIC_DISPATCH(SquaredDistance)(a, b, columns);
}

void scan(const Scan& task, std::span<NearestList* const> queries) {
  HWY_DYNAMIC_DISPATCH(ScanBlock)(task, queries.data(), queries.size());
}

void distance_table(PackedRows::Block block, std::span<const float* const> queries, float* out, std::size_t stride) {
  std::vector<float> norms;
  norms.reserve(queries.size());
  for (const float* query : queries) {
    norms.push_back(squared_norm(std::span(query, block.columns)));
  }
  HWY_DYNAMIC_DISPATCH(Table)(block, queries.data(), norms.data(), queries.size(), out, stride);
}

void nearest_rows(PackedRows::Block block, std::span<const float> queries, std::span<LocalIndex> nearest) {
  HWY_DYNAMIC_DISPATCH(Nearest)(block, queries.data(), nearest.size(), nearest.data());
}

}  // namespace distsne
#endif
