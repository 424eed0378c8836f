/// Picture files, and the command that makes them from a result.
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <limits>
#include <numbers>
#include <regex>
#include <sstream>

#include "cli/commands.hpp"
#include "io/result.hpp"
#include "render/cairo_handle.hpp"
#include "render/pdf.hpp"
#include "render/picture.hpp"
#include "render/picture_file.hpp"
#include "render/png.hpp"
#include "render/svg.hpp"
#include "render/text.hpp"
#include "support/alone.hpp"
#include "support/data.hpp"

namespace distsne {
namespace {

namespace fs = std::filesystem;

constexpr GlobalIndex digit_rows = 1797;

class PictureFile : public test::Alone {};

/// A directory that all ranks use, and that goes away.
class Folder {
 public:
  explicit Folder(const Communicator& comm) : comm_(comm) {
    std::string pattern = (fs::temp_directory_path() / "distsne-plot-XXXXXX").string();
    if (comm.is_root() && ::mkdtemp(pattern.data()) == nullptr) {
      throw Error("no temporary directory can be made", ExitCode::failure);
    }
    path_ = comm.broadcast_string(pattern);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  Folder(Folder&&) = delete;
  Folder& operator=(Folder&&) = delete;
  ~Folder() {
    comm_.barrier();
    if (comm_.is_root()) {
      std::error_code ignored;
      fs::remove_all(path_, ignored);
    }
  }
  [[nodiscard]] std::string file(const std::string& name) const { return path_ + "/" + name; }

 private:
  Communicator comm_;
  std::string path_;
};

std::string bytes_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream bytes;
  bytes << file.rdbuf();
  return bytes.str();
}

CairoSurface read_png(const std::string& path) {
  CairoSurface surface(cairo_image_surface_create_from_png(path.c_str()));
  check_cairo(cairo_surface_status(surface.get()));
  return surface;
}

std::uint32_t pixel_at(const CairoSurface& surface, int x, int y) {
  const unsigned char* const row =
      cairo_image_surface_get_data(surface.get()) + y * cairo_image_surface_get_stride(surface.get());
  std::uint32_t pixel = 0;
  std::memcpy(&pixel, row + 4 * x, sizeof(pixel));
  return pixel;
}

Embedding<float> random_map_of_digits(const Communicator& comm, LocalIndex dims) {
  return test::random_map<float>(RowPartition(digit_rows, comm.size()), comm.rank(), dims, 10.0);
}

/// A result with a map of the bundled digits, whose labels come along.
void write_digits(const Communicator& comm, const std::string& path, const Embedding<float>& map) {
  const InputDescription input = describe_input(comm, {test::test_file("data/digits.h5"), "X"});
  RunRecord record;
  record.method = "tsne";
  write_result(comm, path, map, input, record);
}
void write_digits(const Communicator& comm, const std::string& path, LocalIndex dims, float first_coordinate = 0.0F) {
  auto map = random_map_of_digits(comm, dims);
  if (comm.is_root()) {
    map.values[0] = first_coordinate;
  }
  write_digits(comm, path, map);
}

/// The colors of the discs of a legend, one after the other.
std::vector<std::string> disc_colors(const std::string& svg) {
  const std::regex disc("<circle[^>]*fill=\"(#[0-9a-f]{6})\"");
  std::vector<std::string> colors;
  for (std::sregex_iterator found(svg.begin(), svg.end(), disc), end; found != end; ++found) {
    colors.push_back((*found)[1]);
  }
  return colors;
}

std::string error_of(const Communicator& comm, const Arguments& arguments, ExitCode code = ExitCode::bad_input) {
  try {
    run_plot(comm, arguments);
  } catch (const Error& error) {
    EXPECT_TRUE(error.everywhere());
    EXPECT_EQ(error.code(), code);
    return error.what();
  }
  return "no error";
}

Scene small_scene() {
  Scene scene;
  scene.width = 40;
  scene.height = 30;
  scene.background = from_hex(0xffffff);
  scene.discs.push_back({20.0, 10.0, 5.0, from_hex(0xd55e00)});
  scene.texts.push_back({2.0, 25.0, 9.0, "a<b & \"c\"", from_hex(0x222222), false, Align::begin, std::nullopt});
  return scene;
}

TEST_F(PictureFile, FormatFollowsTheEnding) {
  EXPECT_EQ(format_of("a.b/map.PNG"), PictureFormat::png);
  EXPECT_EQ(format_of("map.svg"), PictureFormat::svg);
  EXPECT_EQ(format_of("map.Pdf"), PictureFormat::pdf);
  EXPECT_THROW(static_cast<void>(format_of("map")), Error);
  EXPECT_THROW(static_cast<void>(format_of("png")), Error);
  EXPECT_THROW(static_cast<void>(format_of("map.png.gz")), Error);
}

TEST_F(PictureFile, EqualScenesGiveEqualBytes) {
  const std::vector<float> points{0, 0, 1, 1, 2, 5, 3, 1};
  const std::vector<double> numbers{0.5, 1.5, 2.5, 3.5};
  const Scene a = compose(points, 2, {"y", numbers, {}}, {});
  const Scene b = compose(points, 2, {"y", numbers, {}}, {});
  EXPECT_EQ(encode_png(a), encode_png(b));
  EXPECT_EQ(encode_svg(a), encode_svg(b));
  EXPECT_EQ(encode_pdf(a), encode_pdf(b));
}

TEST_F(PictureFile, PngHoldsTheShapes) {
  const Folder folder(Communicator::self());
  write_picture(folder.file("a.png"), small_scene());
  const CairoSurface surface = read_png(folder.file("a.png"));
  EXPECT_EQ(cairo_image_surface_get_width(surface.get()), 40);
  EXPECT_EQ(cairo_image_surface_get_height(surface.get()), 30);
  EXPECT_EQ(pixel_at(surface, 20, 10) & 0xFFFFFFU, 0xd55e00U);
  EXPECT_EQ(pixel_at(surface, 38, 10) & 0xFFFFFFU, 0xffffffU);
  Scene transparent = small_scene();
  transparent.background.reset();
  write_picture(folder.file("a.png"), transparent);
  const CairoSurface clear = read_png(folder.file("a.png"));
  EXPECT_EQ(pixel_at(clear, 38, 10), 0U);
  EXPECT_EQ(pixel_at(clear, 20, 10), 0xffd55e00U);
}

TEST_F(PictureFile, SvgHoldsTextAndDoesNotGrowWithThePoints) {
  const std::string svg = encode_svg(small_scene());
  EXPECT_NE(svg.find("<circle cx=\"20.00\" cy=\"10.00\" r=\"5.00\" fill=\"#d55e00\"/>"), std::string::npos);
  EXPECT_NE(svg.find(">a&lt;b &amp; \"c\"</text>"), std::string::npos);
  const auto map = test::random_map<float>(test::whole(300000), 0, 2, 1.0);
  const std::string large = encode_svg(compose(map.values, 2, {}, {}));
  EXPECT_LT(large.size(), 8000000U);
  EXPECT_EQ(std::count(large.begin(), large.end(), '<'), 5);  // header, svg, background, one image, end
}

TEST_F(PictureFile, LabelsThatAreNoTextAreMadePresentable) {
  EXPECT_EQ(clean_text("caf\xC3\xA9"), "caf\xC3\xA9");
  EXPECT_EQ(clean_text("a\xFF"
                       "b\nc\x01"),
            "a\xEF\xBF\xBD"
            "b c ");
  EXPECT_EQ(clean_text("\xC3"), "\xEF\xBF\xBD");
  EXPECT_EQ(clean_text("\xED\xA0\x80").substr(0, 3), "\xEF\xBF\xBD");  // half a surrogate pair
  EXPECT_EQ(with_separators(999), "999");
  EXPECT_EQ(with_separators(1234567), "1,234,567");
}

TEST_F(PictureFile, FailedWriteKeepsWhatWasThere) {
  const Folder folder(Communicator::self());
  const std::string path = folder.file("a.png");
  std::ofstream(path) << "before";
  Scene scene = small_scene();
  scene.width = scene.height = 500;
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit limit{};
  ::getrlimit(RLIMIT_FSIZE, &limit);
  const rlimit tight{100, limit.rlim_max};
  ::setrlimit(RLIMIT_FSIZE, &tight);
  std::string message;
  try {
    write_picture(path, scene);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::io_failure);
    message = error.what();
  }
  ::setrlimit(RLIMIT_FSIZE, &limit);
  EXPECT_NE(message.find("writing '" + path), std::string::npos) << message;
  EXPECT_EQ(bytes_of(path), "before");
  EXPECT_FALSE(fs::exists(path + ".partial"));
}

TEST_F(PictureFile, LinkStaysALinkToThePicture) {
  const Folder folder(Communicator::self());
  fs::create_directory(folder.file("deep"));
  const std::string target = folder.file("deep/real.png");
  const std::string link = folder.file("a.png");
  fs::create_symlink("deep/real.png", link);
  for (int time = 0; time < 2; ++time) {  // first the link leads nowhere
    write_picture(link, small_scene());
    EXPECT_TRUE(fs::is_symlink(link));
    EXPECT_EQ(bytes_of(target), encode_png(small_scene()));
    EXPECT_EQ(std::distance(fs::directory_iterator(folder.file("deep")), {}), 1);
    std::ofstream(target) << "before";
  }
}

TEST(Plot, DrawsResultsOfEveryDimensionTheSameForAnyRanks) {
  const auto comm = Communicator::world();
  const Folder folder(comm);
  for (const LocalIndex dims : {1, 2, 3}) {
    write_digits(comm, folder.file("map.h5"), dims);
    for (const std::string name : {"map.png", "map.pdf", "map.svg", "map.html"}) {
      run_plot(comm, {folder.file("map.h5"), "-o", folder.file(name), "-q", "--size", "600"});
      comm.barrier();
      const std::string drawn = bytes_of(folder.file(name));
      EXPECT_GT(drawn.size(), 10000U);
      const std::string again = folder.file(std::to_string(comm.rank()) + name);
      run_plot(Communicator::self(), {folder.file("map.h5"), "-o", again, "-q", "--size", "600"});
      EXPECT_EQ(bytes_of(again), drawn);
    }
  }
  const std::string svg = bytes_of(folder.file("map.svg"));
  EXPECT_NE(svg.find(">t-SNE of 1,797 points</text>"), std::string::npos);
  EXPECT_NE(svg.find(">labels</text>"), std::string::npos);
  EXPECT_LT(svg.find(">0</text>"), svg.find(">9</text>"));
}

TEST(Plot, OptionsChangeThePicture) {
  const auto comm = Communicator::world();
  const Folder folder(comm);
  write_digits(comm, folder.file("map.h5"), 2);
  const auto drawn = [&](const Arguments& options, const std::string& size = "400") {
    Arguments arguments{folder.file("map.h5"), "-o", folder.file("map.svg"), "-q", "--size", size};
    arguments.insert(arguments.end(), options.begin(), options.end());
    run_plot(comm, arguments);
    comm.barrier();
    std::string svg = bytes_of(folder.file("map.svg"));
    comm.barrier();
    return svg;
  };
  EXPECT_EQ(drawn({"--labels", "none"}).find("labels"), std::string::npos);
  EXPECT_EQ(drawn({"--labels", "labels"}), drawn({}));
  EXPECT_EQ(drawn({"--no-legend"}).find("<circle"), std::string::npos);
  EXPECT_EQ(drawn({"--title", "none", "--no-legend"}).find("<text"), std::string::npos);
  EXPECT_NE(drawn({"--title", "My map"}).find(">My map</text>"), std::string::npos);
  EXPECT_NE(drawn({"--background", "black"}).find("fill=\"#000000\"/>"), std::string::npos);
  EXPECT_EQ(drawn({"--background", "transparent"}).find("<rect"), std::string::npos);
  EXPECT_NE(drawn({"--point-size", "12"}), drawn({"--point-size", "auto"}));
  EXPECT_NE(drawn({}, "300").find("=\"300\""), std::string::npos);
}

TEST(Plot, ClassHasOneColorInAllMaps) {
  const auto comm = Communicator::world();
  const Folder folder(comm);
  write_digits(comm, folder.file("mixed.h5"), 2);
  const std::vector<double> label = read_result(folder.file("mixed.h5"), "labels").numeric_labels;
  auto apart = random_map_of_digits(comm, 2);  // each class in a place of its own, on a ring
  for (LocalIndex i = 0; i < apart.local_rows(); ++i) {
    const double turn = 0.2 * std::numbers::pi * 3.0 * label[static_cast<std::size_t>(apart.first_row() + i)];
    apart.row(i)[0] = static_cast<float>(50.0 * std::cos(turn)) + 0.2F * apart.row(i)[0];
    apart.row(i)[1] = static_cast<float>(50.0 * std::sin(turn)) + 0.2F * apart.row(i)[1];
  }
  write_digits(comm, folder.file("apart.h5"), apart);
  const auto colors = [&](const Arguments& maps) {
    Arguments arguments = maps;
    const std::string out = folder.file(std::to_string(comm.rank()) + "colors.svg");
    const Arguments options{"-o", out, "-q", "--size", "900", "--legend", "beside", "--names", "off"};
    arguments.insert(arguments.end(), options.begin(), options.end());
    run_plot(Communicator::self(), arguments);
    return disc_colors(bytes_of(out));
  };
  const std::vector<std::string> mixed = colors({folder.file("mixed.h5")});
  ASSERT_EQ(mixed.size(), 10U);
  EXPECT_NE(colors({folder.file("apart.h5")}), mixed) << "alone, it has colors of its own";
  const std::vector<std::string> both = colors({folder.file("mixed.h5"), folder.file("apart.h5")});
  ASSERT_EQ(both.size(), 20U);
  EXPECT_EQ(std::vector<std::string>(both.begin(), both.begin() + 10), mixed);
  EXPECT_EQ(std::vector<std::string>(both.begin() + 10, both.end()), mixed);
}

TEST(Plot, DensityIsComputedByTheRanks) {
  const auto comm = Communicator::world();
  const Folder folder(comm);
  write_digits(comm, folder.file("map.h5"), 2);
  const std::string own = folder.file(std::to_string(comm.rank()) + ".png");
  const auto arguments = [&](const std::string& out) {
    return Arguments{folder.file("map.h5"),
                     "-o",
                     out,
                     "-q",
                     "--size",
                     "300",
                     "--points",
                     "density",
                     "--labels",
                     "none",
                     "--tone",
                     "equalized"};
  };
  run_plot(comm, arguments(folder.file("all.png")));
  comm.barrier();
  run_plot(Communicator::self(), arguments(own));
  EXPECT_EQ(bytes_of(own), bytes_of(folder.file("all.png")));
}

TEST(Plot, ErrorsComeOutOnAllRanksWithARemedy) {
  const auto comm = Communicator::world();
  const Folder folder(comm);
  const std::string map = folder.file("map.h5");
  const std::string out = folder.file("map.png");
  write_digits(comm, map, 2);
  const auto expect = [&](const Arguments& arguments, const std::string& part) {
    const std::string message = error_of(comm, arguments);
    EXPECT_NE(message.find(part), std::string::npos) << message;
  };
  expect({map}, "--output is required");
  expect({map, "-o", folder.file("map.gif")}, "let the name end in .png, .svg or .pdf");
  expect({map, "-o", folder.file("none/map.png")}, "does not exist; create it first");
  expect({folder.file("no.h5"), "-o", out}, "cannot read");
  expect({test::test_file("data/digits.h5"), "-o", out}, "plot draws the results of distsne embed");
  expect({map, "-o", out, "--labels", "kind"},
         "has no labels 'kind', a 1-D dataset of 1797 numbers or strings; it has labels");
  expect({map, "-o", out, "--size", "10"}, "--size: 10: a number from 200 to 10000 is wanted");
  expect({map, "-o", out, "--point-size", "0"}, "--point-size: 0: a number from 0.1 to 200 is wanted, or auto");
  expect({map, "-o", out, "--background", "red"}, "one of {white,black,transparent} is wanted");
  write_digits(comm, map, 2, std::numeric_limits<float>::quiet_NaN());
  expect({map, "-o", out}, "map.h5': the map has no finite position for row 0 (counted from 0; column 0 is NaN)");
  if (comm.is_root()) {
    fs::rename(map, out);
  }
  comm.barrier();
  expect({out, "-o", out}, "it is the input; choose another name with -o");
  EXPECT_FALSE(fs::exists(folder.file("map.svg")));
}

}  // namespace
}  // namespace distsne
