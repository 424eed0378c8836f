/// Tiles of 8 x 24 sums in registers (4 x 3 vectors where there are 16 registers), one value of the left factor
/// broadcast to a row of the tile.
#include "reduce/products.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "reduce/products.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "base/tile-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace distsne::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

/// Rows of a tile, so that its sums, a row of the right factor and a value of the left one fit the registers.
constexpr std::size_t tile_rows = HWY_ARCH_X86 && HWY_TARGET > HWY_AVX3 ? 4 : 8;
/// Vectors of a row of a tile.
constexpr std::size_t tile_vectors = 3;

template <class D, class V = hn::Vec<D>>
HWY_INLINE void AddTo(D d, V sum, double* out) {
  hn::Store(hn::Add(hn::Load(d, out), sum), d, out);
}
template <class D, class V = hn::Vec<D>>
HWY_INLINE void AddTo(D, V sum, std::int64_t* out) {
  const hn::RebindToSigned<D> di;
  hn::Store(hn::Add(hn::Load(di, out), hn::ConvertTo(di, sum)), di, out);
}

/// One tile; `Adjacent`: the rows of the left factor lie side by side in memory.
template <std::size_t Vectors, bool Adjacent, class D, class Out, class V = hn::Vec<D>>
HWY_INLINE void Tile(D d, const ProductTask<Out>& task, const double* HWY_RESTRICT left,
                     const double* HWY_RESTRICT right, Out* HWY_RESTRICT out) {
  V sum[tile_rows][Vectors];
#pragma GCC unroll 8
  for (std::size_t i = 0; i < tile_rows; ++i) {
#pragma GCC unroll 3
    for (std::size_t v = 0; v < Vectors; ++v) {
      sum[i][v] = hn::Zero(d);
    }
  }
  const StridedRows<double> rows{left, Adjacent ? 1 : task.left_row, task.left_depth};
  AddTerms<tile_rows, Vectors, AddProduct>(d, task.depth, rows, right, panel_width, sum);
#pragma GCC unroll 8
  for (std::size_t i = 0; i < tile_rows; ++i) {
#pragma GCC unroll 3
    for (std::size_t v = 0; v < Vectors; ++v) {
      AddTo(d, sum[i][v], out + i * task.out_row + v * hn::Lanes(d));
    }
  }
}

/// All tiles of a strip of columns that is `Vectors` vectors wide.
template <std::size_t Vectors, bool Adjacent, class D, class Out>
HWY_NOINLINE void Strip(D d, const ProductTask<Out>& task, std::size_t column) {
  const double* const right = task.right + column / panel_width * task.right_panel + column % panel_width;
  for (std::size_t i = 0; i < task.rows; i += tile_rows) {
    Tile<Vectors, Adjacent>(d, task, task.left + i * task.left_row, right, task.out + i * task.out_row + column);
  }
}

template <bool Adjacent, class Out>
void Strips(const ProductTask<Out>& task) {
  const hn::CappedTag<double, tile_step> d;
  const std::size_t width = tile_vectors * hn::Lanes(d);  // divides the panel
  for (std::size_t column = 0; column < task.columns; column += width) {
    switch (HWY_MIN(width, task.columns - column) / hn::Lanes(d)) {
      case 1:
        Strip<1, Adjacent>(d, task, column);
        break;
      case 2:
        Strip<2, Adjacent>(d, task, column);
        break;
      default:
        Strip<3, Adjacent>(d, task, column);
    }
  }
}

template <class Out>
void Products(const ProductTask<Out>& task) {
  if (task.left_row == 1) {
    Strips<true>(task);
  } else {
    Strips<false>(task);
  }
}

void ProductsOfReals(const ProductTask<double>& task) { Products(task); }
void ProductsOfIntegers(const ProductTask<std::int64_t>& task) { Products(task); }

}  // namespace distsne::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace distsne {
namespace {

HWY_EXPORT(ProductsOfReals);
HWY_EXPORT(ProductsOfIntegers);

}  // namespace

void add_products(const ProductTask<double>& task) { HWY_DYNAMIC_DISPATCH(ProductsOfReals)(task); }
void add_products(const ProductTask<std::int64_t>& task) { HWY_DYNAMIC_DISPATCH(ProductsOfIntegers)(task); }

}  // namespace distsne
#endif
