/// Matrix Market files (.mtx, .mtx.gz), with barcodes and features beside them as 10x Genomics has it.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>

#include "distsne/base/error.hpp"
#include "io/format.hpp"
#include "io/sparse_source.hpp"
#include "io/text_file.hpp"

namespace distsne {
namespace {

Error bad_input(const std::string& path, const std::string& message) {
  return Error(fmt::format("'{}' is a Matrix Market file {}", path, message), ExitCode::bad_input);
}

/// What the first lines say, and where the entries begin.
struct Heading {
  bool pattern = false;    ///< entries without values, which are 1
  bool symmetric = false;  ///< of each pair of entries one
  bool negated = false;    ///< skew-symmetric
  bool of_cells = false;   ///< made by Cell Ranger, whose columns are the cells
  GlobalIndex rows = 0;
  GlobalIndex columns = 0;
  GlobalIndex entries = 0;
  std::uint64_t begin = 0;
};

std::string_view next_word(std::string_view& text) {
  const std::size_t begin = std::min(text.find_first_not_of(" \t"), text.size());
  text.remove_prefix(begin);
  const std::size_t end = std::min(text.find_first_of(" \t"), text.size());
  const std::string_view word = text.substr(0, end);
  text.remove_prefix(end);
  return word;
}

template <class Number>
bool read_number(std::string_view& text, Number& value) {
  std::string_view word = next_word(text);
  if (word.starts_with('+')) {
    word.remove_prefix(1);
  }
  const auto [end, failure] = std::from_chars(word.data(), word.data() + word.size(), value);
  return failure == std::errc() && end == word.data() + word.size();
}

Heading heading_of(const std::string& path) {
  const std::string head = text_head(path, std::size_t{1} << 20U);
  std::string_view rest = head;
  std::string first(next_line(rest));
  std::transform(first.begin(), first.end(), first.begin(), [](unsigned char c) { return std::tolower(c); });
  std::string_view words = first;
  next_word(words);
  next_word(words);
  const std::string_view kind = next_word(words);
  const std::string_view field = next_word(words);
  const std::string_view symmetry = next_word(words);
  if (kind != "coordinate" || field == "complex" || symmetry == "hermitian") {
    throw bad_input(path, fmt::format("of kind '{} {}': real numbers in coordinates are wanted (scipy.io.mmwrite "
                                      "of a sparse matrix writes them)",
                                      kind, field));
  }
  Heading heading;
  heading.pattern = field == "pattern";
  heading.negated = symmetry == "skew-symmetric";
  heading.symmetric = symmetry == "symmetric" || heading.negated;
  std::string_view line;
  while (!rest.empty() && (line.empty() || line.starts_with('%'))) {
    line = next_line(rest);
    heading.of_cells = heading.of_cells || line.starts_with("%metadata_json");
  }
  if (!read_number(line, heading.rows) || !read_number(line, heading.columns) || !read_number(line, heading.entries) ||
      heading.rows < 0 || heading.columns < 0 || heading.entries < 0) {
    throw bad_input(path, "without a line of rows, columns and entries");
  }
  heading.begin = head.size() - rest.size();
  return heading;
}

/// The file beside a matrix that has one of these names, packed or not; empty where there is none.
std::string beside(const std::string& path, std::initializer_list<const char*> names) {
  const std::filesystem::path folder = std::filesystem::path(path).parent_path();
  const std::string file = std::filesystem::path(path).filename().string();
  const std::size_t place = file.find("matrix.mtx");
  const std::string prefix = place == std::string::npos ? "" : file.substr(0, place);
  std::error_code ignored;
  for (const char* name : names) {
    for (const char* packed : {"", ".gz"}) {
      const std::filesystem::path candidate = folder / (prefix + name + packed);
      if (std::filesystem::is_regular_file(candidate, ignored)) {
        return candidate.string();
      }
    }
  }
  return {};
}

/// A column of a table without a heading.
std::vector<std::string> words_of(const std::string& path, std::size_t column) {
  std::vector<std::string> words;
  TextFile file(path);
  file.blocks(0, false, [&](std::string_view block, std::uint64_t) {
    while (!block.empty()) {
      std::string_view line = next_line(block);
      for (std::size_t c = 0; c < column && line.find('\t') != std::string_view::npos; ++c) {
        line.remove_prefix(line.find('\t') + 1);
      }
      words.emplace_back(line.substr(0, line.find('\t')));
    }
    return true;
  });
  return words;
}

constexpr std::initializer_list<const char*> barcodes{"barcodes.tsv"};
constexpr std::initializer_list<const char*> features{"features.tsv", "genes.tsv"};

bool is_mtx(const FileHead& head) { return head.bytes.starts_with("%%MatrixMarket"); }

InputDescription describe_mtx(const InputOptions& options) {
  const Heading heading = heading_of(options.path);
  InputDescription input;
  input.path = options.path;
  input.format = "Matrix Market";
  input.rows = heading.rows;
  input.columns = heading.columns;
  input.layout = Layout::sparse_rows;
  input.entries = heading.entries * (heading.symmetric ? 2 : 1);
  const std::string names = beside(options.path, barcodes);
  const auto count = names.empty() ? -1 : std::ssize(words_of(names, 0));
  const bool by_columns = names.empty() ? heading.of_cells : count == heading.columns && count != heading.rows;
  if (by_columns != options.transpose) {
    input = transposed(input);
  }
  input.usual = by_columns ? usual_for_counts : "";
  input.note = by_columns && names.empty() ? fmt::format("the columns of {}, which are cells", options.path)
               : by_columns                ? fmt::format("the columns of {}, which {} names", options.path, names)
               : options.transpose || heading.columns <= heading.rows
                   ? std::string()
                   : fmt::format(
                         "the {} rows of {}; if cells are its {} columns, as in files of 10x Genomics, use "
                         "--transpose",
                         heading.rows, options.path, heading.columns);
  return input;
}

class MatrixMarketSource : public SparseSource {
 public:
  explicit MatrixMarketSource(InputDescription input) : input_(std::move(input)) { set_columns(input_.columns); }

  void annotations(const std::function<void(const RowAnnotation&)>& take) const override {
    for (const auto& [names, column] : {std::pair{barcodes, 0U}, std::pair{features, 0U}}) {
      const std::string file = beside(input_.path, names);
      std::vector<std::string> words = file.empty() ? std::vector<std::string>() : words_of(file, column);
      if (std::ssize(words) == input_.rows) {
        RowAnnotation annotation;
        annotation.name = row_names;
        annotation.values = std::move(words);
        take(annotation);
        return;
      }
    }
  }
  [[nodiscard]] std::vector<std::string> column_names() const override {
    for (const auto& [names, column] : {std::pair{features, 1U}, std::pair{barcodes, 0U}}) {
      const std::string file = beside(input_.path, names);
      std::vector<std::string> words = file.empty() ? std::vector<std::string>() : words_of(file, column);
      if (std::ssize(words) == input_.columns) {
        return words;
      }
    }
    return {};
  }

 protected:
  void read_entries(GlobalIndex first, LocalIndex count, SparseBlock<float>& out, const Leave& leave) const override {
    read_all(first, count, out, leave);
  }
  void read_entries(GlobalIndex first, LocalIndex count, SparseBlock<double>& out, const Leave& leave) const override {
    read_all(first, count, out, leave);
  }

 private:
  /// Calls use(row, column, value) for all entries.
  template <class Use>
  void for_entries(const Heading& heading, const Leave& leave, const Use& use) const {
    const bool turned = input_.layout == Layout::sparse_columns;
    TextFile file(input_.path);
    GlobalIndex seen = 0;
    bool left = false;
    file.blocks(heading.begin, false, [&](std::string_view block, std::uint64_t) {
      left = leave();
      while (!block.empty() && !left) {
        std::string_view line = next_line(block);
        if (line.find_first_not_of(" \t") == std::string_view::npos || line.starts_with('%')) {
          continue;
        }
        const std::string_view whole = line;
        GlobalIndex row = 0;
        GlobalIndex column = 0;
        double value = 1.0;
        if (!read_number(line, row) || !read_number(line, column) || (!heading.pattern && !read_number(line, value)) ||
            row < 1 || column < 1 || row > heading.rows || column > heading.columns) {
          throw bad_input(input_.path, fmt::format("of {} x {}, in which entry {} is '{}'", heading.rows,
                                                   heading.columns, seen + 1, whole.substr(0, 60)));
        }
        ++seen;
        turned ? use(column - 1, row - 1, value) : use(row - 1, column - 1, value);
        if (heading.symmetric && row != column) {
          const double other = heading.negated ? -value : value;
          turned ? use(row - 1, column - 1, other) : use(column - 1, row - 1, other);
        }
      }
      return !left;
    });
    if (!left && seen != heading.entries) {
      throw bad_input(input_.path, fmt::format("with {} entries where its heading says {}: it is truncated or damaged",
                                               seen, heading.entries));
    }
  }

  template <class Real>
  void read_all(GlobalIndex first, LocalIndex count, SparseBlock<Real>& out, const Leave& leave) const {
    out = {};
    const Heading heading = heading_of(input_.path);
    struct Entry {
      LocalIndex row;
      CompactIndex column;
      Real value;
    };
    UnsetVector<Entry> entries;
    out.begin.assign(static_cast<std::size_t>(count) + 1, 0);
    for_entries(heading, leave, [&](GlobalIndex row, GlobalIndex column, double value) {
      if (row >= first && row < first + count) {
        entries.push_back(
            {static_cast<LocalIndex>(row - first), static_cast<CompactIndex>(column), static_cast<Real>(value)});
        ++out.begin[static_cast<std::size_t>(row - first) + 1];
      }
    });
    for (std::size_t row = 1; row < out.begin.size(); ++row) {
      out.begin[row] += out.begin[row - 1];
    }
    std::vector<std::int64_t> place(out.begin.begin(), out.begin.end() - 1);
    out.columns.resize(entries.size());
    out.values.resize(entries.size());
    for (const Entry& entry : entries) {
      const auto to = static_cast<std::size_t>(place[static_cast<std::size_t>(entry.row)]++);
      out.columns[to] = entry.column;
      out.values[to] = entry.value;
    }
  }

  InputDescription input_;
};

std::unique_ptr<RowSource> open_mtx(const InputDescription& input) {
  return std::make_unique<MatrixMarketSource>(input);
}

}  // namespace

const Format matrix_market{"Matrix Market", is_mtx, describe_mtx, open_mtx};

}  // namespace distsne
