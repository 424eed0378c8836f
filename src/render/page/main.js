/// The page as a whole: makes the parts and passes on what the user does.
import { Source } from './source.js';
import { Tiles } from './tiles.js';
import { View } from './view.js';
import { Column, counted } from './columns.js';
import { Coloring } from './colors.js';
import { CanvasRenderer } from './raster.js';
import { makeWebGlRenderer } from './webgl.js';
import { Stage } from './stage.js';
import { placeNames } from './labels.js';
import { pointAt } from './picking.js';
import { Search } from './search.js';
import { Tooltip } from './tooltip.js';
import { Legend } from './legend.js';
import { Minimap } from './minimap.js';
import { Selection } from './selection.js';
import { csvOf, pictureOf, save } from './export.js';
import { listen } from './input.js';
import { fillHelp } from './help.js';
import { fillSelection } from './panel.js';
import { drawOverlay } from './overlay.js';
import { readWishes, writeWishes } from './address.js';

const mostShownAtFirst = 8; // columns on hover
const element = (id) => document.getElementById(id);

class App {
  constructor(index) {
    this.index = index;
    this.columns = index.columns.map((facts, i) => new Column(facts, i + 1));
    this.tiles = new Tiles(index, new Source(index.sizes, index.folder, index.files), this.columns);
    this.tiles.failed = (error) => this.say(`Reading the map failed. ${error.message}`);
    this.view = new View(index.view);
    this.coloring = new Coloring(index.scale);
    this.wishes = { size: 0, opacity: 0 };
    this.selection = new Selection(this);
    this.state = { lasso: false };
    this.names = [];
    this.showNames = true;
    this.marked = [];
    this.kept = null; // the point that was clicked
    this.nameColumn = this.columns.find((column) => column.name === index.names) ?? null;
    this.shown = new Set(this.columns.filter((column) => column !== this.nameColumn).slice(0, mostShownAtFirst));
  }

  start() {
    const wishes = new URLSearchParams(location.hash.slice(1));
    const forced = wishes.get('draw');
    const gl = forced === 'canvas' ? null : makeWebGlRenderer(element('map'), forced === 'webgl');
    this.stage = new Stage(this, gl ?? new CanvasRenderer(element('map')));
    this.forced = forced;
    this.stage.drawn = () => this.drawOverlay();
    this.stage.settled = () => this.settle();
    this.legend = new Legend(this, () => this.recolor());
    this.tooltip = new Tooltip(this, element('tooltip'));
    this.search = new Search(this, element('search'), element('found'));
    this.minimap = new Minimap(this, element('minimap'), () => this.moved());
    element('title').textContent = this.index.title;
    fillHelp(element('help'));
    this.fillControls();
    this.listen();
    this.readFragment(wishes);
    new ResizeObserver(() => this.resize()).observe(document.documentElement);
    window.addEventListener('hashchange', () => this.readFragment(new URLSearchParams(location.hash.slice(1))));
  }

  // What the window shows.

  resize() {
    const { view } = this;
    const wasWhole = Math.abs(view.zoom - 1) < 1e-6 || view.width === 1;
    view.width = document.documentElement.clientWidth;
    view.height = document.documentElement.clientHeight;
    view.insets = { left: 0, right: view.width > 700 ? 246 : 0, top: element('top').offsetHeight + 10, bottom: 0 };
    if (this.wanted) {
      Object.assign(view, { x: this.wanted.x, y: this.wanted.y });
      view.scale = view.scaleOf(view.frame) * this.wanted.zoom;
      this.wanted = null;
    } else if (wasWhole) {
      view.fit();
    }
    const overlay = element('overlay');
    const ratio = window.devicePixelRatio || 1;
    overlay.width = Math.round(view.width * ratio);
    overlay.height = Math.round(view.height * ratio);
    this.stage.resize();
  }

  moved() {
    this.tooltip.hide();
    this.stage.update(true);
  }

  recolor() {
    this.stage.update();
  }

  /// The picture is complete: names find their places, and the address tells the view.
  settle() {
    this.names = this.showNames ? placeNames(this.stage.list, this.view, this.coloring) : [];
    this.drawOverlay();
    this.writeFragment();
  }

  drawOverlay() {
    drawOverlay(this, element('overlay'));
    this.minimap.draw();
  }

  // What the user chooses.

  colorBy(column) {
    this.coloring.show(column);
    element('color').value = column?.name ?? '';
    element('filter').value = '';
    this.names = [];
    this.legend.fill();
    this.recolor();
    this.showSelection();
  }

  chooseClass(column, shade) {
    if (this.coloring.column !== column) {
      this.colorBy(column);
    }
    this.legend.toggle(shade, true);
  }

  showPoint(hit) {
    const { view } = this;
    view.scale = Math.max(view.scale, view.scaleOf(view.frame) * 8);
    view.x = hit.x;
    view.y = hit.y;
    this.keep(hit);
    this.moved();
    this.tooltip.show(hit, view.width / 2, view.height / 2);
  }

  keep(hit) {
    this.kept = hit;
    this.drawOverlay();
  }

  mark(hits) {
    this.marked = hits;
    this.drawOverlay();
  }

  shownColumns() {
    return this.columns.filter((column) => this.shown.has(column));
  }

  setDark(dark) {
    this.coloring.dark = dark;
    document.documentElement.classList.toggle('dark', dark);
    this.legend.update();
    this.showSelection();
  }

  setLasso(on) {
    this.state.lasso = on;
    element('map').classList.toggle('lasso', on);
    document.querySelector('[data-do="lasso"]').setAttribute('aria-pressed', String(on));
  }

  async lasso(points, how) {
    const polygon = points.map(([x, y]) => [this.view.mapX(x), this.view.mapY(y)]);
    await this.selection.lasso(polygon, how);
    this.setLasso(false);
    this.showSelection();
    this.recolor();
  }

  showSelection() {
    fillSelection(this);
  }

  async saveCsv() {
    const columns = [...new Set([this.nameColumn, this.coloring.column, ...this.shownColumns()])].filter(Boolean);
    const text = await csvOf(this.selection, this.tiles, columns);
    save(new Blob([text], { type: 'text/csv' }), 'selected.csv');
  }

  async savePng() {
    const style = getComputedStyle(document.documentElement);
    const blob = await pictureOf(this, [element('map'), element('overlay')], style.getPropertyValue('--back'),
      style.getPropertyValue('--ink'));
    save(blob, 'map.png');
  }

  say(text) {
    element('message').textContent = text;
    element('message').hidden = false;
  }

  // Controls.

  fillControls() {
    const select = element('color');
    select.append(new Option('nothing', ''));
    this.columns.filter(({ kind }) => kind !== 'names').forEach(({ name }) => select.append(new Option(name, name)));
    select.addEventListener('change', () => this.colorBy(this.columnOf(select.value)));
    for (const column of this.columns.filter((one) => one !== this.nameColumn)) {
      const label = document.createElement('label');
      const box = document.createElement('input');
      box.type = 'checkbox';
      box.checked = this.shown.has(column);
      box.addEventListener('change', () => (box.checked ? this.shown.add(column) : this.shown.delete(column)));
      const name = document.createElement('bdi');
      name.textContent = column.name;
      label.append(box, name);
      element('shown').append(label);
    }
    for (const wish of ['size', 'opacity']) {
      element(wish).addEventListener('input', () => {
        this.wishes[wish] = Number(element(wish).value);
        this.recolor();
      });
    }
  }

  columnOf(name) {
    return this.columns.find((column) => column.name === name && column.kind !== 'names') ?? null;
  }

  listen() {
    const { view } = this;
    const home = () => {
      view.fit();
      this.moved();
    };
    const actions = {
      home,
      lasso: () => this.setLasso(!this.state.lasso),
      labels: () => this.toggleNames(),
      dark: () => this.setDark(!this.coloring.dark),
      png: () => this.savePng(),
      help: () => element('help').showModal(),
      csv: () => this.selection.count > 0 && this.saveCsv(),
      clear: () => this.clear(),
      'zoom-selection': () => {
        view.fit(this.selection.frame());
        this.moved();
      },
      'show-all': () => this.legend.switchAll(true),
      'show-none': () => this.legend.switchAll(false),
      'by-count': (button) => {
        this.legend.byCount = !this.legend.byCount;
        button.setAttribute('aria-pressed', String(this.legend.byCount));
        this.legend.fill();
      },
    };
    document.querySelectorAll('[data-do]').forEach((button) => (
      button.addEventListener('click', () => actions[button.dataset.do](button))));
    listen(element('map'), {
      pan: (dx, dy) => {
        view.pan(dx, dy);
        this.moved();
      },
      zoomAt: (x, y, factor) => {
        view.zoomAt(x, y, factor);
        this.moved();
      },
      hover: (x, y) => this.hover(x, y),
      leave: () => this.tooltip.hide(),
      click: (x, y) => this.keep(this.pointAt(x, y)),
      lasso: (points, how) => this.lasso(points, how),
      line: (points) => {
        this.line = points;
        this.drawOverlay();
      },
      keys: {
        0: home, Home: home, l: actions.lasso, n: actions.labels, d: actions.dark, p: actions.png, s: actions.csv,
        '?': actions.help, f: () => element('search').focus(), '/': () => element('search').focus(),
        c: () => this.nextColumn(), Escape: () => this.clear(),
      },
    }, this.state);
  }

  pointAt(x, y) {
    return pointAt(this.stage.list, this.view, this.coloring, x, y, Math.max(6, this.stage.style.diameter));
  }

  hover(x, y) {
    const hit = this.pointAt(x, y);
    if (hit) {
      this.tooltip.show(hit, x, y);
    } else {
      this.tooltip.hide();
    }
  }

  clear() {
    if (this.state.lasso) {
      this.setLasso(false);
      return;
    }
    this.search.clear();
    this.keep(null);
    this.tooltip.hide();
    this.selection.clear();
    this.showSelection();
    this.recolor();
  }

  toggleNames() {
    this.showNames = !this.showNames;
    document.querySelector('[data-do="labels"]').setAttribute('aria-pressed', String(this.showNames));
    this.settle();
  }

  nextColumn() {
    const options = [...element('color').options].map(({ value }) => value);
    const next = options[(options.indexOf(element('color').value) + 1) % options.length];
    this.colorBy(this.columnOf(next));
  }

  // The address: where the map is looked at, and how.

  readFragment(wishes) {
    if (wishes.toString() === this.written) {
      return;
    }
    const wanted = readWishes(wishes);
    const preferred = this.index.dark || window.matchMedia('(prefers-color-scheme: dark)').matches;
    this.coloring.dark = wanted.dark ?? preferred;
    document.documentElement.classList.toggle('dark', this.coloring.dark);
    this.colorBy(this.columnOf(wanted.color ?? this.index.coloredBy));
    this.coloring.scale = wanted.scale ?? this.coloring.scale;
    wanted.hidden.filter((shade) => shade <= this.coloring.missing).forEach((shade) => this.coloring.hidden.add(shade));
    this.wanted = wanted.place;
    this.legend.update();
    this.resize();
  }

  writeFragment() {
    this.written = writeWishes(this.view, this.coloring, this.forced);
    try {
      history.replaceState(null, '', `#${this.written}`);
    } catch {
      // Some browsers allow no such thing for files, or only now and then.
    }
  }
}

const app = new App(JSON.parse(element('index').textContent));
window.distsne = app; // for tests, and for the curious
app.start();
