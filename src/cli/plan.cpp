/// distsne plan: what a run would take.
#include "cli/commands.hpp"
#include "pipeline/forecast.hpp"
#include "pipeline/options.hpp"

namespace distsne {
namespace {

Option count(const char* name, int& place, const char* help) {
  return {.name = name,
          .value = whole_or("auto", place, whole(1, 1000000, "INTEGER>=1")),
          .group = "The workplace",
          .help = help,
          .configurable = false};
}

}  // namespace

void run_plan(const Communicator& comm, const Arguments& arguments) {
  Config config;
  PlanRequest request;
  CommandLine command{
      "distsne plan",
      "Say what distsne embed with these options would take: memory, time and messages. Reads headers only",
      run_options(config, Command::plan)};
  command.options.push_back(count("ranks", request.ranks, "Ranks in all; auto: as suggested"));
  command.options.push_back(
      count("hosts", request.hosts, "Hosts that the ranks are spread over; auto: 1, or as suggested"));
  command.options.push_back(count("cores", request.cores, "Cores of a host; auto: those of this one"));
  if (parse(comm, command, arguments, [&] { complete(config); })) {
    config.text = write_config(command.options, false);
    show_plan(comm, config, request);
  }
}

}  // namespace distsne
