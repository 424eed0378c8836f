/// Classes of rows from a dataset of numbers or words: each rank reads its own, and all agree on the classes.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>

#include "io/find_dataset.hpp"
#include "io/hdf5_handle.hpp"
#include "io/map_file.hpp"
#include "io/read_rows.hpp"
#include "io/read_strings.hpp"
#include "mpi/agreement.hpp"

namespace distsne {
namespace {

/// The dataset that is wanted; empty: there is none, and none was asked for by name.
std::string choose(const InputDescription& beside, const std::string& wanted) {
  const std::vector<std::string> names = row_datasets_beside(beside.path, beside.dataset, beside.rows);
  if (!wanted.empty()) {
    const std::string name = wanted.front() == '/' ? wanted.substr(1) : wanted;
    if (std::find(names.begin(), names.end(), name) == names.end()) {
      throw Error(fmt::format("'{}' has no labels '{}', a 1-D dataset of {} numbers or strings; it has {}", beside.path,
                              wanted, beside.rows, names.empty() ? "none" : fmt::format("{}", fmt::join(names, ", "))),
                  ExitCode::bad_input);
    }
    return name;
  }
  for (const char* usual : {"labels", "label", "y", "target", "class", "cluster"}) {
    if (std::find(names.begin(), names.end(), usual) != names.end()) {
      return usual;
    }
  }
  return {};
}

/// The labels of this rank's rows as words by which they sort: an order of its own keeps numbers apart from words.
std::vector<std::string> own_labels(const InputDescription& dataset, const RowPartition& partition, Rank rank,
                                    bool& words) {
  const std::string failure = fmt::format("'{}', dataset '{}': reading failed", dataset.path, dataset.dataset);
  const Hdf5Handle file(H5Fopen(dataset.path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose, failure);
  const Hdf5Handle opened(H5Dopen2(file.id(), dataset.dataset.c_str(), H5P_DEFAULT), H5Dclose, failure);
  const Hdf5Handle type(H5Dget_type(opened.id()), H5Tclose, failure);
  const auto count = static_cast<std::size_t>(partition.size(rank));
  words = H5Tget_class(type.id()) == H5T_STRING;
  if (words) {
    return read_strings(opened.id(), type.id(), static_cast<std::size_t>(partition.begin(rank)), count, failure);
  }
  std::vector<double> numbers(count);
  read_rows(dataset, partition.begin(rank), std::span<double>(numbers));
  std::vector<std::string> labels;
  labels.reserve(count);
  for (const double number : numbers) {
    labels.push_back(std::isnan(number) ? std::string() : fmt::format("{}", number));
  }
  return labels;
}

/// Distinct words of all ranks, unordered; empty when there are too many.
std::set<std::string> all_distinct(const Communicator& comm, const std::set<std::string>& own) {
  std::string packed;
  const bool fits = own.size() <= most_classes;
  for (const std::string& word : own) {
    packed += fits ? word + '\0' : std::string();
  }
  const std::vector<GlobalIndex> counts = comm.all_gather(static_cast<std::int64_t>(packed.size()));
  std::size_t total = 0;
  for (const GlobalIndex count : counts) {
    total += static_cast<std::size_t>(count);
  }
  std::string all(total, '\0');
  comm.all_gather(std::span<const char>(packed), counts, all.data());
  std::set<std::string> distinct;
  for (std::size_t begin = 0; begin < all.size();) {
    const std::size_t end = all.find('\0', begin);
    distinct.insert(all.substr(begin, end - begin));
    begin = end + 1;
  }
  const bool all_fit = comm.min(fits ? 1 : 0) == 1;
  return all_fit ? distinct : std::set<std::string>();
}

}  // namespace

ClassLabels read_class_labels(const Communicator& comm, const InputDescription& beside, const std::string& name) {
  ClassLabels labels;
  labels.partition = RowPartition(beside.rows, comm.size());
  attempt_on_root(comm, [&] { labels.name = choose(beside, name); });
  labels.name = comm.broadcast_string(labels.name);
  if (labels.name.empty()) {
    return labels;
  }
  const std::string group = beside.dataset.substr(0, beside.dataset.rfind('/') + 1);
  const InputDescription dataset{beside.path, group + labels.name, beside.rows, 1};
  std::vector<std::string> own;
  bool words = false;
  attempt_everywhere(comm, [&] { own = own_labels(dataset, labels.partition, comm.rank(), words); });
  words = comm.max(words ? std::int64_t{1} : std::int64_t{0}) == 1;
  std::set<std::string> distinct(own.begin(), own.end());
  distinct.erase(std::string());
  const bool any = comm.max(static_cast<std::int64_t>(distinct.size())) > 0;
  const std::set<std::string> all = all_distinct(comm, distinct);
  require_everywhere(comm, !any || (!all.empty() && all.size() <= most_classes),
                     fmt::format("'{}', dataset '{}' has more than {} different values: it does not tell classes; "
                                 "choose another with --labels, or none",
                                 dataset.path, dataset.dataset, most_classes));
  labels.classes.assign(all.begin(), all.end());
  if (!words) {
    std::sort(labels.classes.begin(), labels.classes.end(),
              [](const std::string& a, const std::string& b) { return std::stod(a) < std::stod(b); });
  }
  std::map<std::string, std::int32_t> place;
  for (const std::string& one : labels.classes) {
    place.emplace(one, static_cast<std::int32_t>(place.size()));
  }
  for (const std::string& one : own) {
    const auto found = place.find(one);
    labels.of_row.push_back(found == place.end() ? -1 : found->second);
  }
  return labels;
}

}  // namespace distsne
