/// Blocks of lines: of plain files by windows of memory that the system keeps of them, of packed ones by zlib.
#include "io/text_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>

#include "distsne/base/error.hpp"
#include "mpi/processors.hpp"

namespace distsne {
namespace {

constexpr std::size_t block_bytes = std::size_t{1} << 22U;

/// Length of the whole lines at the front of `text`.
std::size_t whole_lines(std::string_view text, bool quotes) {
  if (!quotes || text.find('"') == std::string_view::npos) {
    const std::size_t last = text.rfind('\n');
    return last == std::string_view::npos ? 0 : last + 1;
  }
  std::size_t end = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"') {
      quoted = !quoted;
    } else if (text[i] == '\n' && !quoted) {
      end = i + 1;
    }
  }
  return end;
}

/// A plain file, of which a part at a time is mapped: nothing is copied, which would take longer than finding lines.
class MappedFile {
 public:
  explicit MappedFile(const std::string& path) : descriptor_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
    struct stat status {};
    if (descriptor_ >= 0 && ::fstat(descriptor_, &status) == 0 && S_ISREG(status.st_mode)) {
      size_ = static_cast<std::uint64_t>(status.st_size);
    }
  }
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;
  MappedFile(MappedFile&&) = delete;
  MappedFile& operator=(MappedFile&&) = delete;
  ~MappedFile() {
    drop();
    if (descriptor_ >= 0) {
      ::close(descriptor_);
    }
  }

  [[nodiscard]] std::uint64_t size() const { return size_; }

  /// The bytes [begin, end) of the file until the next call, in memory when this returns. Nothing where the system
  /// cannot map or read them, as of a file that was cut short meanwhile: touching what is missing would be fatal.
  [[nodiscard]] std::optional<std::string_view> part([[maybe_unused]] std::uint64_t begin,
                                                     [[maybe_unused]] std::uint64_t end) {
    drop();
#ifdef MADV_POPULATE_READ
    const auto page = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
    const std::uint64_t before = begin % page;
    const auto length = static_cast<std::size_t>(end - begin + before);
    void* const memory =
        ::mmap(nullptr, length, PROT_READ, MAP_SHARED, descriptor_, static_cast<off_t>(begin - before));
    if (memory == MAP_FAILED) {
      return std::nullopt;
    }
    memory_ = memory;
    length_ = length;
    if (::madvise(memory_, length_, MADV_POPULATE_READ) != 0) {
      return std::nullopt;
    }
    return std::string_view(static_cast<const char*>(memory_), length_).substr(static_cast<std::size_t>(before));
#else
    return std::nullopt;
#endif
  }

 private:
  void drop() {
    if (memory_ != nullptr) {
      ::munmap(memory_, length_);
      memory_ = nullptr;
    }
  }

  int descriptor_;
  std::uint64_t size_ = 0;
  void* memory_ = nullptr;
  std::size_t length_ = 0;
};

}  // namespace

TextFile::TextFile(const std::string& path) : path_(path), file_(gzopen(path.c_str(), "rb")) {
  if (file_ == nullptr) {
    throw Error(fmt::format("'{}' cannot be opened on host {}: {}", path, host_name(), std::strerror(errno)),
                ExitCode::io_failure);
  }
  gzbuffer(file_, 1U << 17U);
}

TextFile::~TextFile() { gzclose(file_); }

bool TextFile::packed() const { return gzdirect(file_) == 0; }

std::size_t TextFile::read(char* to, std::size_t size) {
  const int got = gzread(file_, to, static_cast<unsigned>(size));
  int code = Z_OK;
  const char* const reason = gzerror(file_, &code);
  if (code == Z_BUF_ERROR || code == Z_DATA_ERROR) {
    throw Error(fmt::format("'{}' cannot be unpacked: it is truncated or damaged", path_), ExitCode::bad_input);
  }
  if (got < 0) {
    throw Error(fmt::format("reading '{}' failed: {}", path_, code == Z_ERRNO ? std::strerror(errno) : reason),
                ExitCode::io_failure);
  }
  return static_cast<std::size_t>(got);
}

void TextFile::blocks(std::uint64_t offset, bool quotes,
                      const std::function<bool(std::string_view, std::uint64_t)>& use) {
  if (!packed()) {
    MappedFile file(path_);
    for (std::uint64_t wanted = block_bytes; offset < file.size();) {
      const std::uint64_t end = std::min(file.size(), offset + wanted);
      const std::optional<std::string_view> part = file.part(offset, end);
      const std::size_t length = part ? whole_lines(*part, quotes) : 0;
      if (!part || (end == file.size() && length < part->size())) {
        break;  // what is left is read
      }
      if (length == 0) {
        wanted += block_bytes;
        continue;
      }
      if (!use(part->substr(0, length), offset)) {
        return;
      }
      offset += length;
      wanted = block_bytes;
    }
  }
  if (gzseek(file_, static_cast<z_off_t>(offset), SEEK_SET) < 0) {
    throw Error(fmt::format("'{}' cannot be read from byte {} on: it is truncated or damaged", path_, offset),
                ExitCode::bad_input);
  }
  std::string buffer;
  bool more = true;
  while (more) {
    const std::size_t kept = buffer.size();
    buffer.resize(kept + block_bytes);
    const std::size_t got = read(buffer.data() + kept, block_bytes);
    buffer.resize(kept + got);
    more = got > 0;
    if (!more && !buffer.empty() && buffer.back() != '\n') {
      buffer += '\n';
    }
    const std::size_t length = more ? whole_lines(buffer, quotes) : buffer.size();
    if (length > 0) {
      if (!use(std::string_view(buffer).substr(0, length), offset)) {
        return;
      }
      offset += length;
      buffer.erase(0, length);
    }
  }
}

std::string_view next_line(std::string_view& text, bool quotes) {
  std::size_t end = text.find('\n');
  if (quotes) {
    for (std::size_t quote = text.find('"'); quote < end && quote != std::string_view::npos;) {
      const std::size_t close = text.find('"', quote + 1);
      if (close == std::string_view::npos) {
        end = close;
        break;
      }
      end = text.find('\n', close);
      quote = text.find('"', close + 1);
    }
  }
  std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  if (line.ends_with('\r')) {
    line.remove_suffix(1);
  }
  return line;
}

std::string text_head(const std::string& path, std::size_t size) {
  const gzFile file = gzopen(path.c_str(), "rb");
  if (file == nullptr) {
    return {};
  }
  std::string head(size, '\0');
  const int got = gzread(file, head.data(), static_cast<unsigned>(size));
  gzclose(file);
  head.resize(static_cast<std::size_t>(std::max(0, got)));
  return head;
}

}  // namespace distsne
