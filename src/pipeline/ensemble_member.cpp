/// The maps that are asked for, and files that keep those that are done.
#include "pipeline/ensemble_member.hpp"

#include <fmt/format.h>

#include <limits>

#include "pipeline/checkpoint_state.hpp"

namespace distsne {
namespace {

using Json = nlohmann::json;

Json facts_of(const MapRecord& record) {
  Json history = Json::array();
  for (const HistoryEntry& entry : record.history) {
    history.push_back({entry.iteration, json_of(entry.kl), json_of(entry.gradient_norm), json_of(entry.force_error),
                       entry.exaggeration});
  }
  return {{"history", history},
          {"explained variance", record.explained_variance},
          {"iterations", record.iterations},
          {"ending", record.ending},
          {"fall", json_of(record.fall)},
          {"recoveries", record.recoveries},
          {"flat", record.flat},
          {"neighbors", record.neighbors},
          {"recall", json_of(record.recall)}};
}

MapRecord record_in(const Json& facts) {
  constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
  MapRecord record;
  for (const Json& entry : facts.at("history")) {
    record.history.push_back({integer_in(entry.at(0), 0, most), number_in(entry.at(1)), number_in(entry.at(2)),
                              number_in(entry.at(3)), number_in(entry.at(4))});
  }
  for (const Json& share : facts.at("explained variance")) {
    record.explained_variance.push_back(number_in(share));
  }
  record.iterations = integer_in(facts.at("iterations"), 0, most);
  record.ending = facts.at("ending").get<std::string>();
  record.fall = number_in(facts.at("fall"));
  record.recoveries = static_cast<int>(integer_in(facts.at("recoveries"), 0, std::numeric_limits<int>::max()));
  record.flat = facts.at("flat").get<bool>();
  record.neighbors = integer_in(facts.at("neighbors"), 0, most);
  record.recall = number_in(facts.at("recall"));
  return record;
}

}  // namespace

std::vector<Member> members_of(const Config& config) {
  const EnsembleOptions& ensemble = config.ensemble;
  std::vector<std::vector<double>> perplexities;
  for (const double perplexity : ensemble.perplexities) {
    perplexities.push_back({perplexity});
  }
  if (perplexities.empty()) {
    perplexities.push_back(config.affinity.perplexities);
  }
  std::vector<std::uint64_t> seeds = ensemble.seeds;
  if (seeds.empty()) {
    seeds.push_back(config.seed);
  }
  std::vector<Member> members;
  for (const auto& perplexity : perplexities) {
    for (const std::uint64_t seed : seeds) {
      members.push_back({seed, perplexity, 0});
    }
  }
  for (int bootstrap = 1; bootstrap <= ensemble.bootstraps; ++bootstrap) {
    members.push_back({seeds.front(), perplexities.front(), bootstrap});
  }
  return members;
}

template <class Real>
std::optional<MemberMap<Real>> kept_member(FileRun& run, Checkpoint<Real>& checkpoint, const std::string& path) {
  try {
    const std::optional<SavedFile> file = checkpoint.kept_file(path);
    if (!file) {
      return std::nullopt;
    }
    MemberMap<Real> member;
    member.map =
        Embedding<Real>(RowPartition(run.plan.rows, run.comm.size()), run.comm.rank(), run.config.objective.dims);
    member.map.values = file->template read<AlignedVector<Real>>("map", member.map.columns, member.map.partition);
    from_facts(path, [&] {
      const Json facts = Json::parse(file->facts());
      member.record = record_in(facts.at("record"));
      member.rows = integer_in(facts.at("rows"), 0, run.plan.rows);
      for (const Json& perplexity : facts.at("perplexities")) {
        member.perplexities.push_back(number_in(perplexity));
      }
    });
    return member;
  } catch (const Error& error) {
    if (error.code() != ExitCode::io_failure || !error.everywhere()) {
      throw;
    }
    run.progress.say(fmt::format("note: {}; going on without it", error.what()));
    return std::nullopt;
  }
}

template <class Real>
void keep_member(const MemberMap<Real>& member, Checkpoint<Real>& checkpoint, const std::string& path,
                 const std::string& what) {
  const Embedding<Real>& map = member.map;
  const SavedArray array = SavedArray::of<Real>("map", map.rows(), map.columns, map.first_row(), map.values);
  checkpoint.keep_file(
      path, std::span<const SavedArray>(&array, 1),
      {{"record", facts_of(member.record)}, {"rows", member.rows}, {"perplexities", member.perplexities}}, what);
}

template std::optional<MemberMap<float>> kept_member(FileRun&, Checkpoint<float>&, const std::string&);
template std::optional<MemberMap<double>> kept_member(FileRun&, Checkpoint<double>&, const std::string&);
template void keep_member(const MemberMap<float>&, Checkpoint<float>&, const std::string&, const std::string&);
template void keep_member(const MemberMap<double>&, Checkpoint<double>&, const std::string&, const std::string&);

}  // namespace distsne
