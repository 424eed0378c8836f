/// Fuzz target: files of --config, and through them every option that has a form of its own: times, lists of numbers,
/// FILE:DATASET. What is accepted and dumped has to be accepted again, as the same.
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "cli/commands.hpp"
#include "fuzz/bytes.hpp"
#include "fuzz/harness.hpp"

namespace distsne::fuzz {
namespace {

void write(const std::string& path, const std::string& text) { std::ofstream(path, std::ios::binary) << text; }

/// What a command prints with --dump-config, less the comments.
std::string dumped(void (*command)(const Communicator&, const Arguments&), const std::string& config) {
  const std::string path = scratch("printed");
  std::fflush(stdout);
  const int before = ::dup(STDOUT_FILENO);
  std::FILE* const printed = std::fopen(path.c_str(), "w");
  ::dup2(::fileno(printed), STDOUT_FILENO);
  const auto back = [&] {
    std::fflush(stdout);
    ::dup2(before, STDOUT_FILENO);
    ::close(before);
    std::fclose(printed);
  };
  try {
    command(alone(), {"--config", config, "--dump-config"});
  } catch (...) {
    back();
    throw;
  }
  back();
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

}  // namespace
}  // namespace distsne::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace distsne;
  fuzz::Bytes bytes(data, size);
  const auto command = bytes.below(2) == 0 ? run_embed : run_neighbors;
  const std::string given = bytes.rest();
  try {
    static_cast<void>(read_config(given));
  } catch (const Error&) {
    return 0;  // and so would the command
  }
  const std::string config = fuzz::scratch("config");
  fuzz::write(config, given);
  std::string first;
  if (fuzz::reads([&] { first = fuzz::dumped(command, config); })) {
    fuzz::write(config, first);
    std::string second;
    fuzz::require(fuzz::reads([&] { second = fuzz::dumped(command, config); }), "what was dumped is accepted");
    fuzz::require(first == second, "it is dumped the same again");
  }
  return 0;
}
