/// A driver of HDF5's virtual file layer that keeps pages in a map.
#include "io/sparse_file.hpp"

#include <H5FDpublic.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <map>
#include <new>

#include "distsne/base/error.hpp"

#if __has_include(<H5FDdevelop.h>)
#include <H5FDdevelop.h>
#endif

namespace distsne {
namespace {

constexpr std::uint64_t page_bytes = 4096;
constexpr haddr_t largest_address = (haddr_t{1} << 62U) - 1;
using Page = std::array<std::byte, page_bytes>;

}  // namespace

struct SparseFile::Content {
  std::map<std::uint64_t, Page> pages;  // by number
  haddr_t allocated = 0;
};

namespace {

/// What HDF5 takes for an open file.
struct OpenFile {
  H5FD_t head{};  // first, as the library casts
  SparseFile::Content* content = nullptr;
};

SparseFile::Content& content_of(const H5FD_t* file) { return *reinterpret_cast<const OpenFile*>(file)->content; }

/// Calls work(page number, offset within it, offset within the range, bytes) for the pages of a range.
template <class Work>
void for_pages(haddr_t address, std::size_t size, const Work& work) {
  for (std::size_t done = 0; done < size;) {
    const std::uint64_t at = address + done;
    const std::uint64_t within = at % page_bytes;
    const std::size_t bytes = std::min<std::size_t>(size - done, page_bytes - within);
    work(at / page_bytes, within, done, bytes);
    done += bytes;
  }
}

hid_t driver();

/// The driver's part of a property list is the address of the content.
H5FD_t* open_file(const char* /*name*/, unsigned /*flags*/, hid_t access, haddr_t /*largest*/) {
  auto* const file = new (std::nothrow) OpenFile;
  const void* const info = H5Pget_driver_info(access);
  if (file == nullptr || info == nullptr) {
    delete file;
    return nullptr;
  }
  std::memcpy(&file->content, info, sizeof(file->content));
  return &file->head;
}

herr_t close_file(H5FD_t* file) {
  delete reinterpret_cast<OpenFile*>(file);
  return 0;
}

herr_t query(const H5FD_t* /*file*/, unsigned long* flags) {
  *flags = H5FD_FEAT_AGGREGATE_METADATA | H5FD_FEAT_ACCUMULATE_METADATA | H5FD_FEAT_AGGREGATE_SMALLDATA;
  return 0;
}

haddr_t allocated(const H5FD_t* file, H5FD_mem_t /*type*/) { return content_of(file).allocated; }

herr_t allocate(H5FD_t* file, H5FD_mem_t /*type*/, haddr_t address) {
  content_of(file).allocated = address;
  return 0;
}

herr_t read(H5FD_t* file, H5FD_mem_t /*type*/, hid_t /*transfer*/, haddr_t address, std::size_t size, void* buffer) {
  for_pages(address, size, [&](std::uint64_t number, std::uint64_t within, std::size_t done, std::size_t bytes) {
    const auto page = content_of(file).pages.find(number);
    auto* const to = static_cast<std::byte*>(buffer) + done;
    if (page == content_of(file).pages.end()) {
      std::memset(to, 0, bytes);
    } else {
      std::memcpy(to, page->second.data() + within, bytes);
    }
  });
  return 0;
}

herr_t write(H5FD_t* file, H5FD_mem_t /*type*/, hid_t /*transfer*/, haddr_t address, std::size_t size,
             const void* buffer) {
  try {
    for_pages(address, size, [&](std::uint64_t number, std::uint64_t within, std::size_t done, std::size_t bytes) {
      Page& page = content_of(file).pages.try_emplace(number, Page{}).first->second;
      std::memcpy(page.data() + within, static_cast<const std::byte*>(buffer) + done, bytes);
    });
  } catch (const std::bad_alloc&) {
    return -1;
  }
  return 0;
}

H5FD_class_t driver_class() {
  H5FD_class_t own{};
#ifdef H5FD_CLASS_VERSION
  own.version = H5FD_CLASS_VERSION;
  own.value = static_cast<H5FD_class_value_t>(600);
#endif
  own.name = "distsne_sparse";
  own.maxaddr = largest_address;
  own.fc_degree = H5F_CLOSE_STRONG;
  own.fapl_size = sizeof(SparseFile::Content*);
  own.open = open_file;
  own.close = close_file;
  own.query = query;
  own.get_eoa = allocated;
  own.set_eoa = allocate;
  own.get_eof = allocated;
  own.read = read;
  own.write = write;
  constexpr std::array<H5FD_mem_t, H5FD_MEM_NTYPES> by_kind = H5FD_FLMAP_DICHOTOMY;
  std::copy(by_kind.begin(), by_kind.end(), own.fl_map);
  return own;
}

hid_t driver() {
  static const H5FD_class_t own = driver_class();
  static const hid_t id = H5FDregister(&own);
  return id;
}

}  // namespace

SparseFile::SparseFile() : content_(std::make_unique<Content>()) {}
SparseFile::~SparseFile() = default;

hid_t SparseFile::access_list() const {
  const hid_t list = H5Pcreate(H5P_FILE_ACCESS);
  const Content* const content = content_.get();
  if (list < 0 || driver() < 0 || H5Pset_driver(list, driver(), &content) < 0) {
    throw Error("HDF5 does not take a driver of its own", ExitCode::io_failure);
  }
  return list;
}

std::uint64_t SparseFile::size() const { return content_->allocated; }

void SparseFile::for_pieces(const std::function<void(std::span<const std::byte>, std::uint64_t)>& write) const {
  for (const auto& [number, page] : content_->pages) {
    const std::uint64_t offset = number * page_bytes;
    if (offset < size()) {
      write(std::span<const std::byte>(page).first(std::min(page_bytes, size() - offset)), offset);
    }
  }
}

}  // namespace distsne
