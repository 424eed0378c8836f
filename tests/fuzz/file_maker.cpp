/// Making HDF5 files. What the library refuses to make is left out: its errors are not looked at here.
#include "fuzz/file_maker.hpp"

#include <unistd.h>

#include <array>
#include <filesystem>

namespace distsne::fuzz {
namespace {

constexpr hsize_t most_elements = 4096;      // of which values are written
constexpr std::size_t most_bytes = 1 << 16;  // of values of odd types

/// Elements, or more than most_elements where they are many.
hsize_t elements(const std::vector<hsize_t>& extent) {
  hsize_t count = 1;
  for (const hsize_t one : extent) {
    if (one == 0) {
      return 0;
    }
    count = one > most_elements / count ? most_elements + 1 : count * one;
    count = std::min(count, most_elements + 1);
  }
  return count;
}

hsize_t odd_extent(Bytes& bytes, hsize_t usual) {
  const std::array<hsize_t, 16> extents{usual,
                                        0,
                                        1,
                                        2,
                                        3,
                                        usual + 1,
                                        usual * 2,
                                        17,
                                        100,
                                        hsize_t{1} << 20U,
                                        (hsize_t{1} << 31U) - 1,
                                        hsize_t{1} << 31U,
                                        hsize_t{1} << 32U,
                                        hsize_t{1} << 62U,
                                        hsize_t{1} << 63U,
                                        H5S_UNLIMITED - 1};
  return bytes.one_of(extents);
}

std::vector<hsize_t> odd_extents(Bytes& bytes, const std::vector<hsize_t>& usual) {
  std::vector<hsize_t> extent = usual;
  if (bytes.rarely()) {
    extent.resize(bytes.below(5), 2);
  }
  if (bytes.rarely()) {
    for (hsize_t& one : extent) {
      one = odd_extent(bytes, one);
    }
  }
  return extent;
}

hid_t odd_storage(Bytes& bytes, const std::vector<hsize_t>& extent, bool many) {
  const hid_t creation = H5Pcreate(H5P_DATASET_CREATE);
  const std::size_t kind = bytes.below(8);
  if (many || (kind > 3 && !extent.empty())) {
    std::vector<hsize_t> chunk;
    for (const hsize_t one : extent) {
      chunk.push_back(std::clamp<hsize_t>(bytes.below(8), 1, std::max<hsize_t>(one, 1)));
    }
    if (bytes.rarely() && !chunk.empty()) {
      chunk.front() = std::max<hsize_t>(1, std::min<hsize_t>(extent.front(), 0xFFFFFFFF));
    }
    H5Pset_chunk(creation, static_cast<int>(chunk.size()), chunk.data());
    if (kind == 5) {
      H5Pset_shuffle(creation);
      H5Pset_deflate(creation, 1);
    } else if (kind == 6) {
      H5Pset_fletcher32(creation);
    } else if (kind == 7) {
      H5Pset_scaleoffset(creation, H5Z_SO_INT, 0);
    }
  } else if (kind == 1) {
    H5Pset_layout(creation, H5D_COMPACT);
  } else if (kind == 2) {
    H5Pset_alloc_time(creation, H5D_ALLOC_TIME_EARLY);
  }
  return creation;
}

}  // namespace

FileMaker::FileMaker(Bytes& bytes, std::string path) : bytes_(bytes), path_(std::move(path)) {
  std::error_code ignored;
  std::filesystem::remove(path_, ignored);
  const hid_t access = H5Pcreate(H5P_FILE_ACCESS);
  const hid_t creation = H5Pcreate(H5P_FILE_CREATE);
  if (bytes_.rarely()) {
    H5Pset_libver_bounds(access, H5F_LIBVER_LATEST, H5F_LIBVER_LATEST);
  }
  if (bytes_.rarely()) {
    H5Pset_userblock(creation, 512);
  }
  file_ = H5Fcreate(path_.c_str(), H5F_ACC_TRUNC, creation, access);
  H5Pclose(creation);
  H5Pclose(access);
}

FileMaker::~FileMaker() {
  if (file_ >= 0) {
    H5Fclose(file_);
  }
}

void FileMaker::finish() {
  H5Fclose(file_);
  file_ = H5I_INVALID_HID;
  if (bytes_.rarely()) {
    std::error_code ignored;
    const auto size = std::filesystem::file_size(path_, ignored);
    std::filesystem::resize_file(path_, size * bytes_.byte() / 256, ignored);
  }
}

bool FileMaker::put_something_else(const std::string& name) {
  if (!bytes_.rarely()) {
    return false;
  }
  switch (bytes_.below(8)) {
    case 0:
      break;
    case 1:
      H5Gclose(H5Gcreate2(file_, name.c_str(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
      break;
    case 2:
      H5Lcreate_soft("/nowhere/at/all", file_, name.c_str(), H5P_DEFAULT, H5P_DEFAULT);
      break;
    case 3:
      H5Lcreate_soft(name.c_str(), file_, name.c_str(), H5P_DEFAULT, H5P_DEFAULT);  // to itself
      break;
    case 4:
      H5Lcreate_external("missing.h5", "/X", file_, name.c_str(), H5P_DEFAULT, H5P_DEFAULT);
      break;
    case 5:
      H5Lcreate_hard(file_, "/", file_, name.c_str(), H5P_DEFAULT, H5P_DEFAULT);  // the root within itself
      break;
    case 6: {
      const hid_t type = odd_type(bytes_);
      H5Tcommit2(file_, name.c_str(), type, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
      H5Tclose(type);
      break;
    }
    default: {
      const std::string other = name + "_moved";
      H5Lcreate_soft(other.c_str(), file_, name.c_str(), H5P_DEFAULT, H5P_DEFAULT);
      const std::vector<double> values{1.0, 2.0, 3.0, 4.0};
      add(other, {2, 2}, H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, values.data());
    }
  }
  return true;
}

void FileMaker::add(const std::string& name, const std::vector<hsize_t>& extent, hid_t type, hid_t memory_type,
                    const void* values) {
  const hsize_t count = elements(extent);
  const bool many = count > most_elements || H5Tget_size(type) * count > most_bytes;
  const hid_t space = extent.empty() ? H5Screate(bytes_.rarely() ? H5S_NULL : H5S_SCALAR)
                                     : H5Screate_simple(static_cast<int>(extent.size()), extent.data(), nullptr);
  const hid_t creation = odd_storage(bytes_, extent, many);
  const hid_t dataset = H5Dcreate2(file_, name.c_str(), type, space, H5P_DEFAULT, creation, H5P_DEFAULT);
  if (dataset >= 0) {
    if (!many && values != nullptr && !bytes_.rarely()) {  // what is not written has no place in the file
      H5Dwrite(dataset, memory_type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values);
    } else if (!many && values == nullptr) {
      write_odd(dataset, type, count);
    }
    H5Dclose(dataset);
  }
  H5Pclose(creation);
  H5Sclose(space);
}

void FileMaker::write_odd(hid_t dataset, hid_t type, std::size_t count) {
  const H5T_class_t kind = H5Tget_class(type);
  if (kind == H5T_VLEN) {
    std::vector<std::int32_t> numbers(bytes_.below(4), 1);
    const std::vector<hvl_t> values(count, hvl_t{numbers.size(), numbers.data()});
    H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data());
  } else if (H5Tis_variable_str(type) > 0) {
    std::vector<std::string> texts;
    for (std::size_t i = 0; i < std::min<std::size_t>(count, 8); ++i) {
      texts.push_back(bytes_.text(12));
    }
    std::vector<const char*> values;
    for (std::size_t i = 0; i < count; ++i) {
      values.push_back(bytes_.rarely() ? nullptr : texts[i % texts.size()].c_str());
    }
    H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, static_cast<const void*>(values.data()));
  } else if (kind != H5T_REFERENCE) {
    std::string values(count * H5Tget_size(type), '\0');
    for (char& value : values) {
      value = static_cast<char>(bytes_.byte());
    }
    H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data());
  }
}

void FileMaker::dataset(const Wanted& wanted) {
  if (put_something_else(wanted.name)) {
    return;
  }
  const std::vector<hsize_t> extent = odd_extents(bytes_, wanted.extent);
  const hid_t type = bytes_.rarely() ? odd_type(bytes_) : H5Tcopy(wanted.type);
  const H5T_class_t kind = H5Tget_class(type);
  if (kind == H5T_INTEGER || kind == H5T_FLOAT) {
    const hsize_t count = elements(extent);
    std::vector<double> values(count > most_elements ? 1 : count);
    for (hsize_t i = 0; i < values.size(); ++i) {
      values[i] = wanted.value(i);
    }
    for (std::size_t changes = bytes_.below(4); changes > 0 && !values.empty(); --changes) {
      values[bytes_.value<std::uint16_t>() % values.size()] = odd_number(bytes_);
    }
    add(wanted.name, extent, type, H5T_NATIVE_DOUBLE, values.data());
  } else {
    add(wanted.name, extent, type, type, nullptr);
  }
  H5Tclose(type);
}

void FileMaker::strings(const std::string& name, hsize_t count) {
  if (put_something_else(name)) {
    return;
  }
  const hid_t type = H5Tcopy(H5T_C_S1);
  H5Tset_size(type, bytes_.rarely() ? 1 + bytes_.below(20) : H5T_VARIABLE);
  H5Tset_cset(type, bytes_.rarely() ? H5T_CSET_ASCII : H5T_CSET_UTF8);
  add(name, odd_extents(bytes_, {count}), type, type, nullptr);
  H5Tclose(type);
}

void FileMaker::text(const std::string& name, const std::string& text) {
  if (put_something_else(name)) {
    return;
  }
  const hid_t type = bytes_.rarely() ? odd_type(bytes_) : H5Tcopy(H5T_NATIVE_UCHAR);
  const H5T_class_t kind = H5Tget_class(type);
  const bool number = kind == H5T_INTEGER || kind == H5T_FLOAT;
  const std::vector<hsize_t> extent = odd_extents(bytes_, {text.size()});
  const bool fits = elements(extent) <= text.size();
  add(name, extent, type, number ? H5T_NATIVE_UCHAR : type, number && fits ? text.data() : nullptr);
  H5Tclose(type);
}

void FileMaker::attribute(const std::string& name, double number) {
  if (bytes_.rarely()) {
    attribute(name, bytes_.text(8));
    return;
  }
  const hid_t type = bytes_.rarely() ? odd_type(bytes_) : H5Tcopy(H5T_IEEE_F64LE);
  const std::vector<hsize_t> extent(bytes_.rarely() ? 1 + bytes_.below(2) : 0, bytes_.rarely() ? 3 : 1);
  const hid_t space = extent.empty() ? H5Screate(bytes_.rarely() ? H5S_NULL : H5S_SCALAR)
                                     : H5Screate_simple(static_cast<int>(extent.size()), extent.data(), nullptr);
  const hid_t attribute = H5Acreate2(file_, name.c_str(), type, space, H5P_DEFAULT, H5P_DEFAULT);
  if (attribute >= 0) {
    const std::vector<double> values(9, bytes_.rarely() ? odd_number(bytes_) : number);
    H5Awrite(attribute, H5T_NATIVE_DOUBLE, values.data());
    H5Aclose(attribute);
  }
  H5Sclose(space);
  H5Tclose(type);
}

void FileMaker::attribute(const std::string& name, const std::string& text) {
  if (bytes_.rarely()) {
    attribute(name, 1.0);
    return;
  }
  const bool variable = !bytes_.rarely();
  const hid_t type = H5Tcopy(H5T_C_S1);
  H5Tset_size(type, variable ? H5T_VARIABLE : text.size() + 1);
  H5Tset_cset(type, bytes_.rarely() ? H5T_CSET_ASCII : H5T_CSET_UTF8);
  const hsize_t extent = 1 + bytes_.below(2);
  const hid_t space = bytes_.rarely() ? H5Screate_simple(1, &extent, nullptr) : H5Screate(H5S_SCALAR);
  const hid_t attribute = H5Acreate2(file_, name.c_str(), type, space, H5P_DEFAULT, H5P_DEFAULT);
  if (attribute >= 0) {
    const std::string twice = text + std::string(1, '\0') + text + std::string(1, '\0');
    const std::array<const char*, 2> pointers{text.c_str(), text.c_str()};
    if (!bytes_.rarely()) {
      H5Awrite(attribute, type, variable ? static_cast<const void*>(pointers.data()) : twice.data());
    }
    H5Aclose(attribute);
  }
  H5Sclose(space);
  H5Tclose(type);
}

}  // namespace distsne::fuzz
