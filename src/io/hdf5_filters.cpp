/// Filters that are brought along, found, or missed.
#include "io/hdf5_filters.hpp"

#include <fmt/format.h>
#include <lzf.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <filesystem>

#include "io/hdf5_handle.hpp"

namespace distsne {
namespace {

/// As registered with the HDF Group.
constexpr H5Z_filter_t lzf_filter = 32000;

/// Unpacks a chunk. h5py notes its size as the third value; else it is found by trying. HDF5 owns the buffer, which
/// comes from malloc.
std::size_t unpack_lzf(unsigned flags, std::size_t count, const unsigned values[], std::size_t packed,
                       std::size_t* size, void** buffer) {
  if ((flags & H5Z_FLAG_REVERSE) == 0U || packed > 0x7FFFFFFFU) {
    return 0;
  }
  std::size_t room = count >= 3 && values[2] != 0 ? values[2] : *size;
  constexpr std::size_t most = std::size_t{1} << 31U;
  for (; room < most; room *= 2) {
    void* const out = std::malloc(room);
    if (out == nullptr) {
      return 0;
    }
    const unsigned unpacked = lzf_decompress(*buffer, static_cast<unsigned>(packed), out, static_cast<unsigned>(room));
    if (unpacked != 0) {
      std::free(*buffer);
      *buffer = out;
      *size = room;
      return unpacked;
    }
    std::free(out);
    if (errno != E2BIG) {
      return 0;
    }
  }
  return 0;
}

const H5Z_class2_t lzf_class{H5Z_CLASS_T_VERS, lzf_filter, 0, 1, "lzf", nullptr, nullptr, unpack_lzf};

/// Where the packages of this distribution put plugins; HDF5 itself looks elsewhere.
void add_plugin_folders() {
  std::error_code ignored;
  for (const char* const root : {"/usr/lib", "/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu"}) {
    for (const char* const folder : {"hdf5/plugins", "hdf5/openmpi/plugins", "hdf5/serial/plugins"}) {
      const std::filesystem::path path = std::filesystem::path(root) / folder;
      if (std::filesystem::is_directory(path, ignored)) {
        H5PLappend(path.c_str());
      }
    }
  }
}

struct KnownFilter {
  H5Z_filter_t number;
  const char* name;
  const char* package;  // of Debian
};

constexpr std::array<KnownFilter, 7> known{{{307, "bzip2", "hdf5-filter-plugin"},
                                            {32001, "blosc", "hdf5-filter-plugin-blosc-serial"},
                                            {32004, "lz4", "hdf5-filter-plugin"},
                                            {32008, "bitshuffle", ""},
                                            {32013, "zfp", "hdf5-filter-plugin-zfp-serial"},
                                            {32015, "zstd", ""},
                                            {32026, "blosc2", ""}}};

/// One sentence on a filter that is not there.
std::string missing(H5Z_filter_t number, const char* said, const std::string& place) {
  std::string name = said[0] == '\0' ? fmt::format("number {}", number) : said;
  const char* package = "";
  for (const KnownFilter& one : known) {
    if (one.number == number) {
      name = one.name;
      package = one.package;
    }
  }
  return fmt::format(
      "{} is compressed by {} (HDF5 filter {}), which is not installed here: {}set HDF5_PLUGIN_PATH to a folder that "
      "has "
      "the filter (Python's hdf5plugin.PLUGIN_PATH is one), or write the file anew with gzip (h5repack -f GZIP=4)",
      place, name, number, package[0] == '\0' ? "" : fmt::format("install the package {}, ", package));
}

}  // namespace

void set_up_hdf5() {
  static const bool once = [] {
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
    H5Zregister(&lzf_class);
    add_plugin_folders();
    return true;
  }();
  static_cast<void>(once);
}

void require_filters(hid_t dataset, const std::string& place) {
  const Hdf5Handle creation(H5Dget_create_plist(dataset), H5Pclose, place + ": its storage cannot be read");
  const int count = H5Pget_nfilters(creation.id());
  for (int k = 0; k < count; ++k) {
    std::array<char, 64> said{};
    unsigned flags = 0;
    unsigned configured = 0;
    std::size_t values = 0;
    const H5Z_filter_t number = H5Pget_filter2(creation.id(), static_cast<unsigned>(k), &flags, &values, nullptr,
                                               said.size() - 1, said.data(), &configured);
    if (number >= 0 && H5Zfilter_avail(number) <= 0) {
      throw Error(missing(number, said.data(), place), ExitCode::bad_input);
    }
  }
}

}  // namespace distsne
