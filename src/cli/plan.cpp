/// distsne plan: what a run would take.
#include "distsne/pipeline/plan.hpp"
#include "cli/commands.hpp"
#include "cli/options.hpp"

namespace distsne {
namespace {

constexpr const char* group = "The workplace";

void add_count(CLI::App& app, const char* name, int& value, const char* help) {
  app.add_option(name, value, help)
      ->check(CLI::Range(1, 1000000, "INTEGER>=1"))
      ->configurable(false)
      ->default_str("auto")
      ->group(group);
}

}  // namespace

void run_plan(const Communicator& comm, const Arguments& arguments) {
  Config config;
  RawOptions raw;
  PlanRequest request;
  CLI::App app("Say what distsne embed with these options would take: memory, time and messages. Reads headers only",
               "distsne plan");
  add_job_options(app, config, raw, false);
  add_run_options(app, config, raw);
  add_count(app, "--ranks", request.ranks, "Ranks in all; auto: as suggested");
  add_count(app, "--hosts", request.hosts, "Hosts that the ranks are spread over; auto: 1, or as suggested");
  add_count(app, "--cores", request.cores, "Cores of a host; auto: those of this one");
  if (!parse(comm, app, arguments, [&] { finish_job(config, raw); }) || dump_config(app, raw, comm.is_root(), config)) {
    return;
  }
  show_plan(comm, config, request);
}

}  // namespace distsne
