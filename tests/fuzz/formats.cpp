/// Fuzz target: files of other kinds than HDF5 as input, told apart by what they begin with.
#include <array>
#include <cmath>
#include <fstream>

#include "fuzz/bytes.hpp"
#include "fuzz/harness.hpp"
#include "io/input.hpp"
#include "io/source.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace distsne;
  fuzz::Bytes bytes(data, size);
  constexpr std::array<const char*, 4> endings{"", ".fvecs", ".bvecs", ".csv"};
  InputOptions options{fuzz::scratch(std::string("rows") + bytes.one_of(endings)), ""};
  options.transpose = bytes.rarely();
  {
    std::ofstream file(options.path, std::ios::binary);
    file << bytes.rest();
  }
  fuzz::reads([&] {
    const InputDescription input = describe_input(fuzz::alone(), options);
    require_embeddable(fuzz::alone(), input);
    constexpr GlobalIndex most_values = 1 << 20;  // of sparse rows a short file may announce more than memory holds
    if (input.rows > most_values / input.columns) {
      return;
    }
    const DistributedMatrix<float> matrix = read_matrix<float>(fuzz::alone(), input);
    fuzz::require(matrix.rows() == input.rows && matrix.columns == input.columns, "the matrix has its shape");
    for (const float value : matrix.values) {
      fuzz::require(std::isfinite(value), "values are finite");
    }
    if (input.sparse()) {
      const SparseMatrix<float> sparse = read_sparse_matrix<float>(fuzz::alone(), input);
      fuzz::require(sparse.begin.size() == static_cast<std::size_t>(input.rows) + 1, "every row begins somewhere");
    }
    const std::unique_ptr<RowSource> source = open_source(input);
    source->annotations([&](const RowAnnotation& annotation) {
      std::visit([&](const auto& values) { fuzz::require(std::ssize(values) == input.rows, "an entry for each row"); },
                 annotation.values);
    });
    static_cast<void>(source->column_names());
  });
  return 0;
}
