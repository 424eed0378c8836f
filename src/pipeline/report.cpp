/// What a log begins and ends with.
#include <algorithm>
#include <numeric>

#include "base/instruction_set.hpp"
#include "base/memory.hpp"
#include "base/version.hpp"
#include "mpi/processors.hpp"
#include "pipeline/options.hpp"
#include "pipeline/stages.hpp"

namespace distsne {
namespace {

nlohmann::json json_of(const RankSummary& summary) {
  return {{"min", summary.min}, {"mean", summary.mean}, {"max", summary.max}};
}

const RankSummary* find(const std::vector<RankSummary>& summaries, const std::string& name) {
  const auto found = std::find_if(summaries.begin(), summaries.end(),
                                  [&](const RankSummary& summary) { return summary.name == name; });
  return found == summaries.end() ? nullptr : &*found;
}

nlohmann::json json_of(const std::optional<Drift>& drift) {
  if (!drift) {
    return {};
  }
  return {{"map", drift->map},
          {"rows", drift->rows},
          {"rms", drift->mean},
          {"most", drift->most},
          {"spread", drift->spread}};
}

}  // namespace

void report_begin(const Communicator& comm, const Config& config, const Plan& plan, const std::string& job,
                  Progress& progress) {
  const std::vector<std::string> hosts = host_names(comm);
  progress.say(fmt::format("distsne {}: {}, {} x {}, {}{}", version(), job, counted(comm.size(), "rank"),
                           counted(plan.threads, "thread"), instruction_set(),
                           hosts.size() > 1 ? ", " + counted(std::ssize(hosts), "host") : ""));
  if (!plan.input.note.empty()) {
    progress.say("rows: " + plan.input.note);
  }
  if (!plan.input.usual.empty() && !config.preprocess.of_single_values()) {
    progress.say("note: " + plan.input.usual);
  }
  for (const std::string& note : plan.notes) {
    progress.say("note: " + note);
  }
  for (const std::string& idle : idle_options(config)) {
    progress.say("note: " + idle);
  }
  progress.record("start", {{"version", version()},
                            {"commit", commit()},
                            {"job", job},
                            {"config", config.text},
                            {"hosts", hosts},
                            {"ranks", comm.size()},
                            {"threads", plan.threads},
                            {"instruction_set", instruction_set()},
                            {"input", plan.input.path},
                            {"dataset", plan.input.dataset},
                            {"rows", plan.rows},
                            {"columns", plan.input.columns}});
}

void summarize_run(FileRun& run, RunRecord& record) {
  record.timings = summarize(run.comm, run.timers);
  record.peak_memory = summarize(run.comm, "peak memory", peak_memory_bytes());
  record.stage_memory.clear();
  for (const auto& [stage, peak] : run.memory) {
    record.stage_memory.push_back(summarize(run.comm, stage, peak));
  }
  record.bytes_sent.clear();
  record.messages.clear();
  for (const auto& [stage, sent] : run.timers.sent()) {
    record.bytes_sent.push_back(summarize(run.comm, stage, static_cast<double>(sent.bytes)));
    record.messages.push_back(summarize(run.comm, stage, static_cast<double>(sent.messages)));
  }
}

void report_end(const FileRun& run, const RunRecord& record) {
  const HistoryEntry last = record.history.empty() ? HistoryEntry{} : record.history.back();
  nlohmann::json stages = nlohmann::json::object();
  run.progress.detail(fmt::format("{:<14}{:>10}{:>10}{:>10}{:>11}{:>10}{:>10}{:>10}{:>11}", "seconds", "min", "mean",
                                  "max", "predicted", "MB sent", "messages", "peak MB", "predicted"));
  for (const RankSummary& timing : record.timings) {
    std::string line =
        fmt::format("{:<14}{:>10.3f}{:>10.3f}{:>10.3f}", timing.name, timing.min, timing.mean, timing.max);
    nlohmann::json stage{{"seconds", json_of(timing)}};
    const StagePrediction* const predicted = run.prediction.find(timing.name);
    line += predicted != nullptr ? fmt::format("{:>11.3f}", predicted->seconds) : std::string(11, ' ');
    if (const RankSummary* const bytes = find(record.bytes_sent, timing.name)) {
      const RankSummary& messages = *find(record.messages, timing.name);
      line += fmt::format("{:>10.1f}{:>10.0f}", bytes->mean / 1e6, messages.mean);
      stage["bytes_sent"] = json_of(*bytes);
      stage["messages"] = json_of(messages);
    }
    if (const RankSummary* const memory = find(record.stage_memory, timing.name)) {
      line += fmt::format("{:>10.0f}", memory->max / 1e6);
      stage["memory"] = json_of(*memory);
    }
    if (predicted != nullptr) {
      line += fmt::format("{:>11.0f}", predicted->memory / 1e6);
      stage["predicted"] = {
          {"seconds", predicted->seconds}, {"memory", predicted->memory}, {"bytes_sent", predicted->bytes_sent}};
    }
    run.progress.detail(line);
    stages[timing.name] = stage;
  }
  run.progress.detail(
      fmt::format("peak memory per rank: {:.0f} to {:.0f} MB, predicted {:.0f}; in all {:.2f} s, predicted {:.2f}",
                  record.peak_memory.min / 1e6, record.peak_memory.max / 1e6, run.prediction.memory / 1e6,
                  now_seconds() - run.start, run.prediction.seconds));
  run.progress.detail(
      fmt::format("neighbors found: {:.4f}; error of the repulsion: {:.2g}", record.recall, last.force_error));
  run.progress.record("end", {{"finished", record.finished},
                              {"iterations", record.iterations},
                              {"ending", record.ending},
                              {"kl_fall", std::isfinite(record.fall) ? nlohmann::json(record.fall) : nlohmann::json()},
                              {"recoveries", record.recoveries},
                              {"flat", record.flat},
                              {"kl", last.kl},
                              {"recall", record.recall},
                              {"force_error", last.force_error},
                              {"peak_memory", json_of(record.peak_memory)},
                              {"drift", json_of(record.drift)},
                              {"stages", stages},
                              {"predicted", {{"seconds", run.prediction.seconds}, {"memory", run.prediction.memory}}},
                              {"seconds", now_seconds() - run.start}});
}

}  // namespace distsne
