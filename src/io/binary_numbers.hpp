/// Matrices and lists of numbers of fixed size, wherever they lie among the bytes of a file.
#pragma once

#include <string>

#include "io/bytes.hpp"
#include "io/source.hpp"
#include "io/sparse_lists.hpp"

namespace distsne {

/// A type of numbers: kind 'f' (2, 4 or 8 bytes), 'i', 'u' or 'b' (truths).
struct NumberType {
  char kind = 'f';
  std::size_t size = 4;
  bool big_endian = false;

  [[nodiscard]] bool known() const;
  /// Whether 64 bits with a sign hold all of them, and they are integers.
  [[nodiscard]] bool signed_integers() const { return kind == 'i' || (kind == 'u' && size < 8); }
};

/// As NumPy spells it, such as "<f4", ">i2", "|b1", "f8"; a type that is not known() when it is another.
[[nodiscard]] NumberType number_type(const std::string& text);

/// Value (row, column) stands at offset + row * row_step + column * column_step.
struct BinaryLayout {
  NumberType type;
  std::uint64_t offset = 0;
  std::uint64_t row_step = 0;
  std::uint64_t column_step = 0;
  std::uint64_t mask = 0;  ///< of integers, the bits that count; 0: all
};
/// Bytes of a matrix of that shape, or more than any file has where that is not to be addressed.
[[nodiscard]] std::uint64_t bytes_of(GlobalIndex rows, GlobalIndex columns, const NumberType& type);
[[nodiscard]] std::string text_of(const BinaryLayout& layout);
[[nodiscard]] BinaryLayout layout_of(const std::string& text);
/// Writes down how the rows and columns of `input` lie, which is all that opening it needs; `transpose`: columns are
/// to be taken for rows.
void describe_layout(InputDescription& input, BinaryLayout layout, bool transpose = false);

/// Fills `out` with whole rows of `columns` values from `first` on.
template <class Real>
void read_binary(const Bytes& bytes, const BinaryLayout& layout, GlobalIndex columns, GlobalIndex first,
                 std::span<Real> out, const RowSource::Leave& leave);

/// A matrix that lies so in a file, whose name and layout are those of the description.
class BinarySource : public RowSource {
 public:
  BinarySource(InputDescription input, std::unique_ptr<Bytes> bytes, const BinaryLayout& layout)
      : input_(std::move(input)), bytes_(std::move(bytes)), layout_(layout) {}
  void read(GlobalIndex first, std::span<float> out, const Leave& leave) const override {
    read_binary(*bytes_, layout_, input_.columns, first, out, leave);
  }
  void read(GlobalIndex first, std::span<double> out, const Leave& leave) const override {
    read_binary(*bytes_, layout_, input_.columns, first, out, leave);
  }
  void read(GlobalIndex first, std::span<std::int64_t> out, const Leave& leave) const override {
    read_binary(*bytes_, layout_, input_.columns, first, out, leave);
  }
  [[nodiscard]] bool searches() const override { return bytes_->packed(); }
  void annotations(const std::function<void(const RowAnnotation&)>& /*take*/) const override {}

 protected:
  InputDescription input_;

 private:
  std::unique_ptr<Bytes> bytes_;
  BinaryLayout layout_;
};

/// A list of numbers, a row for each.
class BinaryList : public NumberList {
 public:
  BinaryList(std::unique_ptr<Bytes> bytes, const BinaryLayout& layout, GlobalIndex length)
      : bytes_(std::move(bytes)), layout_(layout), length_(length) {}
  [[nodiscard]] GlobalIndex length() const override { return length_; }
  void read(GlobalIndex first, std::span<std::int64_t> out) const override;
  void read(GlobalIndex first, std::span<float> out) const override;
  void read(GlobalIndex first, std::span<double> out) const override;

 private:
  std::unique_ptr<Bytes> bytes_;
  BinaryLayout layout_;
  GlobalIndex length_;
};

}  // namespace distsne
