/// Sources whose rows are given by the entries that are not zero.
#pragma once

#include "io/source.hpp"

namespace distsne {

/// Gives the entries in order, and dense rows where those are asked for.
class SparseSource : public RowSource {
 public:
  using RowSource::read;
  void read(GlobalIndex first, std::span<float> out, const Leave& leave) const override;
  void read(GlobalIndex first, std::span<double> out, const Leave& leave) const override;
  void read_sparse(GlobalIndex first, LocalIndex count, SparseBlock<float>& out, const Leave& leave) const override;
  void read_sparse(GlobalIndex first, LocalIndex count, SparseBlock<double>& out, const Leave& leave) const override;

 protected:
  void set_columns(GlobalIndex columns) { columns_ = columns; }
  /// The entries of rows, each in any order and possibly several of one column, which are to be added.
  virtual void read_entries(GlobalIndex first, LocalIndex count, SparseBlock<float>& out, const Leave& leave) const = 0;
  virtual void read_entries(GlobalIndex first, LocalIndex count, SparseBlock<double>& out,
                            const Leave& leave) const = 0;

 private:
  template <class Real>
  void fill(GlobalIndex first, std::span<Real> out, const Leave& leave) const;
  GlobalIndex columns_ = 0;
};

}  // namespace distsne
