/// Reading /proc and the control group of this process.
#include "base/memory.hpp"

#include <algorithm>
#include <fstream>
#include <limits>
#include <sstream>
#include <string>
#include <string_view>

namespace distsne {
namespace {

constexpr double unknown = std::numeric_limits<double>::infinity();

/// The number in the first line of a file; unknown where there is none ("max").
double number_in(const std::string& path) {
  std::ifstream file(path);
  double value = unknown;
  return file >> value ? value : unknown;
}

/// The number behind a name in a file of such lines.
double number_of(const std::string& path, std::string_view wanted) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with(wanted)) {
      double value = 0.0;
      return std::istringstream(line.substr(wanted.size())) >> value ? value : unknown;
    }
  }
  return unknown;
}

/// What the limits of the control group and of those above it leave.
double available_in_group() {
  std::ifstream groups("/proc/self/cgroup");
  double available = unknown;
  for (std::string line; std::getline(groups, line);) {
    const std::size_t second = line.find(':', line.find(':') + 1);
    const std::string controllers = line.substr(line.find(':') + 1, second - line.find(':') - 1);
    const bool unified = controllers.empty();
    if (!unified && controllers != "memory") {
      continue;
    }
    const std::string root = unified ? "/sys/fs/cgroup" : "/sys/fs/cgroup/memory";
    for (std::string group = line.substr(second + 1);; group.resize(group.rfind('/'))) {
      const std::string folder = root + group + "/";
      const double limit = number_in(folder + (unified ? "memory.max" : "memory.limit_in_bytes"));
      const double used = number_in(folder + (unified ? "memory.current" : "memory.usage_in_bytes"));
      // Cached files count as used, and are given up for what is needed more.
      const double cached = number_of(folder + "memory.stat", unified ? "inactive_file " : "total_inactive_file ");
      if (limit < unknown && used < unknown) {
        available = std::min(available, std::max(0.0, limit - used + (cached < unknown ? cached : 0.0)));
      }
      if (group.empty() || group.rfind('/') == std::string::npos) {
        break;
      }
    }
  }
  return available;
}

/// Of the peaks that have been begun anew.
double earlier_peak = 0.0;

}  // namespace

double latest_memory_peak_bytes() { return 1024.0 * number_of("/proc/self/status", "VmHWM:"); }

double peak_memory_bytes() { return std::max(earlier_peak, latest_memory_peak_bytes()); }

void begin_memory_peak() {
  earlier_peak = peak_memory_bytes();
  std::ofstream("/proc/self/clear_refs") << "5";  // the peak becomes what is resident now
}

double available_memory_bytes() {
  return std::min(1024.0 * number_of("/proc/meminfo", "MemAvailable:"), available_in_group());
}

}  // namespace distsne
