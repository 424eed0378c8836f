/// What is drawn, and when: a sample while the map moves, all that the view can show when it rests.
import { pointStyle } from './style.js';

const frameTime = 20; // milliseconds that drawing may take of a frame, so that 30 frames a second are kept
const loadingTime = 250; // milliseconds between pictures while tiles come in
const restAfter = 120; // milliseconds without a move
const leastBudget = 6e4;
const mostStride = 4; // of the points of tiles while the map moves
const crowded = 6; // points for each pixel of a tile that need no further ones
const mostCell = 2.5; // pixels
const enough = 0.5; // the same where tiles come over a network: some points for each cell that can be seen

export class Stage {
  /// `app` has tiles, view, coloring, wishes; `drawn` is called after each picture, `settled` when it is complete.
  constructor(app, renderer) {
    this.app = app;
    this.renderer = renderer;
    app.tiles.forgotten = (tile) => renderer.forget?.(tile);
    this.budget = 7e5; // points of a picture while the map moves
    this.list = [];
    this.style = { diameter: 2, single: 0.8, rate: 1, visible: 0 };
    this.pending = null; // tiles that the picture at rest still lacks
    this.changed = false;
    this.movedAt = -Infinity;
    this.drawnAt = -Infinity;
    this.fullRatio = 1;
    this.ratio = 0; // pixels of the canvas for each of the window
    this.coarse = false; // the machine is too slow for all of them while the map moves
    this.scheduled = false;
    this.frames = 0;
    this.drawn = () => {};
    this.settled = () => {};
    this.isSample = false; // of the points that the picture could show
    this.lacking = 0; // tiles that it waits for
    this.resting = false; // nothing is left to do
    this.complete = false; // the picture shows all that it can
  }

  resize() {
    const { view } = this.app;
    this.fullRatio = Math.min(window.devicePixelRatio || 1, 2, Math.sqrt(4e6 / (view.width * view.height)));
    this.ratio = 0;
    this.update();
  }

  /// Pixels of the canvas for each of the window: fewer while the map moves on machines that are slow even so.
  setRatio(ratio) {
    const { view } = this.app;
    if (this.ratio !== ratio) {
      this.ratio = ratio;
      this.renderer.resize(Math.max(1, Math.round(view.width * ratio)), Math.max(1, Math.round(view.height * ratio)));
    }
  }

  /// The view, the colors or the loaded tiles have changed.
  update(moving = false) {
    if (moving) {
      this.movedAt = performance.now();
    }
    this.changed = true;
    this.complete = false;
    this.schedule();
  }

  schedule() {
    if (!this.scheduled) {
      this.scheduled = true;
      requestAnimationFrame(() => {
        this.scheduled = false;
        this.tick();
      });
    }
  }

  tick() {
    if (this.changed) {
      this.changed = false;
      this.resting = false;
      this.pending = null;
      const began = performance.now();
      this.choose(mostStride * this.budget);
      const stride = Math.ceil(this.points() / this.budget);
      const moving = this.isMoving();
      this.setRatio(moving && this.coarse ? this.fullRatio / 2 : this.fullRatio);
      this.start();
      this.list.forEach((entry) => this.add(entry, stride));
      this.finish();
      this.isSample = stride > 1 || this.ratio !== this.fullRatio || (moving && this.cellWidth() > 0);
      this.adapt(performance.now() - began);
      this.schedule();
    } else if (this.resting) {
      return;
    } else if (this.isMoving()) {
      this.schedule();
    } else {
      this.refine();
    }
  }

  /// Draws the whole picture bit by bit; the one before it stays until this one is complete.
  refine() {
    if (this.pending === null) {
      const before = this.list;
      this.choose(this.renderer.restBudget);
      if (!this.isSample && before.length === this.list.length) {
        this.rest();
        return;
      }
      this.setRatio(this.fullRatio);
      this.start();
      this.pending = [...this.list];
    }
    const began = performance.now();
    while (this.pending.length > 0 && performance.now() - began < frameTime) {
      this.add(this.pending.pop(), 1);
    }
    if (this.pending.length === 0) {
      this.pending = null;
      this.finish();
      this.rest();
    } else {
      this.schedule();
    }
  }

  rest() {
    this.isSample = false;
    this.complete = this.lacking === 0; // else the tiles that come will draw again
    this.resting = true;
    if (this.complete) {
      this.app.tiles.trim();
    }
    this.settled();
  }

  points() {
    return this.list.reduce((sum, { tile }) => sum + tile.own, 0);
  }

  start() {
    const { view, coloring, wishes } = this.app;
    this.style = pointStyle(this.list, view, wishes);
    if (!this.isMoving()) {
      this.style.diameter = Math.max(this.style.diameter, this.cellWidth());
    }
    this.renderer.begin(view, this.ratio, this.style, coloring.table);
  }

  isMoving() {
    return performance.now() - this.movedAt < restAfter;
  }

  /// Pixels that a point has to cover where it stands for a cell of its tile, so that there are no gaps.
  cellWidth() {
    const { view } = this.app;
    return this.list.reduce((most, { tile, weights }) => (
      weights ? Math.max(most, Math.min(mostCell, (1.7 * tile.side * view.scale) / Math.sqrt(tile.own))) : most), 0);
  }

  /// Draws every so many-th point of a tile.
  add({ tile, weights }, stride) {
    const { coloring, tiles } = this.app;
    if (tile.stamp !== coloring.stamp) {
      coloring.shadesOf(tile, coloring.column && tiles.present(tile, coloring.column));
    }
    this.renderer.add(tile, weights, stride);
  }

  finish() {
    this.renderer.show();
    this.drawnAt = performance.now();
    ++this.frames;
    this.drawn();
  }

  adapt(took) {
    this.coarse = this.coarse ? took > frameTime / 4 : took > 1.5 * frameTime && this.budget === leastBudget;
    if (took > frameTime) {
      this.budget = Math.max(leastBudget, this.budget * Math.max(0.5, frameTime / took));
    } else if (took < 0.6 * frameTime && this.points() > this.budget) {
      this.budget = Math.min(this.renderer.restBudget, this.budget * 1.2);
    }
  }

  isReady(tile) {
    const { coloring, tiles } = this.app;
    return tile.ready && (coloring.column === null || tiles.present(tile, coloring.column) !== undefined);
  }

  /// Loads a tile with what its color needs, and draws again when it is there.
  request(tile) {
    const { coloring, tiles } = this.app;
    const key = coloring.column?.part ?? 0;
    if (tile.requested !== key) {
      tile.requested = key;
      tiles.load(tile, coloring.column ? [coloring.column] : []).then(() => this.arrived(), () => {});
    }
  }

  arrived() {
    const { active, waiting } = this.app.tiles;
    if ((active <= 1 && waiting.length === 0) || performance.now() - this.drawnAt > loadingTime) {
      this.update();
    }
  }

  /// Fills the list with tiles, from the root down as far as the budget goes. Where tiles below are left out, the points
  /// above stand for theirs, too: the entry has their weights then, else null.
  choose(budget) {
    const { view, tiles } = this.app;
    const most = tiles.source.folder ? enough : crowded;
    this.list = [];
    this.lacking = 0;
    const wait = []; // tiles that are there and not drawn before those beside them are, or for want of budget
    const queue = [tiles.root];
    let used = tiles.root.own;
    for (const tile of queue) {
      if (!this.isReady(tile)) {
        this.request(tile);
        ++this.lacking;
        continue;
      }
      const below = tile.children.filter((child) => view.visibleShare(child) > 0);
      const cost = below.reduce((sum, child) => sum + child.own, 0);
      const pixels = (tile.side * view.scale) ** 2;
      const wanted = below.length > 0 && tile.own < most * pixels;
      const missing = wanted ? below.filter((child) => !this.isReady(child)) : [];
      missing.forEach((child) => this.request(child));
      this.lacking += missing.length;
      const deeper = wanted && missing.length === 0 && used + cost <= budget;
      if (deeper) {
        used += cost;
        queue.push(...below);
      } else if (wanted) {
        wait.push(...below);
      }
      this.list.push({ tile, weights: deeper || below.length === 0 ? null : tile.weights });
    }
    tiles.needed = [...this.list.map(({ tile }) => tile), ...wait];
  }
}
