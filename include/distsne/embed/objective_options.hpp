/// Which cost a map has, and how it is computed.
#pragma once

#include <optional>

#include "distsne/base/words.hpp"

namespace distsne {

enum class Method { sne, ssne, tsne };

inline constexpr Word<Method> method_words[] = {{"sne", Method::sne}, {"ssne", Method::ssne}, {"tsne", Method::tsne}};

/// How the field is evaluated: as the exact sum, by the grid, or by whichever is predicted to be quicker.
enum class FieldKind { automatic, direct, grid };

inline constexpr Word<FieldKind> field_words[] = {
    {"auto", FieldKind::automatic}, {"direct", FieldKind::direct}, {"grid", FieldKind::grid}};

/// What rows are held near, beside the cost.
enum class AnchorKind {
  none,
  pca  ///< the map of the principal components that the map begins with
};

inline constexpr Word<AnchorKind> anchor_words[] = {{"off", AnchorKind::none}, {"pca", AnchorKind::pca}};

struct ObjectiveOptions {
  Method method = Method::tsne;
  /// a of the kernel of tsne, (1 + d^2/a)^-a; of no effect on sne and ssne.
  double tail = 1.0;
  /// Dimensions of the map.
  int dims = 2;
  FieldKind field = FieldKind::automatic;
  /// Relative error of the grid's force.
  double accuracy = 1e-2;
  AnchorKind anchor = AnchorKind::none;
  /// lambda of the term lambda / N sum |y - a y'|^2 of anchors; empty: fitted to what rows are held near.
  std::optional<double> anchor_strength;
};

}  // namespace distsne
