/// distsne embed: the main job.
#include "distsne/pipeline/embed.hpp"

#include "cli/commands.hpp"
#include "cli/options.hpp"

namespace distsne {

void run_embed(const Communicator& comm, const Arguments& arguments) {
  Config config;
  RawOptions raw;
  CLI::App app("Compute a map of the rows of an HDF5 dataset, on all ranks that mpirun starts", "distsne embed");
  add_job_options(app, config, raw, true);
  add_run_options(app, config, raw);
  add_dry_run(app, config);
  if (!parse(comm, app, arguments, [&] { finish_job(config, raw); }) || dump_config(app, raw, comm.is_root(), config)) {
    return;
  }
  embed(comm, config);
}

}  // namespace distsne
