/// Points that are selected: how many of which class, and the box they lie in.
import { insidePolygon, meets } from './lasso.js';

const mostRows = 1.5e7; // that are loaded for a selection

export class Selection {
  /// `app` has tiles and coloring.
  constructor(app) {
    this.app = app;
    this.count = 0;
    this.partial = false; // tiles were left out
  }

  clear() {
    this.app.tiles.all.forEach((tile) => {
      tile.selected = null;
    });
    this.count = 0;
    this.partial = false;
    this.changed();
  }

  changed() {
    this.app.coloring.selecting = this.count > 0;
    ++this.app.coloring.stamp;
    this.app.coloring.rebuild();
  }

  /// Points within a polygon of map positions that are not hidden; how: 'new', 'add' or 'remove'.
  async lasso(polygon, how) {
    const { tiles, coloring } = this.app;
    if (how === 'new') {
      this.clear();
    }
    let rows = 0;
    const near = tiles.all.filter((tile) => meets(tile, polygon));
    const met = near.filter((tile) => (rows += tile.own) <= mostRows || tile.ready);
    this.partial = near.length > met.length;
    const { column } = coloring;
    await Promise.all(met.map((tile) => tiles.load(tile, column ? [column] : [])));
    const hiddenOf = (tile, i) => {
      if (coloring.hidden.size === 0) {
        return false;
      }
      const values = tiles.present(tile, column);
      return column.kind === 'classes' ? coloring.hidden.has(values[i]) : Number.isNaN(values[i]);
    };
    insidePolygon(met, polygon, (tile, flags) => {
      const old = tile.selected;
      tile.selected = flags.map((flag, i) => {
        const inside = flag === 1 && !hiddenOf(tile, i);
        return (how === 'remove' ? old?.[i] && !inside : old?.[i] || inside) ? 1 : 0;
      });
      tile.selected = tile.selected.includes(1) ? tile.selected : null;
    });
    this.recount();
  }

  recount() {
    this.count = 0;
    this.each(() => ++this.count);
    this.changed();
  }

  /// Calls take(tile, i) for each selected point.
  each(take) {
    for (const tile of this.app.tiles.all) {
      for (let i = 0; tile.selected && i < tile.own; ++i) {
        if (tile.selected[i] === 1) {
          take(tile, i);
        }
      }
    }
  }

  /// Selected points of each class of the color column: [shade, count], most first.
  countsOfClasses() {
    const { coloring, tiles } = this.app;
    if (coloring.column?.kind !== 'classes') {
      return [];
    }
    const counts = new Map();
    this.each((tile, i) => {
      const shade = tiles.present(tile, coloring.column)?.[i];
      counts.set(shade, (counts.get(shade) ?? 0) + 1);
    });
    return [...counts].filter(([shade]) => shade !== undefined).sort((a, b) => b[1] - a[1] || a[0] - b[0]);
  }

  /// [left, right, bottom, top] of the selected points.
  frame() {
    const frame = [Infinity, -Infinity, Infinity, -Infinity];
    this.each((tile, i) => {
      frame[0] = Math.min(frame[0], tile.mapX(i));
      frame[1] = Math.max(frame[1], tile.mapX(i));
      frame[2] = Math.min(frame[2], tile.mapY(i));
      frame[3] = Math.max(frame[3], tile.mapY(i));
    });
    const pad = 0.05 * Math.max(frame[1] - frame[0], frame[3] - frame[2], 1e-9);
    return [frame[0] - pad, frame[1] + pad, frame[2] - pad, frame[3] + pad];
  }
}
