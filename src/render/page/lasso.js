/// Points within a line that is drawn around them.

/// Rows of the points of `tiles` inside of a polygon of map positions: calls take(tile, flags) with a 1 for each.
export function insidePolygon(tiles, polygon, take) {
  const xs = polygon.map((p) => p[0]);
  const ys = polygon.map((p) => p[1]);
  const [left, right, bottom, top] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  for (const tile of tiles) {
    if (right < tile.x || left > tile.x + tile.side || top < tile.y || bottom > tile.y + tile.side) {
      continue;
    }
    const flags = new Uint8Array(tile.own);
    for (let i = 0; i < tile.own; ++i) {
      const x = tile.mapX(i);
      const y = tile.mapY(i);
      if (x >= left && x <= right && y >= bottom && y <= top && isInside(xs, ys, x, y)) {
        flags[i] = 1;
      }
    }
    take(tile, flags);
  }
}

/// By the number of edges that a ray to the right crosses.
function isInside(xs, ys, x, y) {
  let inside = false;
  for (let i = 0, j = xs.length - 1; i < xs.length; j = i++) {
    if ((ys[i] > y) !== (ys[j] > y) && x < ((xs[j] - xs[i]) * (y - ys[i])) / (ys[j] - ys[i]) + xs[i]) {
      inside = !inside;
    }
  }
  return inside;
}

export function meets(tile, polygon) {
  const xs = polygon.map((p) => p[0]);
  const ys = polygon.map((p) => p[1]);
  return Math.max(...xs) >= tile.x && Math.min(...xs) <= tile.x + tile.side && Math.max(...ys) >= tile.y
    && Math.min(...ys) <= tile.y + tile.side;
}
