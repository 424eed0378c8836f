/// The main of the fuzz targets where libFuzzer is not: runs every file of the folders it is given.
#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

#include "fuzz/harness.hpp"

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/lsan_interface.h>
#endif

namespace {

namespace fs = std::filesystem;

int replay(const std::vector<fs::path>& files) {
  for (const fs::path& file : files) {
    std::ifstream stream(file, std::ios::binary);
    const std::vector<char> bytes{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
    fmt::print("{}\n", file.filename().string());
    std::fflush(stdout);  // the last line names the input that ends the process
    LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
  }
  const std::size_t fine = distsne::fuzz::inputs_read();
  fmt::print("{} inputs, {} times a reader could read\n", files.size(), fine);
  // Readers that refuse everything, or a maker of files that makes none, would pass otherwise.
  if (files.size() < 5 || fine < files.size() / 8 || fine == 0) {
    fmt::print(stderr, "there are too few inputs, or too few that can be read: nothing was tested\n");
    return 1;
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  LLVMFuzzerInitialize(&argc, &argv);
  std::vector<fs::path> files;
  for (int i = 1; i < argc; ++i) {
    for (const auto& entry : fs::directory_iterator(argv[i])) {
      files.push_back(entry.path());
    }
  }
  std::sort(files.begin(), files.end());
  const int result = replay(files);
#ifdef __SANITIZE_ADDRESS__
  __lsan_do_leak_check();  // before MPI unloads its plugins, as in tests/support/main.cpp
#endif
  return result;
}
