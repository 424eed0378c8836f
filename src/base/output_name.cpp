/// Following symbolic links.
#include "base/output_name.hpp"

#include <filesystem>

namespace distsne {

namespace fs = std::filesystem;

std::string target_of(const std::string& path) {
  constexpr int most_links = 40;
  std::error_code failed;
  fs::path target = path;
  for (int link = 0; link < most_links && fs::is_symlink(target, failed); ++link) {
    const fs::path next = fs::read_symlink(target, failed);
    target = next.is_absolute() ? next : target.parent_path() / next;
  }
  return target.string();
}

std::string temporary_name(const std::string& path) { return target_of(path) + ".partial"; }

}  // namespace distsne
