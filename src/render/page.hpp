/// The page on which a map is explored in a browser.
#pragma once

#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "distsne/base/types.hpp"
#include "render/color.hpp"

namespace distsne {

/// Something that is known of each row: words or numbers.
struct PageColumn {
  std::string name;
  bool words = false;
  std::map<std::string, Color> colors;  ///< of classes by name; the others get theirs from the palette
};

/// A map as the page takes it: in pieces, column after column, so that little of it is in memory at a time.
struct PageMap {
  GlobalIndex rows = 0;
  int dims = 2;
  std::string title;
  std::vector<PageColumn> columns;
  std::string colored_by;  ///< name of the column that colors the points at first; empty: none
  /// Whole rows from `first` on, dims numbers each.
  std::function<void(GlobalIndex first, std::span<float> out)> read_points;
  std::function<void(const std::string& column, GlobalIndex first, std::span<double> out)> read_numbers;
  std::function<std::vector<std::string>(const std::string& column, GlobalIndex first, std::size_t count)> read_words;
};

struct PageOptions {
  /// More rows than these are kept in a folder of tiles beside the page, from which a browser reads what it shows.
  GlobalIndex most_rows_inside = 12'000'000;
  bool dark = false;  ///< whatever the browser prefers
};

struct PageReport {
  std::size_t bytes = 0;           ///< of the page and its tiles
  std::string tiles;               ///< the folder of tiles; empty: all is in the page
  std::vector<std::string> notes;  ///< what the user should know
};

/// One process. Writes one HTML file that needs no network, under a temporary name first. Points lie in a tree of
/// square tiles: a tile has some of the points in its square, with weights that tell how many lie about each, and four
/// tiles for the others, so that a browser draws as much of the tree as its view can show. Files in the folder of tiles
/// are named by their contents: an older page has its own until the new one is in its place. From nine classes on,
/// neighbors on the map are unlike in color, as in pictures. Positions are kept to 2^-16 of their tile's width (2^-24
/// in tiles that are divided), numbers as integers where all are, else to 2^-16 of themselves. Maps of 1 dimension are
/// spread over a strip at random; of 3 dimensions the page shows the first two. Equal input gives equal bytes.
/// Throws Error: bad input when there are no points, or positions that are not finite; I/O when writing fails.
[[nodiscard]] PageReport write_page(const std::string& path, const PageMap& map, const PageOptions& options);

}  // namespace distsne
