/// What the fuzz targets share: MPI, a folder for the files that they make, and what a reader may throw.
#pragma once

#include <functional>
#include <string>

#include "distsne/mpi/communicator.hpp"

/// Called once before the first input, and for every input.
extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv);
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace distsne::fuzz {

/// This process alone.
[[nodiscard]] const Communicator& alone();

/// Path of a file in a folder in memory that this process has for itself.
[[nodiscard]] std::string scratch(const std::string& name);

/// Runs a reader. Returns true when it has read, and false when it has thrown an Error that blames what it was given;
/// any other exception or Error is a finding and ends the process.
bool reads(const std::function<void()>& read);

/// How many of the calls above have returned true.
[[nodiscard]] std::size_t inputs_read();

/// Ends the process when what a reader has returned is not as its header says.
void require(bool holds, const char* what);

}  // namespace distsne::fuzz
