/// The three lists of a sparse matrix in HDF5.
#include "io/hdf5_sparse.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "io/hdf5_tree.hpp"
#include "io/sparse_lists.hpp"

namespace distsne {
namespace {

class Hdf5List : public NumberList {
 public:
  Hdf5List(const Hdf5Tree& tree, const std::string& name)
      : failure_(fmt::format("'{}', dataset '{}': reading failed; the file may be damaged", tree.path(), name)),
        dataset_(tree.open(name)),
        space_(H5Dget_space(dataset_.id()), H5Sclose, failure_) {
    const std::vector<hsize_t> extent = tree.extent(name);
    const H5T_class_t type = tree.type_class(name);
    if (extent.size() != 1 || (type != H5T_INTEGER && type != H5T_FLOAT && type != H5T_ENUM)) {
      throw Error(fmt::format("'{}', dataset '{}' is not a list of numbers; the file is damaged", tree.path(), name),
                  ExitCode::bad_input);
    }
    length_ = tree.is_written(name) ? static_cast<GlobalIndex>(extent[0]) : 0;
    truths_ = type == H5T_ENUM;
  }

  [[nodiscard]] GlobalIndex length() const override { return length_; }
  void read(GlobalIndex first, std::span<std::int64_t> out) const override { fill(H5T_NATIVE_INT64, first, out); }
  void read(GlobalIndex first, std::span<float> out) const override { fill(H5T_NATIVE_FLOAT, first, out); }
  void read(GlobalIndex first, std::span<double> out) const override { fill(H5T_NATIVE_DOUBLE, first, out); }

 private:
  template <class T>
  void fill(hid_t type, GlobalIndex first, std::span<T> out) const {
    if (out.empty()) {
      return;
    }
    if (!truths_) {
      read_as(type, first, out.size(), out.data());
      return;
    }
    const Hdf5Handle stored(H5Dget_type(dataset_.id()), H5Tclose, failure_);  // does not become numbers by itself
    if (H5Tget_size(stored.id()) != 1) {
      throw Error(failure_, ExitCode::bad_input);
    }
    std::vector<signed char> codes(out.size());
    read_as(stored.id(), first, codes.size(), codes.data());
    std::transform(codes.begin(), codes.end(), out.begin(), [](signed char code) { return static_cast<T>(code); });
  }

  void read_as(hid_t type, GlobalIndex first, std::size_t count, void* out) const {
    const auto start = static_cast<hsize_t>(first);
    const hsize_t extent = count;
    const Hdf5Handle memory(H5Screate_simple(1, &extent, nullptr), H5Sclose, failure_);
    check_hdf5(H5Sselect_hyperslab(space_.id(), H5S_SELECT_SET, &start, nullptr, &extent, nullptr), failure_);
    check_hdf5(H5Dread(dataset_.id(), type, memory.id(), space_.id(), H5P_DEFAULT, out), failure_);
  }

  std::string failure_;
  Hdf5Handle dataset_;
  Hdf5Handle space_;
  GlobalIndex length_ = 0;
  bool truths_ = false;
};

}  // namespace

template <class Real>
void read_sparse_rows(const InputDescription& input, GlobalIndex first, LocalIndex count, SparseBlock<Real>& out,
                      const RowSource::Leave& leave) {
  const Hdf5Tree tree(input.path);
  const bool of_matlab = tree.is_dataset(input.dataset + "/ir");
  const Hdf5List values(tree, input.dataset + "/data");
  const Hdf5List indices(tree, input.dataset + (of_matlab ? "/ir" : "/indices"));
  const Hdf5List begins(tree, input.dataset + (of_matlab ? "/jc" : "/indptr"));
  const SparseLists lists{fmt::format("'{}', sparse matrix '{}'", input.path, input.dataset),
                          input.rows,
                          input.columns,
                          input.layout == Layout::sparse_rows,
                          values,
                          indices,
                          begins};
  read_sparse_lists(lists, first, count, out, leave);
}

template void read_sparse_rows(const InputDescription&, GlobalIndex, LocalIndex, SparseBlock<float>&,
                               const RowSource::Leave&);
template void read_sparse_rows(const InputDescription&, GlobalIndex, LocalIndex, SparseBlock<double>&,
                               const RowSource::Leave&);

}  // namespace distsne
