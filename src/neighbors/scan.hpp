/// Squared distances from queries to packed rows at the speed of multiply-add, and the nearest rows that are kept.
#pragma once

#include <array>
#include <span>
#include <vector>

#include "distsne/base/aligned.hpp"
#include "distsne/base/types.hpp"

namespace distsne {

/// Rows in blocks, laid out so that SIMD lanes run over the rows of a block. Each block is padded to whole panels.
class PackedRows {
 public:
  /// Rows that share a panel; a whole number of registers of every instruction set.
  static constexpr std::size_t panel_rows = 48;

  PackedRows() = default;
  /// `rows` is row-major; block b holds its rows [begins[b], begins[b + 1]).
  PackedRows(std::span<const float> rows, LocalIndex columns, std::span<const LocalIndex> begins);

  struct Block {
    const float* panels = nullptr;      // panel, column, row within the panel
    const float* half_norms = nullptr;  // |x|^2 / 2; infinite for padding
    std::size_t count = 0;              // rows
    std::size_t columns = 0;
  };
  [[nodiscard]] Block block(std::size_t index) const;

 private:
  std::size_t columns_ = 0;
  std::vector<std::size_t> count_;
  std::vector<std::size_t> first_panel_;
  AlignedVector<float> panels_;
  AlignedVector<float> half_norms_;
};

/// A distance and what decides between equal ones, in one number: the bits of a float that is not negative rise with
/// its value. `tie` is the number of rows from the query's to the found one, counted round all rows: so equal rows
/// don't all choose the same few as their neighbors.
using DistanceKey = std::uint64_t;
[[nodiscard]] DistanceKey distance_key(float squared_distance, CompactIndex tie);
[[nodiscard]] float key_distance(DistanceKey key);
[[nodiscard]] inline CompactIndex key_tie(DistanceKey key) { return static_cast<CompactIndex>(key); }

/// The nearest rows of one query: an unordered list that is cut back to `keep` entries whenever it is full. What is
/// kept in the end does not depend on the order in which rows were seen.
struct NearestList {
  DistanceKey* keys = nullptr;
  std::uint32_t count = 0;
  std::uint32_t capacity = 0;  ///< above keep
  std::uint32_t keep = 0;
  float reach = 0.0F;                   ///< squared distance that a row must not exceed
  DistanceKey limit = ~DistanceKey{0};  ///< key that it must not exceed: of many equally near rows few are taken
  float norm = 0.0F;                    ///< |q|^2
  CompactIndex self = 0;                ///< row that is the query itself
  bool foreign = false;                 ///< the query is none of the rows; ties count from row 0, which `self` then is
  const float* row = nullptr;

  void add(DistanceKey key) {
    if (key <= limit) {
      keys[count++] = key;
      if (count == capacity) {
        cut();
      }
    }
  }
  /// Leaves the `keep` nearest and sets reach and limit to the farthest of them.
  void cut();
};

/// |x|^2 summed in the order that the scans use.
[[nodiscard]] float squared_norm(std::span<const float> row);
/// |a - b|^2 from the differences, accurate for near rows; the same from both sides.
[[nodiscard]] float squared_distance(const float* a, const float* b, std::size_t columns);

/// Which squared distance the scan goes by: |q|^2 - 2 q.x + |x|^2, whose error is a few ulp of |q|^2 + |x|^2, or the
/// sum of squared differences for all rows that the first cannot exclude.
enum class ScanDistance { expanded, differences };

struct Scan {
  PackedRows::Block block;
  CompactIndex first = 0;  ///< row number of the block's first row
  GlobalIndex total_rows = 0;
  ScanDistance distance = ScanDistance::expanded;
  float error = 0.0F;  ///< bound of the error of the expanded distances, for `differences`
};

/// Adds to the lists of the queries what the block has within their reach.
void scan(const Scan& task, std::span<NearestList* const> queries);

/// out[q x stride + j] = expanded squared distance of query q to row j of the block, at least 0.
void distance_table(PackedRows::Block block, std::span<const float* const> queries, float* out, std::size_t stride);

/// For each query (count x columns, row-major) the row of the block that is nearest; the first of equally near ones.
void nearest_rows(PackedRows::Block block, std::span<const float> queries, std::span<LocalIndex> nearest);

}  // namespace distsne
