/// Types of all classes, and numbers at borders.
#include <array>
#include <limits>

#include "fuzz/file_maker.hpp"

namespace distsne::fuzz {
namespace {

hid_t string_type(std::size_t size, H5T_cset_t characters, H5T_str_t padding) {
  const hid_t type = H5Tcopy(H5T_C_S1);
  H5Tset_size(type, size);
  H5Tset_cset(type, characters);
  H5Tset_strpad(type, padding);
  return type;
}

hid_t compound_type() {
  const hid_t type = H5Tcreate(H5T_COMPOUND, 12);
  H5Tinsert(type, "a", 0, H5T_STD_I32LE);
  H5Tinsert(type, "b", 4, H5T_IEEE_F64LE);
  return type;
}

/// As h5py writes booleans where `names` is 2.
hid_t enum_type(hid_t base, std::int8_t names) {
  const hid_t type = H5Tenum_create(base);
  for (std::int8_t i = 0; i < names; ++i) {
    const std::array<std::int8_t, 8> value{i};
    H5Tenum_insert(type, std::string(1, static_cast<char>('A' + i)).c_str(), value.data());
  }
  return type;
}

/// Integers of few bits, and half floats.
hid_t narrow_integer(std::size_t precision, int offset) {
  const hid_t type = H5Tcopy(H5T_STD_I32LE);
  H5Tset_precision(type, precision);
  H5Tset_offset(type, static_cast<std::size_t>(offset));
  return type;
}

hid_t half_float(std::size_t bias) {
  const hid_t type = H5Tcopy(H5T_IEEE_F32LE);
  H5Tset_fields(type, 15, 10, 5, 0, 10);
  H5Tset_precision(type, 16);
  H5Tset_size(type, 2);
  H5Tset_ebias(type, bias);
  return type;
}

hid_t array_type(hid_t base) {
  const std::array<hsize_t, 2> extent{2, 3};
  return H5Tarray_create2(base, 2, extent.data());
}

}  // namespace

hid_t odd_type(Bytes& bytes) {
  switch (bytes.below(26)) {
    case 0:
      return H5Tcopy(H5T_IEEE_F64LE);
    case 1:
      return H5Tcopy(H5T_IEEE_F32BE);
    case 2:
      return H5Tcopy(H5T_STD_I8LE);
    case 3:
      return H5Tcopy(H5T_STD_U8LE);
    case 4:
      return H5Tcopy(H5T_STD_I64BE);
    case 5:
      return H5Tcopy(H5T_STD_U64LE);
    case 6:
      return H5Tcopy(H5T_STD_U32LE);
    case 7:
      return H5Tcopy(H5T_STD_I16BE);
    case 8:
      return H5Tcopy(H5T_NATIVE_LDOUBLE);
    case 9:
      return half_float(15);
    case 10:
      return half_float(1 + bytes.below(30));
    case 11:
      return narrow_integer(1 + bytes.below(16), static_cast<int>(bytes.below(16)));
    case 12:
      return H5Tcopy(H5T_STD_B16LE);
    case 13:
      return enum_type(H5T_STD_I8LE, 2);
    case 14:
      return enum_type(H5T_STD_I64LE, static_cast<std::int8_t>(bytes.below(4)));
    case 15:
      return string_type(1 + bytes.below(32), H5T_CSET_ASCII, H5T_STR_NULLPAD);
    case 16:
      return string_type(1 + bytes.below(32), H5T_CSET_UTF8, H5T_STR_SPACEPAD);
    case 17:
      return string_type(std::size_t{1} << bytes.below(32), H5T_CSET_ASCII, H5T_STR_NULLTERM);
    case 18:
      return string_type(H5T_VARIABLE, H5T_CSET_UTF8, H5T_STR_NULLTERM);
    case 19:
      return string_type(H5T_VARIABLE, H5T_CSET_ASCII, H5T_STR_SPACEPAD);
    case 20:
      return compound_type();
    case 21:
      return H5Tvlen_create(H5T_STD_I32LE);
    case 22:
      return array_type(H5T_IEEE_F32LE);
    case 23:
      return H5Tcopy(H5T_STD_REF_OBJ);
    case 24:
      return H5Tcopy(H5T_STD_REF_DSETREG);
    default:
      return H5Tcreate(H5T_OPAQUE, 1 + bytes.below(16));
  }
}

double odd_number(Bytes& bytes) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  constexpr std::array<double, 20> borders{0.0,
                                           -0.0,
                                           1.0,
                                           -1.0,
                                           2.0,
                                           0.5,
                                           infinity,
                                           -infinity,
                                           std::numeric_limits<double>::quiet_NaN(),
                                           std::numeric_limits<double>::denorm_min(),
                                           std::numeric_limits<double>::max(),
                                           3.5e38,
                                           2147483647.0,
                                           2147483648.0,
                                           4294967295.0,
                                           4294967296.0,
                                           9007199254740993.0,
                                           9223372036854775807.0,
                                           -9223372036854775808.0,
                                           18446744073709551615.0};
  const std::size_t choice = bytes.below(borders.size() + 2);
  if (choice < borders.size()) {
    return borders.at(choice);
  }
  return choice == borders.size() ? static_cast<double>(bytes.value<std::int8_t>()) : bytes.value<double>();
}

}  // namespace distsne::fuzz
