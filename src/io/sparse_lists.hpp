/// Sparse matrices as three lists of numbers: values, indices, and where each line begins.
#pragma once

#include <memory>
#include <span>
#include <string>

#include "io/sparse_source.hpp"

namespace distsne {

/// A list of numbers in a file, read in parts and converted.
class NumberList {
 public:
  NumberList() = default;
  NumberList(const NumberList&) = delete;
  NumberList& operator=(const NumberList&) = delete;
  NumberList(NumberList&&) = delete;
  NumberList& operator=(NumberList&&) = delete;
  virtual ~NumberList() = default;

  [[nodiscard]] virtual GlobalIndex length() const = 0;
  /// The numbers from `first` on; quickest by rising `first`.
  virtual void read(GlobalIndex first, std::span<std::int64_t> out) const = 0;
  virtual void read(GlobalIndex first, std::span<float> out) const = 0;
  virtual void read(GlobalIndex first, std::span<double> out) const = 0;
};

/// A sparse matrix in a file.
struct SparseLists {
  std::string place;  ///< for messages
  GlobalIndex rows = 0;
  GlobalIndex columns = 0;
  bool by_rows = true;  ///< its lines are its rows
  const NumberList& values;
  const NumberList& indices;
  const NumberList& begins;  ///< lines + 1: the first entry of each line
};

/// One process. The entries of `count` rows from `first` on, as they stand in the file. A matrix that lies there by
/// columns is read through as a whole, a piece at a time, and only the entries of those rows are kept. Throws Error:
/// bad input when the file lies about where its entries are, I/O when reading fails.
template <class Real>
void read_sparse_lists(const SparseLists& lists, GlobalIndex first, LocalIndex count, SparseBlock<Real>& out,
                       const RowSource::Leave& leave);

extern template void read_sparse_lists(const SparseLists&, GlobalIndex, LocalIndex, SparseBlock<float>&,
                                       const RowSource::Leave&);
extern template void read_sparse_lists(const SparseLists&, GlobalIndex, LocalIndex, SparseBlock<double>&,
                                       const RowSource::Leave&);

/// Rows whose entries lie in three lists of a file.
class ListSource : public SparseSource {
 protected:
  struct OpenLists {
    std::string place;  ///< for messages
    std::unique_ptr<NumberList> values;
    std::unique_ptr<NumberList> indices;
    std::unique_ptr<NumberList> begins;
  };

  explicit ListSource(InputDescription input) : input_(std::move(input)) { set_columns(input_.columns); }
  [[nodiscard]] virtual OpenLists open_lists() const = 0;
  void read_entries(GlobalIndex first, LocalIndex count, SparseBlock<float>& out, const Leave& leave) const final {
    read_from_lists(first, count, out, leave);
  }
  void read_entries(GlobalIndex first, LocalIndex count, SparseBlock<double>& out, const Leave& leave) const final {
    read_from_lists(first, count, out, leave);
  }

  InputDescription input_;

 private:
  template <class Real>
  void read_from_lists(GlobalIndex first, LocalIndex count, SparseBlock<Real>& out, const Leave& leave) const {
    const OpenLists lists = open_lists();
    read_sparse_lists(SparseLists{lists.place, input_.rows, input_.columns, input_.layout == Layout::sparse_rows,
                                  *lists.values, *lists.indices, *lists.begins},
                      first, count, out, leave);
  }
};

}  // namespace distsne
