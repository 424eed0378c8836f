/// The point under the pointer.

/// A point as it is passed on: with what stays known of it when its tile is no longer in memory.
export const hitOf = (tile, i) => ({ tile, i, row: tile.rows[i], x: tile.mapX(i), y: tile.mapY(i) });

/// The nearest of the drawn points within some pixels, or null.
export function pointAt(list, view, coloring, px, py, reach) {
  const x = view.mapX(px);
  const y = view.mapY(py);
  const far = reach / view.scale;
  let best = null;
  let least = far * far;
  for (const { tile } of list) {
    const { side, xs, ys, shades } = tile;
    if (x < tile.x - far || x > tile.x + side + far || y < tile.y - far || y > tile.y + side + far) {
      continue;
    }
    const tx = (x - tile.x) / side;
    const ty = (y - tile.y) / side;
    const near = far / side;
    for (let i = 0; i < xs.length; ++i) {
      const dx = xs[i] - tx;
      const dy = ys[i] - ty;
      if (dx < near && dx > -near && dy < near && dy > -near) {
        const distance = (dx * dx + dy * dy) * side * side;
        if (distance < least && !coloring.hidden.has(shades?.[i])) {
          least = distance;
          best = hitOf(tile, i);
        }
      }
    }
  }
  return best;
}
