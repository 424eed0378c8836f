/// Rows of HDF5 files, however they lie in them.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "io/find_dataset.hpp"
#include "io/format.hpp"
#include "io/hdf5_dialect.hpp"
#include "io/hdf5_filters.hpp"
#include "io/hdf5_sparse.hpp"
#include "io/read_rows.hpp"
#include "io/sparse_source.hpp"

namespace distsne {
namespace {

constexpr std::array<const Hdf5Dialect*, 6> dialects{&anndata, &tenx, &loom, &matlab, &cytolib, &plain_hdf5};

const Hdf5Dialect& dialect_of(const InputDescription& input) {
  const auto found =
      std::find_if(dialects.begin(), dialects.end(), [&](const Hdf5Dialect* one) { return one->name == input.format; });
  return found == dialects.end() ? plain_hdf5 : **found;
}

/// What both kinds of HDF5 sources tell beside their rows.
template <class Base>
class Hdf5Source : public Base {
 public:
  explicit Hdf5Source(InputDescription input) : input_(std::move(input)) {}

  void annotations(const TakeAnnotation& take) const override {
    dialect_of(input_).annotations(Hdf5Tree(input_.path), input_, take);
  }
  [[nodiscard]] std::vector<std::string> column_names() const override {
    std::vector<std::string> names = dialect_of(input_).column_names(Hdf5Tree(input_.path), input_);
    return static_cast<GlobalIndex>(names.size()) == input_.columns ? names : std::vector<std::string>();
  }

 protected:
  InputDescription input_;
};

class DenseHdf5 : public Hdf5Source<RowSource> {
 public:
  using Hdf5Source::Hdf5Source;

  void read(GlobalIndex first, std::span<float> out, const Leave& leave) const override { fill(first, out, leave); }
  void read(GlobalIndex first, std::span<double> out, const Leave& leave) const override { fill(first, out, leave); }
  void read(GlobalIndex first, std::span<std::int64_t> out, const Leave& leave) const override {
    fill(first, out, leave);
  }

 private:
  template <class Real>
  void fill(GlobalIndex first, std::span<Real> out, const Leave& leave) const {
    if (input_.layout == Layout::rows) {
      read_rows(input_, first, out, leave);
    } else {
      read_columns(input_, first, out, leave);
    }
  }
};

class SparseHdf5 : public Hdf5Source<SparseSource> {
 public:
  explicit SparseHdf5(const InputDescription& input) : Hdf5Source(input) { set_columns(input.columns); }

 protected:
  void read_entries(GlobalIndex first, LocalIndex count, SparseBlock<float>& out, const Leave& leave) const override {
    read_sparse_rows(input_, first, count, out, leave);
  }
  void read_entries(GlobalIndex first, LocalIndex count, SparseBlock<double>& out, const Leave& leave) const override {
    read_sparse_rows(input_, first, count, out, leave);
  }
};

}  // namespace

bool is_hdf5(const FileHead& head) {
  set_up_hdf5();
  return H5Fis_hdf5(head.path.c_str()) > 0;
}

InputDescription describe_hdf5(const InputOptions& options) {
  const Hdf5Tree tree(options.path);
  for (const Hdf5Dialect* dialect : dialects) {
    if (dialect->speaks(tree)) {
      InputDescription input = dialect->describe(tree, options);
      input.format = dialect->name;
      return options.transpose ? transposed(input) : input;
    }
  }
  return find_dataset(options);
}

std::unique_ptr<RowSource> open_hdf5(const InputDescription& input) {
  if (input.sparse()) {
    return std::make_unique<SparseHdf5>(input);
  }
  return std::make_unique<DenseHdf5>(input);
}

}  // namespace distsne
