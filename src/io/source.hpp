/// Where rows come from: one interface for all kinds of files.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "distsne/base/aligned.hpp"
#include "distsne/base/types.hpp"
#include "io/input.hpp"

namespace distsne {

/// Something that a file tells about each of its rows: a number or a word. Missing numbers are NaN, missing words
/// empty.
struct RowAnnotation {
  std::string name;
  std::variant<std::vector<std::int64_t>, std::vector<double>, std::vector<std::string>> values;
  std::vector<std::string> categories;  ///< the different words, where they have an order of their own
  std::vector<std::string> colors;      ///< one for each category, as "#rrggbb"
};

/// The name of the annotation that holds what a file calls its rows.
inline constexpr const char* row_names = "row_names";

/// Rows whose zeros are left out: row i has the entries [begin[i], begin[i + 1]), in rising columns, each column once.
template <class Real>
struct SparseBlock {
  std::vector<std::int64_t> begin{0};
  UnsetVector<CompactIndex> columns;
  UnsetVector<Real> values;
};

/// A file open for reading its rows. Each rank has one of its own; no function is collective. All throw Error: I/O when
/// reading fails, bad input when what was read is wrong.
class RowSource {
 public:
  /// Asked now and then: whether the rest need not be read.
  using Leave = std::function<bool()>;

  RowSource() = default;
  RowSource(const RowSource&) = delete;
  RowSource& operator=(const RowSource&) = delete;
  RowSource(RowSource&&) = delete;
  RowSource& operator=(RowSource&&) = delete;
  virtual ~RowSource() = default;

  /// Fills `out` with whole rows from `first` on.
  virtual void read(GlobalIndex first, std::span<float> out, const Leave& leave) const = 0;
  virtual void read(GlobalIndex first, std::span<double> out, const Leave& leave) const = 0;

  /// The same where InputDescription::signed_integers holds.
  virtual void read(GlobalIndex first, std::span<std::int64_t> out, const Leave& leave) const;
  /// Whether each call searches through the file from its beginning, so that only the rows of a rank at once are quick.
  [[nodiscard]] virtual bool searches() const { return false; }

  /// The entries of `count` rows from `first` on, where InputDescription::sparse() holds.
  virtual void read_sparse(GlobalIndex first, LocalIndex count, SparseBlock<float>& out, const Leave& leave) const;
  virtual void read_sparse(GlobalIndex first, LocalIndex count, SparseBlock<double>& out, const Leave& leave) const;

  /// Calls take(annotation) for all that the file tells about its rows, one after the other.
  virtual void annotations(const std::function<void(const RowAnnotation&)>& take) const = 0;
  /// What the columns are called; empty where the file does not say.
  [[nodiscard]] virtual std::vector<std::string> column_names() const { return {}; }
};

/// One process. Opens what describe_input has found.
[[nodiscard]] std::unique_ptr<RowSource> open_source(const InputDescription& input);

}  // namespace distsne
