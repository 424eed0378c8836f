/// Fuzz target: a result as `plot` reads it.
#include <array>

#include "fuzz/file_maker.hpp"
#include "fuzz/harness.hpp"
#include "io/result.hpp"
#include "render/picture.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace distsne;
  fuzz::Bytes bytes(data, size);
  const std::string path = fuzz::scratch("result.h5");
  const std::array<const char*, 8> names{"", "labels", "/labels", "none", "embedding", "/", "missing", "other"};
  const std::string wanted = bytes.rarely() ? bytes.text(20) : bytes.one_of(names);
  const bool draw = bytes.rarely();
  const hsize_t rows = 1 + bytes.below(12);
  {
    fuzz::FileMaker file(bytes, path);
    file.dataset({"embedding", {rows, 1 + bytes.below(4)}, H5T_IEEE_F32LE});
    if (bytes.below(4) == 0) {
      file.dataset({"labels", {rows}, H5T_STD_U8LE});
    } else {
      file.strings("labels", rows);
    }
    if (bytes.rarely()) {
      file.strings(bytes.text(12), rows);
      file.dataset({"other", {rows}});
    }
    file.attribute("method", bytes.rarely() ? bytes.text(12) : "tsne");
    file.finish();
  }
  fuzz::reads([&] {
    const ResultPicture result = read_result(path, wanted);
    const auto count = static_cast<std::size_t>(result.rows);
    fuzz::require(result.dims >= 1 && result.dims <= 3, "a map has 1 to 3 dimensions");
    fuzz::require(result.embedding.size() == count * static_cast<std::size_t>(result.dims), "all points are there");
    fuzz::require(result.label_name.empty() || result.numeric_labels.size() + result.text_labels.size() == count,
                  "there is a label for each point");
    if (draw) {
      PictureOptions options;
      options.size = 200;
      const Scene scene = compose(result.embedding, result.dims,
                                  {result.label_name, result.numeric_labels, result.text_labels}, options);
      fuzz::require(scene.width > 0 && scene.height > 0, "the picture has a size");
    }
  });
  return 0;
}
