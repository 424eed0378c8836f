/// The tree of tiles, and what of it has been loaded.
import { joinPlanes } from './columns.js';

const sideways = 4; // tiles that are loaded at the same time
const weightSteps = 8; // for each doubling of a weight
const mostKept = 2e7; // points in memory, of maps that are read from a folder

class Tile {
  constructor(number, parent, side, x, y, own, total, divided) {
    Object.assign(this, { number, parent, side, x, y, own, total, divided });
    this.children = [];
    this.depth = parent ? parent.depth + 1 : 0;
    this.loading = null;
    this.ready = false;
    this.columns = new Map(); // values by part, or promises of them
    this.shades = null; // places in the table of colors
    this.stamp = -1; // of the coloring that the shades are from
    this.selected = null;
    this.used = 0; // when it was last asked for
  }

  decodePoints(bytes) {
    const planes = this.divided ? 3 : 2;
    const axis = (first) => {
      const steps = joinPlanes(bytes, first, this.own, planes);
      const places = new Float32Array(this.own);
      for (let i = 0; i < this.own; ++i) {
        places[i] = (steps[i] + 0.5) * 2 ** (-8 * planes);
      }
      return places;
    };
    this.xs = axis(0);
    this.ys = axis(planes * this.own);
    this.rows = new Uint32Array(this.own);
    let place = 2 * planes * this.own;
    let row = 0;
    for (let i = 0; i < this.own; ++i) {
      let factor = 1;
      let byte;
      do {
        byte = bytes[place++];
        row += (byte & 127) * factor;
        factor *= 128;
      } while (byte & 128);
      this.rows[i] = row;
    }
    this.weights = null; // of points that stand for those of the tiles below, too
    if (this.divided) {
      this.weights = Float32Array.from(bytes.subarray(place, place + this.own), (kept) => 2 ** (kept / weightSteps));
    }
    this.ready = true;
  }

  /// Back to what is known of it before it is loaded.
  forget() {
    this.ready = false;
    this.loading = null;
    this.columns.clear();
    Object.assign(this, { xs: null, ys: null, rows: null, weights: null, shades: null, stamp: -1, requested: null });
  }

  mapX(i) {
    return this.x + this.xs[i] * this.side;
  }

  mapY(i) {
    return this.y + this.ys[i] * this.side;
  }
}

function isBefore(a, b) {
  return a.depth < b.depth || (a.depth === b.depth && a.used > b.used);
}

export class Tiles {
  constructor(index, source, columns) {
    this.source = source;
    this.columns = columns;
    this.rows = index.rows;
    this.all = [];
    this.waiting = [];
    this.active = 0;
    this.uses = 0;
    this.most = mostKept;
    this.needed = []; // tiles of the picture, which stay
    this.forgotten = () => {}; // called with tiles that are no longer in memory
    this.failed = null; // called with the error that stopped loading
    const { parent, x, y, side, divided, own, total } = index.tiles;
    parent.forEach((above, i) => {
      const up = above < 0 ? null : this.all[above];
      const tile = new Tile(i, up, side[i], x[i], y[i], own[i], total[i], divided[i] === 1);
      up?.children.push(tile);
      this.all.push(tile);
    });
    this.root = this.all[0];
  }

  loaded() {
    return this.all.filter((tile) => tile.ready);
  }

  /// A promise of the tile with its points and the values of some columns.
  async load(tile, columns = []) {
    tile.used = ++this.uses;
    tile.loading ??= this.queued(tile, async () => tile.decodePoints(await this.source.section(0, tile.number)));
    await Promise.all([tile.loading, ...columns.map((column) => this.values(tile, column))]);
    return tile;
  }

  /// Lets go of the tiles that nobody has asked for lately where there are too many for memory.
  trim(keep = []) {
    const ready = this.loaded();
    let kept = ready.reduce((sum, tile) => sum + tile.own, 0);
    if (!this.source.folder || kept <= this.most) {
      return;
    }
    const stay = new Set([...this.needed, ...keep, this.root]);
    for (const tile of ready.sort((a, b) => a.used - b.used)) {
      if (kept > this.most / 2 && !stay.has(tile) && !tile.selected) {
        kept -= tile.own;
        tile.forget();
        this.forgotten(tile);
      }
    }
  }

  values(tile, column) {
    if (!tile.columns.has(column.part)) {
      tile.columns.set(column.part, this.queued(tile, async () => {
        const values = column.decode(await this.source.section(column.part, tile.number), tile.own);
        tile.columns.set(column.part, values);
        return values;
      }));
    }
    return tile.columns.get(column.part);
  }

  /// The values when they are there, or undefined.
  present(tile, column) {
    const values = tile.columns.get(column.part);
    return values instanceof Promise ? undefined : values;
  }

  /// Does the work when its turn comes: coarse tiles first, then those that were asked for last.
  queued(tile, work) {
    return new Promise((resolve, reject) => {
      this.waiting.push({ tile, work, resolve, reject });
      this.next();
    });
  }

  async next() {
    if (this.active >= sideways || this.waiting.length === 0) {
      return;
    }
    let best = 0;
    for (let i = 1; i < this.waiting.length; ++i) {
      if (isBefore(this.waiting[i].tile, this.waiting[best].tile)) {
        best = i;
      }
    }
    const [{ work, resolve, reject }] = this.waiting.splice(best, 1);
    ++this.active;
    try {
      resolve(await work());
    } catch (error) {
      this.failed?.(error);
      reject(error);
    }
    --this.active;
    this.next();
  }
}
