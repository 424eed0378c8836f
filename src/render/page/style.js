/// How large and how opaque points are, by how densely they lie in the window.

const most = 20000; // points that are looked at
const across = 64;
const down = 48;

/// `list` has the tiles that are drawn, and the weights of their points where they are not 1. Returns the diameter of a point in pixels of
/// the window; `single`, how opaque one point is; and `rate`, how fast more points on top of it become opaque.
export function pointStyle(list, view, wishes) {
  const own = list.reduce((sum, { tile }) => sum + tile.own, 0);
  const stride = Math.max(1, Math.floor(own / most));
  const cells = new Uint8Array(across * down);
  let visible = 0;
  for (const { tile, weights } of list) {
    for (let i = 0; i < tile.own; i += stride) {
      const cx = Math.floor((view.screenX(tile.mapX(i)) * across) / view.width);
      const cy = Math.floor((view.screenY(tile.mapY(i)) * down) / view.height);
      if (cx >= 0 && cx < across && cy >= 0 && cy < down) {
        visible += stride * (weights ? weights[i] : 1);
        cells[cy * across + cx] = 1;
      }
    }
  }
  const covered = cells.reduce((sum, cell) => sum + cell, 0) * (view.width / across) * (view.height / down);
  const room = covered / Math.max(1, visible); // pixels for each point
  const diameter = Math.min(9, Math.max(1.25, 0.9 * Math.sqrt(room))) * 2 ** wishes.size;
  const layers = Math.max(0.3, (0.785 * diameter * diameter) / Math.max(1e-9, room));
  const opaque = 2 ** wishes.opacity;
  return {
    diameter,
    visible,
    single: Math.min(1, Math.min(0.85, Math.max(0.3, 0.85 / layers ** 0.25)) * opaque),
    rate: Math.min(1.5, 1.2 / layers) * opaque,
  };
}

/// The opacity where points with a sum of weights lie on top of each other.
export function opacityOf(sum, style) {
  return sum < 1 ? style.single * sum : 1 - (1 - style.single) * Math.exp(-style.rate * (sum - 1));
}
