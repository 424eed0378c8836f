/// Tables, arrays, and maps put back into AnnData files.
#include "io/export.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <iterator>
#include <optional>
#include <vector>

#include "io/annotator.hpp"
#include "io/find_dataset.hpp"
#include "io/hdf5_dialect.hpp"
#include "io/output_file.hpp"

namespace distsne {
namespace {

Error bad_input(const std::string& message) { return Error(message, ExitCode::bad_input); }

/// A result, as far as it goes into other files.
struct Map {
  Hdf5Tree tree;
  InputDescription embedding;
  bool full = false;  ///< 64-bit

  explicit Map(const std::string& path) : tree(path), embedding(find_dataset({path, "/embedding"})) {
    const Hdf5Handle dataset = tree.open("/embedding");
    const Hdf5Handle type(H5Dget_type(dataset.id()), H5Tclose, "the type of '/embedding' cannot be read");
    full = H5Tget_size(type.id()) == sizeof(double);
  }

  [[nodiscard]] std::vector<RowAnnotation> annotations() const {
    std::vector<RowAnnotation> found;
    annotations_in(tree, "", embedding.rows, {}, [&](const RowAnnotation& one) { found.push_back(one); });
    const auto is_name = [](const RowAnnotation& one) { return one.name == row_names; };
    std::stable_partition(found.begin(), found.end(), is_name);
    return found;
  }
  [[nodiscard]] std::string method() const {
    const std::string method = tree.text_attribute("", "method");
    return method.empty() ? "tsne" : method;
  }
};

std::string quoted(const std::string& word, char separator) {
  if (word.find_first_of(std::string("\"\r\n") + separator) == std::string::npos) {
    return word;
  }
  std::string text = "\"";
  for (const char c : word) {
    text += c == '"' ? "\"\"" : std::string(1, c);
  }
  return text + '"';
}

/// Writes a file by pieces, and puts it into its place at the end.
class Pieces {
 public:
  explicit Pieces(std::string path) : path_(std::move(path)), file_(temporary_name(path_), OutputFile::Mode::create) {}
  void add(std::span<const std::byte> bytes) {
    file_.write(bytes, place_);
    place_ += bytes.size();
  }
  void finish() {
    file_.close();
    move_into_place(path_);
  }

 private:
  std::string path_;
  OutputFile file_;
  std::uint64_t place_ = 0;
};

void write_table(const Map& map, const std::string& output, char separator) {
  const std::vector<RowAnnotation> annotations = map.annotations();
  const bool named = !annotations.empty() && annotations.front().name == row_names;
  const std::vector<double> values = map.tree.numbers("/embedding");
  const auto dims = static_cast<std::size_t>(map.embedding.columns);
  Pieces file(output);
  std::string text;
  const auto add_field = [&](const std::string& field) {
    text += text.empty() || text.back() == '\n' ? "" : std::string(1, separator);
    text += quoted(field, separator);
  };
  if (named) {
    add_field(row_names);
  }
  for (std::size_t d = 1; d <= dims; ++d) {
    add_field(fmt::format("{}_{}", map.method(), d));
  }
  for (std::size_t a = named ? 1 : 0; a < annotations.size(); ++a) {
    add_field(annotations[a].name);
  }
  const auto value_of = [](const RowAnnotation& annotation, std::size_t row) {
    if (const auto* words = std::get_if<std::vector<std::string>>(&annotation.values)) {
      return (*words)[row];
    }
    const auto* integers = std::get_if<std::vector<std::int64_t>>(&annotation.values);
    return integers != nullptr ? std::to_string((*integers)[row])
                               : text_of(std::get<std::vector<double>>(annotation.values)[row]);
  };
  text += '\n';
  for (std::size_t row = 0; row < static_cast<std::size_t>(map.embedding.rows); ++row) {
    std::string line;
    const auto add = [&](const std::string& field, bool first) { line += first ? field : separator + field; };
    if (named) {
      add(quoted(value_of(annotations.front(), row), separator), true);
    }
    for (std::size_t d = 0; d < dims; ++d) {
      const double value = values[row * dims + d];
      add(map.full ? fmt::format("{}", value) : fmt::format("{}", static_cast<float>(value)), !named && d == 0);
    }
    for (std::size_t a = named ? 1 : 0; a < annotations.size(); ++a) {
      add(quoted(value_of(annotations[a], row), separator), false);
    }
    text += line + '\n';
    if (text.size() > (1U << 20U)) {
      file.add(std::as_bytes(std::span(text)));
      text.clear();
    }
  }
  file.add(std::as_bytes(std::span(text)));
  file.finish();
}

void write_array(const Map& map, const std::string& output) {
  const std::vector<double> values = map.tree.numbers("/embedding");
  std::string header = fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': ({}, {}), }}",
                                   map.full ? "<f8" : "<f4", map.embedding.rows, map.embedding.columns);
  header.resize((header.size() + 11 + 63) / 64 * 64 - 11, ' ');
  header += '\n';
  const auto length = static_cast<unsigned>(header.size());
  const std::string start = std::string("\x93NUMPY\x01", 7) + '\0' + static_cast<char>(length & 0xFFU) +
                            static_cast<char>(length >> 8U) + header;
  Pieces file(output);
  file.add(std::as_bytes(std::span(start)));
  if (map.full) {
    file.add(std::as_bytes(std::span(values)));
  } else {
    const std::vector<float> floats(values.begin(), values.end());
    file.add(std::as_bytes(std::span(floats)));
  }
  file.finish();
}

/// The names of the rows of cells, of which there must be as many as in the map.
std::vector<std::string> cell_names(const std::string& cells, GlobalIndex rows) {
  const Hdf5Tree tree(cells);
  InputDescription input;
  input.path = cells;
  input.rows = rows;
  std::optional<std::vector<std::string>> names;
  if (anndata.speaks(tree)) {
    anndata.annotations(tree, input, [&](const RowAnnotation& annotation) {
      const auto* words = std::get_if<std::vector<std::string>>(&annotation.values);
      if (annotation.name == row_names && words != nullptr) {
        names = *words;
      }
    });
  }
  if (!names) {
    throw bad_input(fmt::format("'{}' is not an AnnData file of {} rows, as the map has", cells, rows));
  }
  return *names;
}

void require_same_names(const Map& map, const std::string& cells) {
  const std::vector<std::string> names = cell_names(cells, map.embedding.rows);
  const auto own = map.tree.annotation(std::string("/") + row_names, row_names, map.embedding.rows);
  const auto* words = own ? std::get_if<std::vector<std::string>>(&own->values) : nullptr;
  for (std::size_t row = 0; words != nullptr && row < names.size(); ++row) {
    if ((*words)[row] != names[row]) {
      throw bad_input(
          fmt::format("row {} (counted from 0) is called '{}' in the map '{}' and '{}' in '{}': the map is "
                      "of other rows",
                      row, (*words)[row], map.tree.path(), names[row], cells));
    }
  }
}

/// A group or dataset as AnnData marks it.
void mark(hid_t object, const std::string& type, const std::string& version, const std::string& failure) {
  const Annotator out(object, failure);
  out.attribute("encoding-type", type);
  out.attribute("encoding-version", version);
}

Hdf5Handle group_in(hid_t file, const std::string& name, const std::string& failure) {
  if (H5Lexists(file, name.c_str(), H5P_DEFAULT) > 0) {
    return Hdf5Handle(H5Gopen2(file, name.c_str(), H5P_DEFAULT), H5Gclose, failure);
  }
  Hdf5Handle group(H5Gcreate2(file, name.c_str(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT), H5Gclose, failure);
  mark(group.id(), "dict", "0.1.0", failure);
  return group;
}

/// A value as AnnData keeps single ones: words of any length, numbers, and truths as NumPy's.
void put_value(hid_t group, const ExportParameter& parameter, const std::string& failure) {
  const Hdf5Handle space(H5Screate(H5S_SCALAR), H5Sclose, failure);
  const auto put = [&](hid_t type, const void* value, const char* encoding) {
    const Hdf5Handle made(
        H5Dcreate2(group, parameter.name.c_str(), type, space.id(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT), H5Dclose,
        failure);
    check_hdf5(H5Dwrite(made.id(), type, H5S_ALL, H5S_ALL, H5P_DEFAULT, value), failure);
    mark(made.id(), encoding, "0.2.0", failure);
  };
  constexpr const char* number = "numeric-scalar";
  if (const auto* text = std::get_if<std::string>(&parameter.value)) {
    const Hdf5Handle type(H5Tcopy(H5T_C_S1), H5Tclose, failure);
    check_hdf5(H5Tset_size(type.id(), H5T_VARIABLE), failure);
    check_hdf5(H5Tset_cset(type.id(), H5T_CSET_UTF8), failure);
    const char* const pointer = text->c_str();
    put(type.id(), static_cast<const void*>(&pointer), "string");
  } else if (const auto* truth = std::get_if<bool>(&parameter.value)) {
    const Hdf5Handle type(H5Tenum_create(H5T_STD_I8LE), H5Tclose, failure);
    const std::array<std::int8_t, 2> values{0, 1};
    check_hdf5(H5Tenum_insert(type.id(), "FALSE", values.data()), failure);
    check_hdf5(H5Tenum_insert(type.id(), "TRUE", values.data() + 1), failure);
    put(type.id(), values.data() + (*truth ? 1 : 0), number);
  } else if (const auto* integer = std::get_if<std::int64_t>(&parameter.value)) {
    put(H5T_NATIVE_INT64, integer, number);
  } else {
    put(H5T_NATIVE_DOUBLE, &std::get<double>(parameter.value), number);
  }
}

void add_map(const Map& map, const std::string& path, const std::vector<ExportParameter>& about_run) {
  const std::string failure = fmt::format("the map cannot be written into '{}'", path);
  const Hdf5Handle file(H5Fopen(path.c_str(), H5F_ACC_RDWR, H5P_DEFAULT), H5Fclose, failure);
  const std::string name = "X_" + map.method();
  const Hdf5Handle obsm = group_in(file.id(), "obsm", failure);
  if (H5Lexists(obsm.id(), name.c_str(), H5P_DEFAULT) > 0) {
    check_hdf5(H5Ldelete(obsm.id(), name.c_str(), H5P_DEFAULT), failure);
  }
  const std::vector<double> values = map.tree.numbers("/embedding");
  const std::array<hsize_t, 2> extent{static_cast<hsize_t>(map.embedding.rows),
                                      static_cast<hsize_t>(map.embedding.columns)};
  const Hdf5Handle space(H5Screate_simple(2, extent.data(), nullptr), H5Sclose, failure);
  const Hdf5Handle made(H5Dcreate2(obsm.id(), name.c_str(), map.full ? H5T_IEEE_F64LE : H5T_IEEE_F32LE, space.id(),
                                   H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT),
                        H5Dclose, failure);
  check_hdf5(H5Dwrite(made.id(), H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()), failure);
  mark(made.id(), "array", "0.2.0", failure);
  const Hdf5Handle uns = group_in(file.id(), "uns", failure);
  if (H5Lexists(uns.id(), map.method().c_str(), H5P_DEFAULT) > 0) {
    check_hdf5(H5Ldelete(uns.id(), map.method().c_str(), H5P_DEFAULT), failure);
  }
  const Hdf5Handle about = group_in(uns.id(), map.method(), failure);
  const Hdf5Handle parameters = group_in(about.id(), "params", failure);
  for (const ExportParameter& parameter : about_run) {
    put_value(parameters.id(), parameter, failure);
  }
  check_hdf5(H5Fflush(file.id(), H5F_SCOPE_GLOBAL), failure);
}

}  // namespace

void export_map(const std::string& map, const std::string& output) {
  const Map result(map);
  const std::string ending = std::filesystem::path(output).extension().string();
  if (ending == ".csv" || ending == ".tsv") {
    write_table(result, output, ending == ".csv" ? ',' : '\t');
  } else if (ending == ".npy") {
    write_array(result, output);
  } else {
    throw bad_input(
        fmt::format("-o {}: a name that ends with .csv, .tsv or .npy is wanted, or --into cells.h5ad", output));
  }
}

void export_into(const std::string& map, const std::string& cells, const std::string& output,
                 const std::vector<ExportParameter>& parameters) {
  const Map result(map);
  require_same_names(result, cells);
  write_changed_copy(cells, output, [&](const std::string& path) { add_map(result, path, parameters); });
}

}  // namespace distsne
