/// Walking through the elements of a MATLAB 5 file: a type, a size and so many bytes, some of which are elements again.
#include "io/matlab_elements.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "distsne/base/error.hpp"
#include "io/inflated_bytes.hpp"
#include "io/words.hpp"

namespace distsne {
namespace {

constexpr std::uint64_t header_bytes = 128;
constexpr int deepest = 4;
constexpr std::uint32_t of_matrix = 14;
constexpr std::uint32_t packed = 15;

// Classes of variables.
constexpr unsigned class_cell = 1;
constexpr unsigned class_struct = 2;
constexpr unsigned class_char = 4;
constexpr unsigned class_sparse = 5;
constexpr unsigned class_double = 6;
constexpr unsigned class_single = 7;
constexpr unsigned class_last_number = 15;

struct Element {
  std::uint32_t type = 0;
  std::uint64_t begin = 0;  ///< of its data
  std::uint64_t size = 0;
  std::uint64_t after = 0;  ///< where the next one begins
};

/// The numbers of a type of elements; not known() for others.
NumberType number_type_of(std::uint32_t type, bool big_endian) {
  switch (type) {
    case 1:
      return {'i', 1, big_endian};
    case 2:
    case 16:  // UTF-8
      return {'u', 1, big_endian};
    case 3:
      return {'i', 2, big_endian};
    case 4:
    case 17:  // UTF-16
      return {'u', 2, big_endian};
    case 5:
      return {'i', 4, big_endian};
    case 6:
    case 18:  // UTF-32
      return {'u', 4, big_endian};
    case 7:
      return {'f', 4, big_endian};
    case 9:
      return {'f', 8, big_endian};
    case 12:
      return {'i', 8, big_endian};
    case 13:
      return {'u', 8, big_endian};
    default:
      return {'\0', 1, big_endian};
  }
}

/// Elements among bytes.
class Reader {
 public:
  Reader(const Bytes& bytes, const std::string& path, bool big_endian)
      : bytes_(bytes), path_(path), big_endian_(big_endian) {}

  [[nodiscard]] Error damaged(const char* what) const {
    return Error(fmt::format("'{}' is a MATLAB file whose {}: it is truncated or damaged", path_, what),
                 ExitCode::bad_input);
  }

  [[nodiscard]] std::uint32_t word(std::uint64_t at) const {
    std::uint32_t value = 0;
    const std::string text = bytes_.text(at, 4);
    for (std::size_t i = 0; i < 4; ++i) {
      value = value << 8U | static_cast<unsigned char>(text[big_endian_ ? i : 3 - i]);
    }
    return value;
  }

  /// The element at a place, which ends before `end`.
  [[nodiscard]] Element at(std::uint64_t place, std::uint64_t end) const {
    if (place > end || end - place < 8) {
      throw damaged("elements do not fit into it");
    }
    Element element;
    const std::uint32_t first = word(place);
    if (first >> 16U != 0) {  // a small one, whose data stand behind type and size in one word
      element.type = first & 0xFFFFU;
      element.size = first >> 16U;
      element.begin = place + 4;
      element.after = place + 8;
      if (element.size > 4) {
        throw damaged("elements do not fit into it");
      }
      return element;
    }
    element.type = first;
    element.size = word(place + 4);
    element.begin = place + 8;
    if (element.size > end - element.begin) {
      throw damaged("elements do not fit into it");
    }
    // Packed ones have no filling behind them.
    const std::uint64_t filling = element.type == packed ? 0 : (8 - element.size % 8) % 8;
    element.after = std::min(end, element.begin + element.size + filling);
    return element;
  }

  [[nodiscard]] MatlabNumbers numbers(const Element& element) const {
    MatlabNumbers list;
    list.type = number_type_of(element.type, big_endian_);
    if (!list.type.known()) {
      throw damaged("numbers are of an unknown type");
    }
    list.offset = element.begin;
    list.length = static_cast<GlobalIndex>(element.size / list.type.size);
    return list;
  }

  /// Everything about a variable but what is in it; `name` where it has none of its own.
  [[nodiscard]] MatlabVariable variable(const Element& matrix, const std::string& name) const {
    MatlabVariable result;
    result.end = matrix.begin + matrix.size;
    result.name = name;
    if (matrix.size == 0) {  // an empty cell
      result.dimensions = {0, 0};
      return result;
    }
    const Element flags = at(matrix.begin, result.end);
    const Element dimensions = at(flags.after, result.end);
    const Element label = at(dimensions.after, result.end);
    if (flags.size != 8 || dimensions.size % 4 != 0 || dimensions.size < 8 || dimensions.size > 128) {
      throw damaged("variables have no shape");
    }
    const std::uint32_t bits = word(flags.begin);
    const unsigned kind = bits & 0xFFU;
    result.complex = (bits & 0x800U) != 0U;
    const bool logical = (bits & 0x200U) != 0U;
    for (std::uint64_t i = 0; i < dimensions.size; i += 4) {
      const std::uint32_t extent = word(dimensions.begin + i);
      if (extent > 0x7FFFFFFFU) {
        throw damaged("variables have no shape");
      }
      result.dimensions.push_back(extent);
    }
    if (label.size > 0 && label.size < 4096) {
      result.name = bytes_.text(label.begin, label.size);
      result.name = result.name.substr(0, result.name.find('\0'));
    }
    read_values(result, kind, logical, label.after);
    return result;
  }

  /// Calls take(variable) for a variable and the fields of a structure.
  void visit(const Element& matrix, const std::string& name, int depth,
             const std::function<void(const MatlabVariable&)>& take) const {
    const MatlabVariable variable = this->variable(matrix, name);
    take(variable);
    if (variable.kind == MatlabVariable::Kind::other && variable.cells > 0 && depth < deepest) {
      visit_fields(variable, depth, take);
    }
  }

 private:
  void read_values(MatlabVariable& result, unsigned kind, bool logical, std::uint64_t place) const {
    using Kind = MatlabVariable::Kind;
    GlobalIndex values = 1;
    for (const GlobalIndex extent : result.dimensions) {
      values = extent != 0 && values > (GlobalIndex{1} << 40U) / extent ? GlobalIndex{1} << 40U : values * extent;
    }
    if (kind == class_cell || (kind == class_struct && values == 1)) {
      result.kind = kind == class_cell ? Kind::cells : Kind::other;
      result.cells = place;
    } else if (kind == class_sparse) {
      const Element rows = at(place, result.end);
      const Element begins = at(rows.after, result.end);
      result.rows = numbers(rows);
      result.begins = numbers(begins);
      result.values = numbers(at(begins.after, result.end));
      result.kind = Kind::sparse;
      // Room for entries may be more in one list than in the other.
      result.rows.length = result.values.length = std::min(result.rows.length, result.values.length);
      if (result.dimensions.size() != 2 || result.begins.length != result.dimensions[1] + 1) {
        throw damaged("sparse matrices have another shape than they say");
      }
    } else if (kind == class_char || (kind >= class_double && kind <= class_last_number)) {
      result.values = numbers(at(place, result.end));
      result.kind = kind == class_char ? Kind::characters : logical ? Kind::truths : Kind::numbers;
      result.integers = kind > class_single;
      if (result.values.length < values) {
        throw damaged("matrices have fewer values than they say");
      }
    }
  }

  void visit_fields(const MatlabVariable& structure, int depth,
                    const std::function<void(const MatlabVariable&)>& take) const {
    const Element length = at(structure.cells, structure.end);
    const std::uint32_t width = length.size == 4 ? word(length.begin) : 0;
    const Element names = at(length.after, structure.end);
    if (width == 0 || width > 4096 || names.size % width != 0 || names.size > (1U << 24U)) {
      throw damaged("structures have no names of fields");
    }
    const std::string text = bytes_.text(names.begin, names.size);
    std::uint64_t place = names.after;
    for (std::size_t field = 0; field * width < text.size(); ++field) {
      const std::string name = text.substr(field * width, width);
      const Element element = at(place, structure.end);
      if (element.type != of_matrix) {
        throw damaged("structures have fields of an unknown type");
      }
      visit(element, structure.name + "." + name.substr(0, name.find('\0')), depth + 1, take);
      place = element.after;
    }
  }

  const Bytes& bytes_;
  const std::string& path_;
  bool big_endian_;
};

/// The words in the rows of a matrix of characters, without the blanks that fill them up.
std::vector<std::string> words_in(const Bytes& bytes, const MatlabVariable& text) {
  const std::size_t size = text.values.type.size;
  const auto rows = static_cast<std::size_t>(text.dimensions[0]);
  const std::string raw = bytes.text(text.values.offset, static_cast<std::size_t>(text.values.length) * size);
  std::vector<std::string> words(rows);
  for (std::size_t place = 0; place < static_cast<std::size_t>(text.values.length); ++place) {
    std::uint32_t code = 0;
    for (std::size_t i = 0; i < size; ++i) {
      code =
          code << 8U | static_cast<unsigned char>(raw[place * size + (text.values.type.big_endian ? i : size - 1 - i)]);
    }
    append_utf8(words[place % rows], code, size > 1);
  }
  for (std::string& word : words) {
    word.erase(word.find_last_not_of(' ') + 1);
  }
  return words;
}

}  // namespace

GlobalIndex MatlabVariable::length() const {
  if (dimensions.size() != 2) {
    return -1;
  }
  if (kind == Kind::characters) {  // a word in each row
    return dimensions[1] > 0 ? dimensions[0] : -1;
  }
  return dimensions[0] == 1 || dimensions[1] == 1 ? dimensions[0] * dimensions[1] : -1;
}

bool is_matlab5(const std::string& head) {
  if (head.size() < header_bytes || !head.starts_with("MATLAB")) {
    return false;
  }
  const std::string order = head.substr(124, 4);
  return order == std::string("\0\1IM", 4) || order == std::string("\1\0MI", 4);
}

MatlabFile::MatlabFile(const std::string& path) : path_(path), file_(open_bytes(path)) {
  big_endian_ = file_->size() >= header_bytes && file_->text(126, 2) == "MI";
}

std::unique_ptr<Bytes> MatlabFile::element_at(std::uint64_t place, std::uint64_t& after) const {
  const Reader reader(*file_, path_, big_endian_);
  const Element element = reader.at(place, file_->size());
  after = element.after;
  if (element.type != packed) {
    return element.type == of_matrix ? part_of(open_bytes(path_), place, element.after - place) : nullptr;
  }
  // What is packed is one element, whose head says how long it is.
  constexpr std::uint64_t head_bytes = 8;
  const std::unique_ptr<Bytes> head =
      inflated(part_of(open_bytes(path_), element.begin, element.size), head_bytes, path_);
  const Reader inner(*head, path_, big_endian_);
  return inner.word(0) == of_matrix
             ? inflated(part_of(open_bytes(path_), element.begin, element.size), head_bytes + inner.word(4), path_)
             : nullptr;
}

void MatlabFile::for_variables(const std::function<void(const MatlabVariable&)>& take) const {
  for (std::uint64_t place = header_bytes; place + 8 <= file_->size();) {
    std::uint64_t after = 0;
    if (const std::unique_ptr<Bytes> bytes = element_at(place, after)) {
      const Reader reader(*bytes, path_, big_endian_);
      reader.visit(reader.at(0, bytes->size()), "", 0, [&](const MatlabVariable& found) {
        MatlabVariable variable = found;
        variable.element = place;
        take(variable);
      });
    }
    place = after;
  }
}

std::unique_ptr<Bytes> MatlabFile::bytes_of(const MatlabVariable& variable) const {
  std::uint64_t after = 0;
  return element_at(variable.element, after);
}

std::vector<std::string> MatlabFile::words_of(const MatlabVariable& variable) const {
  const std::unique_ptr<Bytes> bytes = bytes_of(variable);
  const Reader reader(*bytes, path_, big_endian_);
  std::vector<std::string> words;
  const GlobalIndex count = variable.length();
  if (variable.kind == MatlabVariable::Kind::characters) {
    return count > 0 ? words_in(*bytes, variable) : words;
  }
  std::uint64_t place = variable.cells;
  for (GlobalIndex i = 0; i < count; ++i) {
    const Element element = reader.at(place, variable.end);
    place = element.after;
    const MatlabVariable cell = reader.variable(element, "");
    const bool empty = cell.dimensions[0] * cell.dimensions[1] == 0;
    if (!empty &&
        (cell.kind != MatlabVariable::Kind::characters || cell.dimensions[0] != 1 || cell.values.length > 65536)) {
      return {};
    }
    words.push_back(empty ? std::string() : words_in(*bytes, cell).front());
  }
  return words;
}

}  // namespace distsne
