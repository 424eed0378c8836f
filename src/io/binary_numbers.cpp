/// Numbers out of bytes.
#include "io/binary_numbers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <sstream>

#include "distsne/base/error.hpp"

namespace distsne {
namespace {

/// The unsigned integer of the bytes, the lowest first in the file unless `big_endian`.
template <class Bits>
Bits bits_at(const std::byte* place, bool big_endian) {
  Bits bits{};
  std::memcpy(&bits, place, sizeof(Bits));
  if (big_endian != (std::endian::native == std::endian::big)) {
    Bits turned{};
    for (std::size_t i = 0; i < sizeof(Bits); ++i) {
      turned = static_cast<Bits>(turned << 8U | (bits >> (8U * i) & 0xFFU));
    }
    bits = turned;
  }
  return bits;
}

/// IEEE 754 half precision.
double half(std::uint16_t bits) {
  const int exponent = bits >> 10U & 0x1F;
  const double fraction = bits & 0x3FF;
  const double magnitude = exponent == 31  ? (fraction == 0.0 ? INFINITY : NAN)
                           : exponent == 0 ? std::ldexp(fraction, -24)
                                           : std::ldexp(1024.0 + fraction, exponent - 25);
  return (bits & 0x8000U) != 0U ? -magnitude : magnitude;
}

template <class Signed, class Unsigned, class Real>
Real integer(const BinaryLayout& layout, const std::byte* place) {
  Unsigned bits = bits_at<Unsigned>(place, layout.type.big_endian);
  if (layout.mask != 0) {
    bits = static_cast<Unsigned>(bits & layout.mask);
  }
  return layout.type.kind == 'i' ? static_cast<Real>(static_cast<Signed>(bits)) : static_cast<Real>(bits);
}

/// Calls with(decode), where decode(place) is the value of the bytes there.
template <class Real, class With>
void with_decoder(const BinaryLayout& layout, const With& with) {
  const NumberType& type = layout.type;
  const bool big = type.big_endian;
  if (type.kind == 'f') {
    if (type.size == 2) {
      with([big](const std::byte* place) { return static_cast<Real>(half(bits_at<std::uint16_t>(place, big))); });
    } else if (type.size == 4) {
      with([big](const std::byte* place) {
        return static_cast<Real>(std::bit_cast<float>(bits_at<std::uint32_t>(place, big)));
      });
    } else {
      with([big](const std::byte* place) {
        return static_cast<Real>(std::bit_cast<double>(bits_at<std::uint64_t>(place, big)));
      });
    }
  } else if (type.size == 1) {
    with([&](const std::byte* place) { return integer<std::int8_t, std::uint8_t, Real>(layout, place); });
  } else if (type.size == 2) {
    with([&](const std::byte* place) { return integer<std::int16_t, std::uint16_t, Real>(layout, place); });
  } else if (type.size == 4) {
    with([&](const std::byte* place) { return integer<std::int32_t, std::uint32_t, Real>(layout, place); });
  } else {
    with([&](const std::byte* place) { return integer<std::int64_t, std::uint64_t, Real>(layout, place); });
  }
}

constexpr std::uint64_t piece_bytes = std::uint64_t{1} << 24U;

}  // namespace

bool NumberType::known() const {
  const bool power = size == 1 || size == 2 || size == 4 || size == 8;
  return (kind == 'f' && power && size > 1) || ((kind == 'i' || kind == 'u') && power) || (kind == 'b' && size == 1);
}

NumberType number_type(const std::string& text) {
  NumberType type;
  type.kind = '\0';
  std::size_t place = 0;
  if (!text.empty() && std::string("<>|=").find(text[0]) != std::string::npos) {
    type.big_endian = text[0] == '>';
    place = 1;
  }
  if (text.size() == place + 2 && text[place + 1] >= '1' && text[place + 1] <= '8') {
    type.kind = text[place];
    type.size = static_cast<std::size_t>(text[place + 1] - '0');
  }
  return type;
}

std::uint64_t bytes_of(GlobalIndex rows, GlobalIndex columns, const NumberType& type) {
  constexpr std::uint64_t most = std::uint64_t{1} << 62U;
  const bool addressed =
      rows >= 0 && columns >= 0 &&
      (rows == 0 || static_cast<std::uint64_t>(columns) <= most / type.size / static_cast<std::uint64_t>(rows));
  return addressed ? static_cast<std::uint64_t>(rows) * static_cast<std::uint64_t>(columns) * type.size : most;
}

std::string text_of(const BinaryLayout& layout) {
  return fmt::format("{} {} {} {} {} {} {}", layout.type.kind, layout.type.size, layout.type.big_endian ? 1 : 0,
                     layout.offset, layout.row_step, layout.column_step, layout.mask);
}

void describe_layout(InputDescription& input, BinaryLayout layout, bool transpose) {
  if (transpose) {
    std::swap(layout.row_step, layout.column_step);
    std::swap(input.rows, input.columns);
  }
  input.state = text_of(layout);
  input.signed_integers = layout.type.signed_integers();
}

BinaryLayout layout_of(const std::string& text) {
  std::istringstream in(text);
  BinaryLayout layout;
  in >> layout.type.kind >> layout.type.size >> layout.type.big_endian >> layout.offset >> layout.row_step >>
      layout.column_step >> layout.mask;
  return layout;
}

template <class Real>
void read_binary(const Bytes& bytes, const BinaryLayout& layout, GlobalIndex columns, GlobalIndex first,
                 std::span<Real> out, const RowSource::Leave& leave) {
  if (out.empty()) {
    return;
  }
  const auto width = static_cast<std::size_t>(columns);
  const std::size_t rows = out.size() / width;
  const std::size_t size = layout.type.size;
  const std::uint64_t begin = layout.offset + static_cast<std::uint64_t>(first) * layout.row_step;
  std::vector<std::byte> buffer;
  with_decoder<Real>(layout, [&](const auto& decode) {
    if (layout.row_step < layout.column_step) {  // column after column
      for (std::size_t column = 0; column < width && !leave(); ++column) {
        buffer.resize((rows - 1) * layout.row_step + size);
        bytes.read(begin + column * layout.column_step, std::span(buffer));
        for (std::size_t row = 0; row < rows; ++row) {
          out[row * width + column] = decode(buffer.data() + row * layout.row_step);
        }
      }
      return;
    }
    const std::size_t row_bytes = (width - 1) * layout.column_step + size;
    const std::size_t strip = std::max<std::size_t>(1, piece_bytes / layout.row_step);
    for (std::size_t done = 0; done < rows && !leave(); done += strip) {
      const std::size_t count = std::min(strip, rows - done);
      buffer.resize((count - 1) * layout.row_step + row_bytes);
      bytes.read(begin + done * layout.row_step, std::span(buffer));
      for (std::size_t row = 0; row < count; ++row) {
        for (std::size_t column = 0; column < width; ++column) {
          out[(done + row) * width + column] =
              decode(buffer.data() + row * layout.row_step + column * layout.column_step);
        }
      }
    }
  });
}

void BinaryList::read(GlobalIndex first, std::span<std::int64_t> out) const {
  read_binary(*bytes_, layout_, 1, first, out, [] { return false; });
}
void BinaryList::read(GlobalIndex first, std::span<float> out) const {
  read_binary(*bytes_, layout_, 1, first, out, [] { return false; });
}
void BinaryList::read(GlobalIndex first, std::span<double> out) const {
  read_binary(*bytes_, layout_, 1, first, out, [] { return false; });
}

template void read_binary(const Bytes&, const BinaryLayout&, GlobalIndex, GlobalIndex, std::span<std::int64_t>,
                          const RowSource::Leave&);
template void read_binary(const Bytes&, const BinaryLayout&, GlobalIndex, GlobalIndex, std::span<float>,
                          const RowSource::Leave&);
template void read_binary(const Bytes&, const BinaryLayout&, GlobalIndex, GlobalIndex, std::span<double>,
                          const RowSource::Leave&);

}  // namespace distsne
