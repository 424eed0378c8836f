/// The file of new rows in a map.
#include <algorithm>
#include <charconv>
#include <cstring>
#include <optional>

#include "base/version.hpp"
#include "io/carry_over.hpp"
#include "io/hdf5_filters.hpp"
#include "io/map_file.hpp"
#include "io/result.hpp"
#include "io/rows_file.hpp"

namespace distsne {
namespace {

std::optional<std::int64_t> integer_of(const std::string& text) {
  std::int64_t value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  return failure == std::errc() && end == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

/// The classes of rows as they are written: integers or words of one length.
class LabelColumn {
 public:
  LabelColumn(const PlacedRows& rows, const ClassLabels& labels)
      : integers_(std::all_of(labels.classes.begin(), labels.classes.end(),
                              [](const std::string& one) { return integer_of(one).has_value(); })) {
    std::size_t width = integers_ ? sizeof(std::int64_t) : 1;
    for (const std::string& one : labels.classes) {
      width = integers_ ? width : std::max(width, one.size());
    }
    if (!integers_) {
      word_ = Hdf5Handle(H5Tcopy(H5T_C_S1), H5Tclose, "a type could not be made");
      check_hdf5(H5Tset_size(word_.id(), width), "a type could not be made");
      check_hdf5(H5Tset_cset(word_.id(), H5T_CSET_UTF8), "a type could not be made");
    }
    bytes_.resize(rows.label.size() * width);
    for (std::size_t i = 0; i < rows.label.size(); ++i) {
      const std::string& one = labels.classes[static_cast<std::size_t>(rows.label[i])];
      const std::int64_t number = integers_ ? *integer_of(one) : 0;
      std::memcpy(bytes_.data() + i * width, integers_ ? static_cast<const void*>(&number) : one.data(),
                  integers_ ? width : one.size());
    }
  }
  [[nodiscard]] hid_t type() const { return integers_ ? H5T_NATIVE_INT64 : word_.id(); }
  [[nodiscard]] std::span<const std::byte> bytes() const { return bytes_; }

 private:
  bool integers_;
  Hdf5Handle word_;
  std::vector<std::byte> bytes_;
};

}  // namespace

void write_placed(const Communicator& comm, const std::string& path, const PlacedRows& rows, const ClassLabels& labels,
                  const InputDescription& input, const MapDescription& map) {
  set_up_hdf5();
  const GlobalIndex count = rows.map.rows();
  const GlobalIndex first = rows.map.first_row();
  std::vector<RowDataset> datasets{
      {"embedding", H5T_NATIVE_FLOAT, count, rows.map.columns, first,
       std::as_bytes(std::span<const float>(rows.map.values))},
      {"novelty", H5T_NATIVE_FLOAT, count, 0, first, std::as_bytes(std::span<const float>(rows.novelty))}};
  const LabelColumn column(rows, labels);
  std::vector<std::string> taken{"embedding", "novelty", "history", "timings", "pca", "quality"};
  if (!labels.classes.empty()) {
    datasets.push_back({labels.name, column.type(), count, 0, first, column.bytes()});
    datasets.push_back(
        {"label_share", H5T_NATIVE_FLOAT, count, 0, first, std::as_bytes(std::span<const float>(rows.label_share))});
    taken.insert(taken.end(), {labels.name, "label_share"});
  }
  write_rows_file(comm, path, datasets, [&](hid_t file, const Annotator& out) {
    carry_over(file, input, taken);
    out.attribute("format", std::string("distsne placed rows"));
    out.attribute("format_version", std::int64_t{1});
    out.attribute("version", std::string(version()));
    out.attribute("commit", std::string(commit()));
    out.attribute("method", map.method);
    out.attribute("map", map.embedding.path);
    out.attribute("input", input.path + ":" + input.dataset);
  });
}

}  // namespace distsne
