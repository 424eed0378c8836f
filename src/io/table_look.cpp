/// Guessing the look of a table from its first lines.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <map>

#include "io/table.hpp"
#include "io/text_file.hpp"

namespace distsne {
namespace {

constexpr std::size_t most_lines = 300;

using Fields = std::vector<std::string>;

Fields fields_of(std::string_view line, char separator, bool quotes) {
  Fields fields;
  std::string spare;
  for_fields(line, separator, quotes, spare, [&](std::string_view field, std::size_t) { fields.emplace_back(field); });
  return fields;
}

/// How many fields most lines have, and how many lines have so many.
std::pair<std::size_t, std::size_t> usual_width(const std::vector<std::string_view>& lines, char separator,
                                                bool quotes) {
  std::map<std::size_t, std::size_t> widths;
  for (std::size_t i = lines.size() > 1 ? 1 : 0; i < lines.size(); ++i) {  // headings may be shorter
    ++widths[fields_of(lines[i], separator, quotes).size()];
  }
  const auto most =
      std::max_element(widths.begin(), widths.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  return most == widths.end() ? std::pair<std::size_t, std::size_t>{0, 0}
                              : std::pair<std::size_t, std::size_t>{most->first, most->second};
}

char separator_of(const std::vector<std::string_view>& lines, bool quotes) {
  const std::size_t counted = lines.size() > 1 ? lines.size() - 1 : lines.size();
  for (const char separator : {'\t', ';', ',', '|', ' '}) {
    const auto [width, with_it] = usual_width(lines, separator, quotes);
    if (width > 1 && 10 * with_it >= 9 * counted) {
      return separator;
    }
  }
  for (const char separator : {'\t', ';', ',', '|', ' '}) {  // lines of unequal length are an error found later
    if (usual_width(lines, separator, quotes).first > 1) {
      return separator;
    }
  }
  return ',';
}

bool is_number(const std::string& field, bool decimal_comma) {
  double value = 0.0;
  return number_of_field(field, decimal_comma, value);
}

bool is_missing(const std::string& field) {
  double value = 0.0;
  return number_of_field(field, false, value) && std::isnan(value);
}

bool has_decimal_commas(const std::vector<Fields>& rows) {
  std::size_t with_comma = 0;
  for (const Fields& row : rows) {
    for (const std::string& field : row) {
      if (is_number(field, false) && field.find('.') != std::string::npos) {
        return false;
      }
      with_comma += !is_number(field, false) && is_number(field, true) ? 1U : 0U;
    }
  }
  return with_comma > 0;
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

/// Columns of whole numbers that are labels by their name.
bool is_label_name(const std::string& name) {
  constexpr std::array<std::string_view, 9> usual{"label", "labels",  "class",    "target", "cluster",
                                                  "y",     "species", "category", "group"};
  return std::find(usual.begin(), usual.end(), lower(name)) != usual.end();
}

bool is_id_name(const std::string& name) {
  const std::string text = lower(name);
  return text.empty() || text == "id" || text == "index" || text == "unnamed: 0" || text == "row" || text == "rownames";
}

constexpr double exact_in_double = 0x1p53;  // whole numbers below
constexpr double fits_well = 0x1p62;        // in 64 bits with a sign

struct Column {
  std::vector<double> values;
  bool numbers = true;
  bool whole = true;
  bool missing = true;  // all of them

  [[nodiscard]] double deviation() const {
    double sum = 0.0;
    double squares = 0.0;
    double count = 0.0;
    for (const double value : values) {
      if (std::isfinite(value)) {
        sum += value;
        squares += value * value;
        count += 1.0;
      }
    }
    return count < 2.0 ? 0.0 : std::sqrt(std::max(0.0, squares / count - sum / count * (sum / count)));
  }
  /// Whether all are whole and 64 bits with a sign hold them.
  [[nodiscard]] bool fits_integers() const {
    return whole && std::all_of(values.begin(), values.end(),
                                [](double value) { return std::isfinite(value) && std::abs(value) < fits_well; });
  }
  /// Whether doubles may have rounded a whole number.
  [[nodiscard]] bool is_long() const {
    return whole && std::any_of(values.begin(), values.end(), [](double value) {
             return std::isfinite(value) && std::abs(value) >= exact_in_double;
           });
  }
  [[nodiscard]] bool counts_up() const {
    for (std::size_t i = 1; i < values.size(); ++i) {
      if (values[i] != values[i - 1] + 1.0) {
        return false;
      }
    }
    return values.size() > 2;
  }
};

Column column_of(const std::vector<Fields>& rows, std::size_t c, bool decimal_comma) {
  Column column;
  for (const Fields& row : rows) {
    double value = std::numeric_limits<double>::quiet_NaN();
    if (c < row.size() && !number_of_field(row[c], decimal_comma, value)) {
      column.numbers = false;
    }
    column.missing = column.missing && std::isnan(value) && column.numbers;
    column.whole = column.whole && (std::isnan(value) || value == std::floor(value));
    column.values.push_back(value);
  }
  return column;
}

}  // namespace

GlobalIndex TableLook::numbers() const { return std::count(roles.begin(), roles.end(), ColumnRole::number); }

bool number_of_field(std::string_view field, bool decimal_comma, double& value) {
  while (field.starts_with(' ')) {
    field.remove_prefix(1);
  }
  while (field.ends_with(' ')) {
    field.remove_suffix(1);
  }
  if (field.starts_with('+')) {
    field.remove_prefix(1);
  }
  std::array<char, 64> turned{};
  if (decimal_comma && field.size() < turned.size()) {
    std::replace_copy(field.begin(), field.end(), turned.begin(), ',', '.');
    field = std::string_view(turned.data(), field.size());
  }
  const auto [end, failure] = std::from_chars(field.data(), field.data() + field.size(), value);
  if (!field.empty() && end == field.data() + field.size()) {
    if (failure == std::errc()) {
      return true;
    }
    if (failure == std::errc::result_out_of_range) {  // nearly zero, or too large
      const std::size_t exponent = field.find_first_of("eE");
      const bool small = exponent != std::string_view::npos && field.substr(exponent + 1).starts_with('-');
      value = small ? 0.0 : std::numeric_limits<double>::infinity();
      return true;
    }
  }
  constexpr std::array<std::string_view, 9> missing{"", "NA", "N/A", "NaN", "nan", "null", "NULL", "?", "-"};
  value = std::numeric_limits<double>::quiet_NaN();
  return std::find(missing.begin(), missing.end(), field) != missing.end();
}

bool number_of_field(std::string_view field, bool decimal_comma, std::int64_t& value) {
  const std::size_t first = field.find_first_not_of(" +");
  const std::string_view digits = field.substr(std::min(first, field.size()));
  const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (failure == std::errc() && !digits.empty() &&
      std::string_view(end, static_cast<std::size_t>(digits.data() + digits.size() - end)).find_first_not_of(' ') ==
          std::string_view::npos) {
    return true;
  }
  double written = 0.0;  // another way, such as 12.0
  if (!number_of_field(field, decimal_comma, written) || written != std::floor(written) ||
      std::abs(written) > exact_in_double) {
    return false;
  }
  value = static_cast<std::int64_t>(written);
  return true;
}

TableLook look_at_table(std::string_view text) {
  TableLook look;
  const std::size_t size = text.size();
  if (text.starts_with("\xEF\xBB\xBF")) {
    text.remove_prefix(3);
  }
  while (text.starts_with('#') || text.starts_with('\n') || text.starts_with("\r\n")) {
    const std::string_view before = text;
    const std::string_view line = next_line(text);
    const bool is_heading = line.starts_with('#') && !text.starts_with('#') &&
                            line.find_first_of("\t,;") != std::string_view::npos;  // as some programs mark theirs
    if (is_heading) {
      text = before;
      break;
    }
  }
  const std::uint64_t start = size - text.size();
  look.quotes = text.find('"') != std::string_view::npos;
  std::vector<std::string_view> lines;
  std::vector<std::uint64_t> ends;
  std::string_view rest = text;
  while (!rest.empty() && lines.size() < most_lines) {
    const std::string_view line = next_line(rest, look.quotes);
    if (!line.empty()) {
      lines.push_back(line);
      ends.push_back(start + text.size() - rest.size());
    }
  }
  if (lines.size() > 2 && rest.empty() && !text.ends_with('\n') && text.size() > (1U << 19U)) {
    lines.pop_back();  // cut off
  }
  if (lines.empty()) {
    return look;
  }
  look.separator = separator_of(lines, look.quotes);
  std::vector<Fields> rows;
  for (const std::string_view line : lines) {
    rows.push_back(fields_of(line, look.separator, look.quotes));
  }
  const Fields first = rows.front();
  const std::vector<Fields> body(rows.begin() + 1, rows.end());
  look.decimal_comma = look.separator != ',' && has_decimal_commas(body.empty() ? rows : body);
  const std::size_t width = std::max(usual_width(lines, look.separator, look.quotes).first, std::size_t{1});
  bool words_over_numbers = false;
  for (std::size_t c = 0; c < first.size() && !body.empty(); ++c) {
    const Column column = column_of(body, c + (width == first.size() + 1 ? 1 : 0), look.decimal_comma);
    words_over_numbers = words_over_numbers || (column.numbers && !column.missing &&
                                                !is_number(first[c], look.decimal_comma) && !is_missing(first[c]));
  }
  const bool shorter = width == first.size() + 1;  // as R writes it: names of rows have no heading
  look.heading = !body.empty() && (words_over_numbers || shorter);
  look.begin = look.heading ? ends.front() : start;
  const std::vector<Fields>& sample = look.heading ? body : rows;
  double largest = 0.0;
  double next = 0.0;
  bool named = false;
  for (std::size_t c = 0; c < width; ++c) {
    const std::size_t in_heading = shorter ? c - 1 : c;  // of the first, beyond any
    const std::string name = look.heading && in_heading < first.size() ? first[in_heading] : std::string();
    const Column column = column_of(sample, c, look.decimal_comma);
    ColumnRole role = column.missing ? ColumnRole::nothing : column.numbers ? ColumnRole::number : ColumnRole::word;
    if (look.heading && role == ColumnRole::number && column.whole && is_label_name(name)) {
      role = ColumnRole::word;
    }
    const bool ids = role == ColumnRole::word && c == 0 && (shorter || is_id_name(name));
    const bool counted = role == ColumnRole::number && look.heading && is_id_name(name) && column.counts_up();
    if (!named && (ids || counted || (shorter && c == 0))) {
      role = ColumnRole::name;
      named = true;
    }
    look.roles.push_back(role);
    look.names.push_back(name.empty() ? fmt::format("column {}", c) : name);
    if (role == ColumnRole::number) {
      look.whole = look.whole && column.fits_integers();
      if (column.is_long()) {
        look.long_integers = look.names.back();
      }
      const double deviation = column.deviation();
      if (deviation > largest) {
        next = largest;
        largest = deviation;
        look.dwarfing = look.names.back();
      } else {
        next = std::max(next, deviation);
      }
    }
  }
  if (!(largest > 100.0 * next) || look.numbers() < 2) {
    look.dwarfing.clear();
  }
  return look;
}

}  // namespace distsne
