/// Fuzz target: the input of `embed` and `neighbors`, a matrix in an HDF5 file, and the datasets that lie beside it.
#include <array>
#include <cmath>

#include "fuzz/file_maker.hpp"
#include "fuzz/harness.hpp"
#include "io/carry_over.hpp"
#include "io/find_dataset.hpp"
#include "io/hdf5_handle.hpp"
#include "io/input.hpp"

namespace distsne::fuzz {
namespace {

template <class Real>
void read(const InputDescription& input) {
  const DistributedMatrix<Real> matrix = read_matrix<Real>(alone(), input);
  require(matrix.rows() == input.rows && matrix.columns == input.columns, "the matrix has the shape of its dataset");
  for (const Real value : matrix.values) {
    require(std::isfinite(value), "values are finite");
  }
}

void carry(const InputDescription& input) {
  const std::string failure = "the copy cannot be made";
  const Hdf5Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose, failure);
  H5Pset_fapl_core(access.id(), 1 << 16, 0);
  const Hdf5Handle copy(H5Fcreate("copy", H5F_ACC_TRUNC, H5P_DEFAULT, access.id()), H5Fclose, failure);
  carry_over(copy.id(), input, {"embedding"});
}

}  // namespace
}  // namespace distsne::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace distsne;
  fuzz::Bytes bytes(data, size);
  const std::string path = fuzz::scratch("input.h5");
  const bool full = bytes.rarely();
  const std::array<const char*, 12> names{"",      "X",      "/X",  "//X/",   "group/../X", "group/X",
                                          "group", "labels", "X/X", "X/../X", "..",         "a\nb"};
  const InputOptions options{path, bytes.rarely() ? bytes.text(20) : bytes.one_of(names)};
  const hsize_t rows = 1 + bytes.below(12);
  {
    fuzz::FileMaker file(bytes, path);
    file.dataset({"X", {rows, 1 + bytes.below(5)}});
    switch (bytes.below(6)) {
      case 0:
        file.dataset({"labels", {rows}, H5T_STD_I8LE});
        break;
      case 1:
        file.strings("labels", rows);
        break;
      case 2:
        file.dataset({"group", {rows, 2}});
        break;
      case 3:
        file.dataset({"group/X", {rows, 2}});
        break;
      case 4:
        file.dataset({bytes.text(12), {rows}});
        break;
      default:
        break;
    }
    file.finish();
  }
  InputDescription input;
  if (fuzz::reads([&] {
        input = describe_input(fuzz::alone(), options);
        require_embeddable(fuzz::alone(), input);
        full ? fuzz::read<double>(input) : fuzz::read<float>(input);
      })) {
    fuzz::reads([&] { fuzz::carry(input); });
  }
  return 0;
}
