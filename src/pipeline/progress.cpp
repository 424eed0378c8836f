/// Writing messages and the live line.
#include "pipeline/progress.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "distsne/base/timer.hpp"
#include "pipeline/ending.hpp"

namespace distsne {
namespace {

constexpr double live_interval = 0.2;  // seconds

bool ends_on_terminal(const std::string& descriptor) {
  std::error_code failed;
  const std::string target = std::filesystem::read_symlink(descriptor, failed).string();
  return !failed && (target.starts_with("/dev/pts/") || target.starts_with("/dev/tty"));
}

}  // namespace

bool on_terminal() {
  if (::isatty(STDERR_FILENO) != 0) {
    return true;
  }
  // mpirun reads its ranks' errors through a pipe and copies them to its own standard error.
  return std::getenv("OMPI_COMM_WORLD_SIZE") != nullptr && ends_on_terminal(fmt::format("/proc/{}/fd/2", ::getppid()));
}

std::string readable_seconds(double seconds) {
  const auto whole = static_cast<std::int64_t>(std::llround(seconds));
  if (whole >= 3600) {
    return fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
  }
  return whole >= 60 ? fmt::format("{}:{:02}", whole / 60, whole % 60) : fmt::format("{} s", whole);
}

std::string counted(std::int64_t count, const char* what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

Progress::Progress(bool speaks, Verbosity verbosity, const std::string& log_json)
    : speaks_(speaks && verbosity != Verbosity::quiet), verbosity_(verbosity), terminal_(on_terminal()) {
  if (speaks && !log_json.empty()) {
    log_.open(log_json, std::ios::app);
  }
}

void Progress::record(const char* event, nlohmann::json fields) {
  if (log_.is_open()) {
    fields["event"] = event;
    fields["time"] = std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
    log_ << fields.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) << std::endl;
  }
}

void Progress::clear_live_line() {
  if (live_) {
    fmt::print(stderr, "\r\033[K");
    live_ = false;
  }
}

void Progress::say(const std::string& line) {
  if (speaks_) {
    clear_live_line();
    fmt::print(stderr, "{}\n", line);
    std::fflush(stderr);
  }
}

void Progress::detail(const std::string& line) {
  if (verbosity_ == Verbosity::verbose) {
    say(line);
  }
}

void Progress::done(const char* stage, double seconds, const std::string& result) {
  say(fmt::format("{:<12} {:>9.2f} s   {}", stage, seconds, result));
  record("stage", {{"stage", stage}, {"seconds", seconds}, {"result", result}});
}

void Progress::working(const char* stage) {
  if (speaks_ && terminal_) {
    clear_live_line();
    fmt::print(stderr, "{} ...", stage);
    std::fflush(stderr);
    live_ = true;
  }
}

void Progress::iteration(const IterationReport& report) {
  if (report.measured) {
    record("iteration", {{"iteration", report.iteration},
                         {"of", report.total_iterations},
                         {"phase", report.phase->name},
                         {"kl", report.kl},
                         {"gradient_norm", report.gradient_norm},
                         {"force_error", report.force_error},
                         {"exaggeration", report.step.exaggeration},
                         {"momentum", report.step.momentum},
                         {"learning_rate", report.step.learning_rate}});
  }
  if (!speaks_) {
    return;
  }
  const double now = now_seconds();
  if (started_ < 0.0 || report.iteration < last_measured_iteration_) {  // the first, or that of another map
    started_ = last_measured_ = now;
    last_measured_iteration_ = report.iteration;
  }
  const bool last = report.iteration == report.total_iterations;
  if (!report.measured && (!terminal_ || now - last_shown_ < live_interval)) {
    return;
  }
  const int since = report.iteration - last_measured_iteration_;
  const double each = since > 0 ? (now - last_measured_) / since : 0.0;
  std::string line = fmt::format("iteration {:>5}{}  {:<18}  KL {}", report.iteration,
                                 report.open_end ? std::string() : fmt::format(" of {}", report.total_iterations),
                                 report.phase->name, readable_cost(report.kl));
  if (since > 0) {
    line += fmt::format("  {:.3g} ms/iteration", 1e3 * each);
  }
  if (!last && since > 0 && !report.open_end) {
    line += fmt::format("  {} left", readable_seconds(each * (report.total_iterations - report.iteration)));
  }
  if (report.measured) {
    say(line);
    detail(
        fmt::format("  gradient norm {:.4g}, force error {:.2g}, exaggeration {:g}, momentum {:g}, learning rate {:g}",
                    report.gradient_norm, report.force_error, report.step.exaggeration, report.step.momentum,
                    report.step.learning_rate));
    last_measured_ = now;
    last_measured_iteration_ = report.iteration;
  } else {
    clear_live_line();
    fmt::print(stderr, "{}", line);
    std::fflush(stderr);
    live_ = true;
  }
  last_shown_ = now;
}

}  // namespace distsne
