/// CSV, TSV and their kin, also packed by gzip: columns of numbers are rows to embed, the others tell about them.
#include "io/table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "base/parallel.hpp"
#include "distsne/base/error.hpp"
#include "io/format.hpp"
#include "io/text_file.hpp"

namespace distsne {
namespace {

constexpr std::size_t head_bytes = std::size_t{1} << 20U;
constexpr GlobalIndex marked_rows = 1024;  ///< rows from one mark to the next

Error bad_table(const std::string& path, const std::string& message) {
  return Error(fmt::format("'{}': {}", path, message), ExitCode::bad_input);
}

/// A table, and where rows begin.
struct Table {
  TableLook look;
  GlobalIndex rows = 0;
  std::vector<std::uint64_t> marks;  ///< where rows 0, marked_rows, 2 marked_rows, ... begin
};

std::string text_of(const Table& table) {
  const TableLook& look = table.look;
  std::vector<int> roles;
  std::transform(look.roles.begin(), look.roles.end(), std::back_inserter(roles),
                 [](ColumnRole role) { return static_cast<int>(role); });
  const nlohmann::json json{{"separator", std::string(1, look.separator)},
                            {"comma", look.decimal_comma},
                            {"quotes", look.quotes},
                            {"names", look.names},
                            {"roles", roles},
                            {"rows", table.rows},
                            {"marks", table.marks}};
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

Table table_of(const std::string& text) {
  const nlohmann::json json = nlohmann::json::parse(text);
  Table table;
  table.look.separator = json.at("separator").get<std::string>().front();
  table.look.decimal_comma = json.at("comma").get<bool>();
  table.look.quotes = json.at("quotes").get<bool>();
  table.look.names = json.at("names").get<std::vector<std::string>>();
  for (const int role : json.at("roles").get<std::vector<int>>()) {
    table.look.roles.push_back(static_cast<ColumnRole>(role));
  }
  table.rows = json.at("rows").get<GlobalIndex>();
  table.marks = json.at("marks").get<std::vector<std::uint64_t>>();
  return table;
}

bool is_table(const FileHead& head) {
  const bool text = std::none_of(head.bytes.begin(), head.bytes.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 9 || (byte > 13 && byte < 32 && byte != 27);
  });
  return text && !head.bytes.starts_with('{') && !head.bytes.starts_with('<') && !head.bytes.starts_with('@') &&
         look_at_table(head.bytes).numbers() > 0;
}

std::string separator_name(char separator) {
  return separator == '\t' ? "tabs" : separator == ' ' ? "blanks" : fmt::format("'{}'", separator);
}

/// Names of the columns of a role, not too many of them.
std::string names_of(const TableLook& look, ColumnRole role) {
  std::vector<std::string> names;
  for (std::size_t c = 0; c < look.roles.size(); ++c) {
    if (look.roles[c] == role) {
      names.push_back(look.names[c]);
    }
  }
  const bool many = names.size() > 6;
  names.resize(std::min<std::size_t>(names.size(), 6));
  return fmt::format("{}{}", fmt::join(names, ", "), many ? ", ..." : "");
}

/// The remedy when each line may be one value of a matrix, told by its row and its column.
std::string pivot_of(const TableLook& look) {
  std::vector<std::string> words;
  std::string value;
  for (std::size_t c = 0; c < look.roles.size(); ++c) {
    if (look.roles[c] == ColumnRole::number) {
      value = look.names[c];
    } else {
      words.push_back(look.names[c]);
    }
  }
  return look.numbers() == 1 && words.size() == 2 && look.heading
             ? fmt::format(
                   "; if each line is one value of a matrix, make that of it, as pandas' "
                   "frame.pivot(index='{}', columns='{}', values='{}').fillna(0) does",
                   words[1], words[0], value)
             : std::string();
}

std::string note_of(const std::string& path, const TableLook& look) {
  std::string note =
      fmt::format("{} column{} of numbers of {}, separated by {}{}{}", look.numbers(), look.numbers() == 1 ? "" : "s",
                  path, separator_name(look.separator), look.decimal_comma ? ", with decimal commas" : "",
                  look.heading ? ", with a heading" : "");
  if (const std::string names = names_of(look, ColumnRole::name); !names.empty()) {
    note += fmt::format("; rows are named by '{}'", names);
  }
  if (const std::string names = names_of(look, ColumnRole::word); !names.empty()) {
    note += fmt::format("; labels: {}", names);
  }
  note += pivot_of(look);
  if (!look.long_integers.empty() && !look.whole) {
    note += fmt::format("; whole numbers of '{}' have more digits than the 16 that are kept", look.long_integers);
  }
  if (!look.dwarfing.empty()) {
    note += fmt::format(
        "; '{}' varies more than 100 times as much as all others: if it is an id, take it out of the "
        "file",
        look.dwarfing);
  }
  return note;
}

/// The first lines of a table, whole ones, several also where they are long.
std::string first_lines(const std::string& path) {
  constexpr std::size_t most_bytes = std::size_t{1} << 30U;
  constexpr std::int64_t enough = 8;
  std::size_t size = head_bytes;
  std::string head = text_head(path, size);
  while (head.size() == size && size < most_bytes && std::count(head.begin(), head.end(), '\n') < enough) {
    size *= 4;
    head = text_head(path, size);
  }
  if (head.size() == size) {
    head.resize(head.rfind('\n') + 1);
  }
  return head;
}

InputDescription describe_table(const InputOptions& options) {
  Table table;
  table.look = look_at_table(first_lines(options.path));
  TextFile file(options.path);
  file.blocks(table.look.begin, table.look.quotes, [&](std::string_view block, std::uint64_t offset) {
    const std::size_t size = block.size();
    while (!block.empty()) {
      const std::uint64_t begin = offset + size - block.size();
      if (!next_line(block, table.look.quotes).empty()) {
        if (table.rows % marked_rows == 0) {
          table.marks.push_back(begin);
        }
        ++table.rows;
      }
    }
    return true;
  });
  InputDescription input;
  input.path = options.path;
  input.format = "table";
  input.rows = table.rows;
  input.columns = table.look.numbers();
  input.note = note_of(options.path, table.look);
  input.state = text_of(table);
  input.signed_integers = !table.look.long_integers.empty() && table.look.whole;
  if (options.transpose) {
    throw bad_table(options.path,
                    "--transpose is not for tables of text: turn it round where it was made, or by "
                    "pandas.read_csv(file, index_col=0).T.to_csv(...)");
  }
  return input;
}

bool is_nan(double value) { return std::isnan(value); }
bool is_nan(std::int64_t /*value*/) { return false; }

class TableSource : public RowSource {
 public:
  explicit TableSource(InputDescription input) : input_(std::move(input)), table_(table_of(input_.state)) {}

  using RowSource::read;
  void read(GlobalIndex first, std::span<float> out, const Leave& leave) const override { fill(first, out, leave); }
  void read(GlobalIndex first, std::span<double> out, const Leave& leave) const override { fill(first, out, leave); }
  void read(GlobalIndex first, std::span<std::int64_t> out, const Leave& leave) const override {
    fill(first, out, leave);
  }

  [[nodiscard]] bool searches() const override { return TextFile(input_.path).packed(); }

  void annotations(const std::function<void(const RowAnnotation&)>& take) const override {
    const TableLook& look = table_.look;
    std::vector<std::size_t> wanted;
    for (std::size_t column = 0; column < look.roles.size(); ++column) {
      if (look.roles[column] == ColumnRole::word || look.roles[column] == ColumnRole::name) {
        wanted.push_back(column);
      }
    }
    constexpr std::size_t most_words = std::size_t{1} << 25U;  // in memory, of as many columns as the file is read for
    const std::size_t together = std::max<std::size_t>(1, most_words / static_cast<std::size_t>(table_.rows + 1));
    for (std::size_t first = 0; first < wanted.size(); first += together) {
      annotate(std::span(wanted).subspan(first, std::min(together, wanted.size() - first)), take);
    }
  }

  [[nodiscard]] std::vector<std::string> column_names() const override {
    std::vector<std::string> names;
    for (std::size_t c = 0; c < table_.look.roles.size(); ++c) {
      if (table_.look.roles[c] == ColumnRole::number) {
        names.push_back(table_.look.names[c]);
      }
    }
    return names;
  }

 private:
  /// Gives what stands in some columns.
  void annotate(std::span<const std::size_t> columns, const std::function<void(const RowAnnotation&)>& take) const {
    const TableLook& look = table_.look;
    std::vector<std::vector<std::string>> words(columns.size());
    for (std::vector<std::string>& column : words) {
      column.resize(static_cast<std::size_t>(table_.rows));
    }
    for_lines(
        0, table_.rows, [] { return false; },
        [&](std::string_view line, GlobalIndex row, std::string& spare) {
          std::size_t next = 0;
          for_fields(line, look.separator, look.quotes, spare, [&](std::string_view field, std::size_t column) {
            if (next < columns.size() && column == columns[next]) {
              words[next++][static_cast<std::size_t>(row)] = std::string(field);
            }
          });
        });
    for (std::size_t c = 0; c < columns.size(); ++c) {
      RowAnnotation annotation;
      annotation.name = look.roles[columns[c]] == ColumnRole::name ? row_names : look.names[columns[c]];
      annotation.values = std::move(words[c]);
      take(annotation);
    }
  }

  /// Calls use(line, row, buffer of the thread) for rows [first, first + count), on all threads.
  template <class Use>
  void for_lines(GlobalIndex first, GlobalIndex count, const Leave& leave, const Use& use) const {
    if (count == 0) {
      return;
    }
    const auto mark = static_cast<std::size_t>(first / marked_rows);
    GlobalIndex row = static_cast<GlobalIndex>(mark) * marked_rows;
    TextFile file(input_.path);
    std::vector<std::string_view> lines;
    file.blocks(table_.marks[mark], table_.look.quotes, [&](std::string_view block, std::uint64_t) {
      if (leave()) {
        row = first + count;
        return false;
      }
      lines.clear();
      while (!block.empty() && row + std::ssize(lines) < first + count) {
        const std::string_view line = next_line(block, table_.look.quotes);
        if (!line.empty()) {
          lines.push_back(line);
        }
      }
      constexpr std::int64_t lines_together = 64;
      const std::int64_t groups = divide_up(std::ssize(lines), lines_together);
      parallel_for(groups, [&](std::int64_t group) {
        std::string spare;
        const std::int64_t end = std::min<std::int64_t>(std::ssize(lines), (group + 1) * lines_together);
        for (std::int64_t i = group * lines_together; i < end; ++i) {
          if (row + i >= first) {
            use(lines[static_cast<std::size_t>(i)], row + i, spare);
          }
        }
      });
      row += std::ssize(lines);
      return row < first + count;
    });
    if (row < first + count) {
      throw bad_table(input_.path,
                      fmt::format("it has {} rows where it had {} before: it has changed", row, table_.rows));
    }
  }

  template <class Real>
  void fill(GlobalIndex first, std::span<Real> out, const Leave& leave) const {
    const TableLook& look = table_.look;
    const GlobalIndex width = input_.columns;
    for_lines(first, std::ssize(out) / width, leave, [&](std::string_view line, GlobalIndex row, std::string& spare) {
      Real* next = out.data() + (row - first) * width;
      std::size_t fields = 0;
      for_fields(line, look.separator, look.quotes, spare, [&](std::string_view field, std::size_t column) {
        fields = column + 1;
        if (column < look.roles.size() && look.roles[column] == ColumnRole::number) {
          std::conditional_t<std::is_integral_v<Real>, std::int64_t, double> value{};
          if (!number_of_field(field, look.decimal_comma, value) || is_nan(value)) {
            refuse(line, row, column, field, std::is_integral_v<Real>);
          }
          *next++ = static_cast<Real>(value);
        }
      });
      if (fields != look.roles.size()) {
        throw bad_table(input_.path, fmt::format("row {} has {} fields, and others have {}", place(line, row), fields,
                                                 look.roles.size()));
      }
    });
  }

  /// The number of a row, counted from 0, and its name where it has one.
  [[nodiscard]] std::string place(std::string_view line, GlobalIndex row) const {
    std::string name;
    std::string spare;
    for_fields(line, table_.look.separator, table_.look.quotes, spare, [&](std::string_view field, std::size_t column) {
      if (column < table_.look.roles.size() && table_.look.roles[column] == ColumnRole::name) {
        name = fmt::format(" ('{}')", field.substr(0, 60));
      }
    });
    return fmt::format("{}{}", row, name);
  }

  [[noreturn]] void refuse(std::string_view line, GlobalIndex row, std::size_t column, std::string_view field,
                           bool whole) const {
    double value = 0.0;
    const bool missing = number_of_field(field, table_.look.decimal_comma, value) && std::isnan(value);
    throw bad_table(
        input_.path,
        fmt::format("row {} (counted from 0), column '{}' {}: remove or replace such values, or take the column "
                    "out of the file",
                    place(line, row), table_.look.names[column],
                    missing ? "has no value"
                            : fmt::format("is '{}', where others have {}", field.substr(0, 60),
                                          whole ? "whole numbers of up to 18 digits" : "numbers")));
  }

  InputDescription input_;
  Table table_;
};

std::unique_ptr<RowSource> open_table(const InputDescription& input) { return std::make_unique<TableSource>(input); }

}  // namespace

const Format text_table{"table", is_table, describe_table, open_table};

}  // namespace distsne
