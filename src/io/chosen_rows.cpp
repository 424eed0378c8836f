/// Reading the chosen rows and columns of a file.
#include <algorithm>

#include "io/selection.hpp"

namespace distsne {
namespace {

/// Rows of the file that are read together: what lies between chosen ones is read as well where it is little.
constexpr std::size_t piece_values = std::size_t{1} << 22U;
constexpr GlobalIndex skipped_together = 16;

class ChosenRows : public RowSource {
 public:
  ChosenRows(std::unique_ptr<RowSource> file, std::shared_ptr<const Selection> chosen)
      : file_(std::move(file)), chosen_(std::move(chosen)) {}

  void read(GlobalIndex first, std::span<float> out, const Leave& leave) const override { fill(first, out, leave); }
  void read(GlobalIndex first, std::span<double> out, const Leave& leave) const override { fill(first, out, leave); }
  void read(GlobalIndex first, std::span<std::int64_t> out, const Leave& leave) const override {
    fill(first, out, leave);
  }
  [[nodiscard]] bool searches() const override { return file_->searches(); }
  void read_sparse(GlobalIndex first, LocalIndex count, SparseBlock<float>& out, const Leave& leave) const override {
    fill_sparse(first, count, out, leave);
  }
  void read_sparse(GlobalIndex first, LocalIndex count, SparseBlock<double>& out, const Leave& leave) const override {
    fill_sparse(first, count, out, leave);
  }

  void annotations(const std::function<void(const RowAnnotation&)>& take) const override {
    file_->annotations([&](const RowAnnotation& annotation) {
      RowAnnotation some = annotation;
      std::visit(
          [&](auto& values) {
            if (static_cast<GlobalIndex>(values.size()) != chosen_->file_rows) {
              return;
            }
            auto next = values.begin();
            for (const Selection::Run& run : chosen_->runs) {
              const auto from = values.begin() + static_cast<std::ptrdiff_t>(run.begin);
              next = std::move(from, from + static_cast<std::ptrdiff_t>(run.count), next);
            }
            values.erase(next, values.end());
          },
          some.values);
      take(some);
    });
  }

  [[nodiscard]] std::vector<std::string> column_names() const override {
    const std::vector<std::string> all = file_->column_names();
    if (all.empty() || chosen_->columns.empty()) {
      return all;
    }
    std::vector<std::string> names;
    for (const CompactIndex column : chosen_->columns) {
      names.push_back(all[column]);
    }
    return names;
  }

 private:
  /// Rows [begin, end) of the file, and the chosen ones among them, [first, first + count).
  struct Piece {
    GlobalIndex begin = 0;
    GlobalIndex end = 0;
    GlobalIndex first = 0;
    GlobalIndex count = 0;
  };

  /// The pieces that hold the chosen rows [first, first + count), each of at most `most` rows of the file.
  [[nodiscard]] std::vector<Piece> pieces(GlobalIndex first, GlobalIndex count, GlobalIndex most) const {
    std::vector<Piece> result;
    auto run = std::upper_bound(chosen_->runs.begin(), chosen_->runs.end(), first,
                                [](GlobalIndex row, const Selection::Run& one) { return row < one.first; }) -
               1;
    for (GlobalIndex row = first; row < first + count;) {
      const GlobalIndex place = run->begin + (row - run->first);
      const GlobalIndex left = std::min(run->first + run->count, first + count) - row;
      const bool joins =
          !result.empty() && place - result.back().end <= skipped_together && place + 1 - result.back().begin <= most;
      if (!joins) {
        result.push_back({place, place, row, 0});
      }
      Piece& piece = result.back();
      const GlobalIndex taken = std::min(left, piece.begin + most - place);
      piece.end = place + taken;
      piece.count += taken;
      row += taken;
      if (row == run->first + run->count) {
        ++run;
      }
    }
    return result;
  }

  template <class Value>
  void fill(GlobalIndex first, std::span<Value> out, const Leave& leave) const {
    if (out.empty()) {
      return;
    }
    const auto wide = static_cast<std::size_t>(chosen_->file_columns);
    const std::size_t narrow_width = chosen_->columns.empty() ? wide : chosen_->columns.size();
    const auto count = static_cast<GlobalIndex>(out.size() / narrow_width);
    // A file that is searched from its beginning each time is read once.
    const auto most =
        searches() ? chosen_->file_rows : static_cast<GlobalIndex>(std::max<std::size_t>(1, piece_values / wide));
    std::vector<Piece> parts = pieces(first, count, most);
    if (searches()) {
      parts = {{parts.front().begin, parts.back().end, first, count}};
    }
    std::vector<Value> values;
    for (const Piece& piece : parts) {
      if (leave()) {
        return;
      }
      values.resize(static_cast<std::size_t>(piece.end - piece.begin) * wide);
      file_->read(piece.begin, std::span<Value>(values), leave);
      for (GlobalIndex row = piece.first; row < piece.first + piece.count; ++row) {
        const Value* const from =
            values.data() + static_cast<std::size_t>(chosen_->row_in_file(row) - piece.begin) * wide;
        Value* const to = out.data() + static_cast<std::size_t>(row - first) * narrow_width;
        if (chosen_->columns.empty()) {
          std::copy_n(from, wide, to);
        } else {
          std::transform(chosen_->columns.begin(), chosen_->columns.end(), to,
                         [from](CompactIndex column) { return from[column]; });
        }
      }
    }
  }

  template <class Real>
  void fill_sparse(GlobalIndex first, LocalIndex count, SparseBlock<Real>& out, const Leave& leave) const {
    out = {};
    if (count == 0) {
      return;
    }
    const GlobalIndex most = searches() ? chosen_->file_rows : GlobalIndex{1} << 16U;
    std::vector<Piece> parts = pieces(first, count, most);
    if (searches()) {
      parts = {{parts.front().begin, parts.back().end, first, count}};
    }
    SparseBlock<Real> block;
    for (const Piece& piece : parts) {
      if (leave()) {
        return;
      }
      file_->read_sparse(piece.begin, static_cast<LocalIndex>(piece.end - piece.begin), block, leave);
      for (GlobalIndex row = piece.first; row < piece.first + piece.count; ++row) {
        const auto line = static_cast<std::size_t>(chosen_->row_in_file(row) - piece.begin);
        append(block, line, out);
      }
    }
  }

  template <class Real>
  void append(const SparseBlock<Real>& block, std::size_t line, SparseBlock<Real>& out) const {
    auto wanted = chosen_->columns.begin();
    for (auto e = static_cast<std::size_t>(block.begin[line]); e < static_cast<std::size_t>(block.begin[line + 1]);
         ++e) {
      CompactIndex column = block.columns[e];
      if (!chosen_->columns.empty()) {
        wanted = std::lower_bound(wanted, chosen_->columns.end(), column);
        if (wanted == chosen_->columns.end()) {
          break;
        }
        if (*wanted != column) {
          continue;
        }
        column = static_cast<CompactIndex>(wanted - chosen_->columns.begin());
      }
      out.columns.push_back(column);
      out.values.push_back(block.values[e]);
    }
    out.begin.push_back(static_cast<std::int64_t>(out.columns.size()));
  }

  std::unique_ptr<RowSource> file_;
  std::shared_ptr<const Selection> chosen_;
};

}  // namespace

GlobalIndex Selection::row_in_file(GlobalIndex row) const {
  const auto run = std::upper_bound(runs.begin(), runs.end(), row,
                                    [](GlobalIndex wanted, const Run& one) { return wanted < one.first; }) -
                   1;
  return run->begin + (row - run->first);
}

GlobalIndex Selection::column_in_file(GlobalIndex column) const {
  return columns.empty() ? column : columns[static_cast<std::size_t>(column)];
}

std::unique_ptr<RowSource> chosen_rows(std::unique_ptr<RowSource> file, std::shared_ptr<const Selection> chosen) {
  return std::make_unique<ChosenRows>(std::move(file), std::move(chosen));
}

}  // namespace distsne
