/// Putting a page together: its points, its columns, and an index to them.
#include "render/page.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/parallel.hpp"
#include "base/random.hpp"
#include "render/color_map.hpp"
#include "render/page_assets.hpp"
#include "render/page_colors.hpp"
#include "render/page_column.hpp"
#include "render/page_encoding.hpp"
#include "render/partial_file.hpp"
#include "render/text.hpp"
#include "render/tile_tree.hpp"
#include "render/view.hpp"

namespace distsne {
namespace {

constexpr GlobalIndex piece = 1 << 20;
constexpr double strip_height = 0.2;  // of the width of a map of one dimension
constexpr std::size_t scale_steps = 33;

/// Positions in the plane.
std::vector<float> read_plane(const PageMap& map) {
  std::vector<float> plane(checked_product(map.rows, 2));
  const auto dims = static_cast<std::size_t>(map.dims);
  std::vector<float> rows;
  for (GlobalIndex first = 0; first < map.rows; first += piece) {
    const auto count = static_cast<std::size_t>(std::min(piece, map.rows - first));
    rows.resize(count * dims);
    map.read_points(first, rows);
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t out = (static_cast<std::size_t>(first) + i) * 2;
      plane[out] = rows[i * dims];
      plane[out + 1] = dims > 1 ? rows[i * dims + 1] : 0.0F;
    }
  }
  return plane;
}

/// Spreads a map of one dimension over a strip.
void spread(std::vector<float>& plane, double width) {
  const CounterRandom random(0);
  for (std::size_t i = 0; i < plane.size() / 2; ++i) {
    plane[2 * i + 1] =
        static_cast<float>((random.uniform(static_cast<GlobalIndex>(i), 0) - 0.5) * strip_height * width);
  }
}

/// Own points of a tile: planes of both coordinates, then the rows, and where there are tiles below, the weights.
std::string encode_points(const TileTree& tree, const Tile& tile, std::span<const float> plane) {
  const int bytes = tile.divided ? 3 : 2;
  const double steps = std::ldexp(1.0, 8 * bytes);
  const std::span<const CompactIndex> rows = std::span(tree.order).subspan(tile.first, tile.own);
  std::string out;
  std::vector<std::uint32_t> places(rows.size());
  for (std::size_t axis = 0; axis < 2; ++axis) {
    const double low = axis == 0 ? tile.x : tile.y;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const double share = (static_cast<double>(plane[std::size_t{rows[i]} * 2 + axis]) - low) / tile.side;
      places[i] = static_cast<std::uint32_t>(std::clamp(std::floor(share * steps), 0.0, steps - 1.0));
    }
    append_planes(out, places, bytes);
  }
  append_rising(out, rows);
  for (std::size_t i = 0; tile.divided && i < tile.own; ++i) {
    out += static_cast<char>(tree.weights[tile.first + i]);
  }
  return out;
}

/// Where sections go: into elements of the page, or into files beside it.
class Parts {
 public:
  /// `folder` is where files go; empty: none.
  Parts(PartialFile& page, std::string folder) : page_(page), folder_(std::move(folder)) {}

  /// Adds a part with a section for each tile, and returns the sizes of the sections.
  nlohmann::json add(const TileTree& tree, const std::function<std::string(const Tile&)>& section) {
    std::optional<PartialFile> file;
    if (folder_.empty()) {
      page_.write(fmt::format("<script type=\"text/plain\" id=\"part-{}\">", count_));
    } else {
      file.emplace(fmt::format("{}/part-{}.bin", folder_, count_));
    }
    constexpr std::size_t batch = 64;
    nlohmann::json sizes = nlohmann::json::array();
    std::uint32_t checksum = 0;
    for (std::size_t begin = 0; begin < tree.tiles.size(); begin += batch) {
      const std::size_t count = std::min(batch, tree.tiles.size() - begin);
      std::vector<std::string> texts(count);
      parallel_for(static_cast<std::int64_t>(count), [&](std::int64_t i) {
        const auto place = static_cast<std::size_t>(i);
        texts[place] = deflated(section(tree.tiles[begin + place]));
        if (!file) {
          texts[place] = base64(texts[place]);
        }
      });
      for (const std::string& text : texts) {
        (file ? *file : page_).write(text);
        checksum = checksum_of(text, checksum);
        sizes.push_back(text.size());
      }
    }
    if (file) {
      names_.push_back(fmt::format("part-{}-{:08x}.bin", count_, checksum));
      file->put_in_place(folder_ + "/" + names_.back());
      bytes_ += file->size();
    } else {
      page_.write("</script>\n");
    }
    ++count_;
    return sizes;
  }

  /// The files in the folder. Their names tell their contents, so that a page before this one keeps its own until this
  /// one has taken its place.
  [[nodiscard]] const std::vector<std::string>& names() const { return names_; }
  [[nodiscard]] std::size_t bytes() const { return bytes_; }

  /// Removes the files that another page has left in the folder.
  void remove_others() const {
    std::error_code ignored;
    for (const auto& entry : std::filesystem::directory_iterator(folder_, ignored)) {
      const std::string name = entry.path().filename().string();
      if (name.starts_with("part-") && name.ends_with(".bin") &&
          std::find(names_.begin(), names_.end(), name) == names_.end()) {
        std::filesystem::remove(entry.path(), ignored);
      }
    }
  }

 private:
  PartialFile& page_;
  std::string folder_;
  std::vector<std::string> names_;
  int count_ = 0;
  std::size_t bytes_ = 0;
};

nlohmann::json describe_tiles(const TileTree& tree) {
  nlohmann::json tiles;
  for (const Tile& tile : tree.tiles) {
    tiles["parent"].push_back(tile.parent);
    tiles["x"].push_back(tile.x);
    tiles["y"].push_back(tile.y);
    tiles["side"].push_back(tile.side);
    tiles["divided"].push_back(tile.divided ? 1 : 0);
    tiles["own"].push_back(tile.own);
    tiles["total"].push_back(tile.total);
  }
  return tiles;
}

std::vector<std::string> scale_texts() {
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < scale_steps; ++i) {
    const Color color = scale_color(static_cast<double>(i) / static_cast<double>(scale_steps - 1));
    const auto byte = [](float value) { return static_cast<int>(std::lround(value * 255.0F)); };
    texts.push_back(fmt::format("#{:02x}{:02x}{:02x}", byte(color.red), byte(color.green), byte(color.blue)));
  }
  return texts;
}

/// The column that names the rows: one with a usual name, else the first of names; empty: none.
std::string name_column(const nlohmann::json& columns) {
  std::vector<std::string> names;
  for (const nlohmann::json& column : columns) {
    if (column["kind"] == "names") {
      names.push_back(column["name"]);
    }
  }
  for (const char* usual : {"row_names", "names", "name", "id", "ids", "title", "barcode", "obs_names"}) {
    if (std::find(names.begin(), names.end(), usual) != names.end()) {
      return usual;
    }
  }
  return names.empty() ? std::string() : names.front();
}

/// JSON that can stand inside of a script element: plain ASCII, and nothing that could end the element.
std::string script_json(const nlohmann::json& json) {
  const std::string text = json.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
  std::string out;
  for (const char c : text) {
    out += c == '<' ? std::string("\\u003c") : std::string(1, c);
  }
  return out;
}

/// A source for the page's security policy: the digest in base64.
std::string policy_source(std::string_view digest) {
  std::string bytes;
  for (std::size_t i = 0; i < digest.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(std::string(digest.substr(i, 2)), nullptr, 16));
  }
  return fmt::format("'sha256-{}'", base64(bytes));
}

std::string policy(bool tiles) {
  return fmt::format(
      "default-src 'none'; script-src {}; style-src {}; img-src data: blob:; connect-src {}; base-uri 'none'; "
      "form-action 'none'",
      policy_source(page_script_digest), policy_source(page_style_digest), tiles ? "'self'" : "'none'");
}

/// The page's HTML up to a marker, which is left out; moves on behind it.
std::string_view until(std::string_view& html, std::string_view marker) {
  const std::size_t end = html.find(marker);
  const std::string_view part = html.substr(0, end);
  html = html.substr(end + marker.size());
  return part;
}

}  // namespace

PageReport write_page(const std::string& path, const PageMap& map, const PageOptions& options) {
  PageReport report;
  std::vector<float> plane = read_plane(map);
  View view = fit_view(plane, 2);
  if (map.dims == 1) {
    spread(plane, view.axes[0].width());
    view = fit_view(plane, 2);
  }
  if (map.dims == 3) {
    report.notes.emplace_back("the page shows the first two of the three dimensions");
  }
  const TileTree tree = make_tile_tree(plane);
  if (map.rows > options.most_rows_inside) {
    report.tiles = std::filesystem::path(path).replace_extension("tiles").string();
    std::error_code code;
    std::filesystem::create_directories(report.tiles, code);
    if (code) {
      throw Error(fmt::format("the folder '{}' cannot be made: {}", report.tiles, code.message()),
                  ExitCode::io_failure);
    }
  }

  PartialFile file(path);
  std::string_view html = page_html;
  file.write(until(html, "{{policy}}"));
  file.write(policy(!report.tiles.empty()));
  file.write(until(html, "{{title}}"));
  file.write(html_text(clean_text(map.title)));
  file.write(until(html, "{{style}}"));
  file.write(page_style);
  file.write(until(html, "{{parts}}"));
  Parts parts(file, report.tiles);
  nlohmann::json index;
  index["title"] = clean_text(map.title);
  index["rows"] = map.rows;
  index["dims"] = map.dims;
  index["view"] = {view.axes[0].low, view.axes[0].high, view.axes[1].low, view.axes[1].high};
  index["scale"] = scale_texts();
  index["dark"] = options.dark;
  index["folder"] = report.tiles.empty() ? "" : std::filesystem::path(report.tiles).filename().string();
  index["tiles"] = describe_tiles(tree);
  index["sizes"].push_back(parts.add(tree, [&](const Tile& tile) { return encode_points(tree, tile, plane); }));
  const SampledPlaces sample = sample_places(plane, view);
  plane = std::vector<float>();
  index["columns"] = nlohmann::json::array();
  for (const PageColumn& column : map.columns) {
    const ColumnOfPage values(map, column, sample);
    index["columns"].push_back(values.facts());
    index["sizes"].push_back(parts.add(
        tree, [&](const Tile& tile) { return values.encode(std::span(tree.order).subspan(tile.first, tile.own)); }));
  }
  index["coloredBy"] = clean_text(map.colored_by);
  index["names"] = name_column(index["columns"]);
  index["files"] = parts.names();
  file.write(until(html, "{{index}}"));
  file.write(script_json(index));
  file.write(until(html, "{{script}}"));
  file.write(page_script);
  file.write(html);
  file.put_in_place();
  if (!report.tiles.empty()) {
    parts.remove_others();
  }
  report.bytes = file.size() + parts.bytes();
  return report;
}

}  // namespace distsne
