/// FCS 2.0 to 3.1, the files of flow cytometers: keywords as text, then events as numbers.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>

#include "distsne/base/error.hpp"
#include "io/binary_numbers.hpp"
#include "io/format.hpp"

namespace distsne {
namespace {

Error bad_input(const std::string& path, const std::string& message) {
  return Error(fmt::format("'{}' is a flow cytometry file (FCS) {}", path, message), ExitCode::bad_input);
}

GlobalIndex number_in(std::string_view text, GlobalIndex otherwise) {
  while (!text.empty() && text.front() == ' ') {
    text.remove_prefix(1);
  }
  GlobalIndex value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  return failure == std::errc() ? value : otherwise;
}

/// Keywords in capitals, and what they say.
using Keywords = std::map<std::string, std::string>;

Keywords keywords_of(const Bytes& bytes, const std::string& path) {
  constexpr std::uint64_t most = std::uint64_t{1} << 26U;
  const std::string head = bytes.size() >= 58 ? bytes.text(0, 58) : std::string(58, ' ');
  const GlobalIndex begin = number_in(head.substr(10, 8), -1);
  const GlobalIndex end = number_in(head.substr(18, 8), -1);
  if (begin < 58 || end <= begin || static_cast<std::uint64_t>(end) >= bytes.size() ||
      static_cast<std::uint64_t>(end - begin) > most) {
    throw bad_input(path, "whose text segment is not where its header says; it is truncated or damaged");
  }
  const std::string text = bytes.text(static_cast<std::uint64_t>(begin), static_cast<std::size_t>(end - begin + 1));
  const char separator = text[0];
  std::vector<std::string> parts(1);
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] != separator) {
      parts.back() += text[i];
    } else if (i + 1 < text.size() && text[i + 1] == separator) {  // doubled, it stands for itself
      parts.back() += text[i++];
    } else {
      parts.emplace_back();
    }
  }
  Keywords keywords;
  for (std::size_t i = 0; i + 1 < parts.size(); i += 2) {
    std::string name = parts[i];
    std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::toupper(c); });
    keywords[name] = parts[i + 1];
  }
  keywords["HEAD DATA"] = head.substr(26, 8);
  return keywords;
}

std::string word(const Keywords& keywords, const std::string& name) {
  const auto found = keywords.find(name);
  std::string text = found == keywords.end() ? std::string() : found->second;
  while (text.ends_with(' ')) {
    text.pop_back();
  }
  return text;
}

/// Channels, with the name of the marker where there is one.
std::vector<std::string> channels_of(const Keywords& keywords, GlobalIndex count) {
  std::vector<std::string> names;
  for (GlobalIndex p = 1; p <= count; ++p) {
    const std::string marker = word(keywords, fmt::format("$P{}S", p));
    const std::string channel = word(keywords, fmt::format("$P{}N", p));
    names.push_back(marker.empty() || marker == channel ? channel : fmt::format("{} {}", channel, marker));
  }
  return names;
}

/// The time of an event or its number, which would be compared with brightnesses.
bool is_no_measurement(const std::string& channel) {
  std::string low = channel;
  std::transform(low.begin(), low.end(), low.begin(), [](unsigned char c) { return std::tolower(c); });
  return low == "time" || low.starts_with("time ") || low == "event #" || low.starts_with("event_length") ||
         low == "eventid" || low == "event_id";
}

bool is_fcs(const FileHead& head) {
  return !head.gzip && (head.bytes.starts_with("FCS2.") || head.bytes.starts_with("FCS3."));
}

InputDescription describe_fcs(const InputOptions& options) {
  const std::unique_ptr<Bytes> bytes = open_bytes(options.path);
  const Keywords keywords = keywords_of(*bytes, options.path);
  InputDescription input;
  input.path = options.path;
  input.format = "FCS";
  input.rows = number_in(word(keywords, "$TOT"), -1);
  input.columns = number_in(word(keywords, "$PAR"), -1);
  if (input.rows < 0 || input.columns < 1 || input.columns > 100000) {
    throw bad_input(options.path, "that does not say how many events ($TOT) and channels ($PAR) it has");
  }
  if (!word(keywords, "$MODE").starts_with('L') && !word(keywords, "$MODE").empty()) {
    throw bad_input(options.path, "of histograms, not of events: export it as a list of events");
  }
  BinaryLayout layout;
  const std::string kind = word(keywords, "$DATATYPE");
  const std::string order = word(keywords, "$BYTEORD");
  layout.type.big_endian = !order.starts_with('1');
  GlobalIndex bits = kind == "F" ? 32 : kind == "D" ? 64 : number_in(word(keywords, "$P1B"), 0);
  std::uint64_t largest = 0;
  for (GlobalIndex p = 1; p <= input.columns && kind == "I"; ++p) {
    if (number_in(word(keywords, fmt::format("$P{}B", p)), 0) != bits) {
      throw bad_input(options.path, "whose channels have integers of different sizes: export it with $DATATYPE F");
    }
    const std::string range = word(keywords, fmt::format("$P{}R", p));
    largest = std::max(largest, static_cast<std::uint64_t>(std::max<GlobalIndex>(0, number_in(range, 0))));
  }
  layout.type.kind = kind == "I" ? 'u' : 'f';
  layout.type.size = static_cast<std::size_t>(bits) / 8;
  if ((kind != "F" && kind != "D" && kind != "I") || !layout.type.known() || bits % 8 != 0) {
    throw bad_input(options.path, fmt::format("with $DATATYPE {} of {} bits: export it with $DATATYPE F", kind, bits));
  }
  if (kind == "I" && largest > 1) {  // bits beyond the range of a channel mean nothing
    layout.mask = 1;
    while (layout.mask < largest) {
      layout.mask <<= 1U;
    }
    --layout.mask;
  }
  GlobalIndex begin = number_in(word(keywords, "HEAD DATA"), 0);
  begin = begin > 0 ? begin : number_in(word(keywords, "$BEGINDATA"), -1);
  const std::size_t row_bytes = layout.type.size * static_cast<std::size_t>(input.columns);
  if (begin < 58 || static_cast<std::uint64_t>(begin) > bytes->size() ||
      (bytes->size() - static_cast<std::uint64_t>(begin)) / row_bytes < static_cast<std::uint64_t>(input.rows)) {
    throw bad_input(options.path, fmt::format("that is truncated: its {} events of {} channels are not all there",
                                              input.rows, input.columns));
  }
  layout.offset = static_cast<std::uint64_t>(begin);
  layout.row_step = row_bytes;
  layout.column_step = layout.type.size;
  describe_layout(input, layout);
  std::vector<std::string> taken;
  for (const std::string& channel : channels_of(keywords, input.columns)) {
    (is_no_measurement(channel) ? input.aside : taken).push_back(channel);
  }
  input.usual = usual_for_cytometry;
  input.note = fmt::format("events of {} in the channels {}", options.path, fmt::join(taken, ", "));
  if (!input.aside.empty() && options.columns.empty()) {
    input.note += fmt::format("; left out: {} (--columns names others)", fmt::join(input.aside, ", "));
  }
  return input;
}

class FcsSource : public BinarySource {
 public:
  explicit FcsSource(const InputDescription& input)
      : BinarySource(input, open_bytes(input.path), layout_of(input.state)) {}
  [[nodiscard]] std::vector<std::string> column_names() const override {
    return channels_of(keywords_of(*open_bytes(input_.path), input_.path), input_.columns);
  }
};

std::unique_ptr<RowSource> open_fcs(const InputDescription& input) { return std::make_unique<FcsSource>(input); }

}  // namespace

const Format flow_cytometry{"FCS", is_fcs, describe_fcs, open_fcs};

}  // namespace distsne
