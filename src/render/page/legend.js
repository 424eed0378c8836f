/// The legend: classes that can be switched, or the scale of numbers.
import { counted, numberText } from './columns.js';

const mostEntries = 2000;

const byId = (id) => document.getElementById(id);

export class Legend {
  /// `app` has coloring; `changed` is called when what is shown has.
  constructor(app, changed) {
    Object.assign(this, { app, changed });
    this.list = byId('classes');
    this.byCount = false;
    byId('filter').addEventListener('input', () => this.fill());
    byId('filter').addEventListener('keydown', (event) => event.stopPropagation());
    for (const button of document.querySelectorAll('[data-scale]')) {
      button.addEventListener('click', () => {
        app.coloring.scale = button.dataset.scale;
        ++app.coloring.stamp;
        this.update();
      });
    }
  }

  update() {
    this.app.coloring.rebuild();
    this.fill();
    this.changed();
  }

  switchAll(shown) {
    const { coloring } = this.app;
    coloring.hidden = new Set(shown ? [] : Array.from({ length: coloring.missing + 1 }, (_, shade) => shade));
    this.update();
  }

  toggle(shade, only) {
    const { coloring } = this.app;
    const { hidden } = coloring;
    if (only) {
      const alone = !hidden.has(shade) && hidden.size === coloring.missing;
      this.switchAll(alone);
      hidden.delete(shade);
      coloring.hidden.delete(shade);
    } else if (!hidden.delete(shade)) {
      hidden.add(shade);
    }
    this.update();
  }

  point(shade) {
    const { coloring } = this.app;
    if (coloring.focus !== shade) {
      coloring.focus = shade;
      coloring.rebuild();
      this.changed();
    }
  }

  fill() {
    const { coloring } = this.app;
    const { column } = coloring;
    byId('side').dataset.kind = column?.kind ?? 'none';
    byId('legend-title').textContent = column?.name ?? 'Map';
    const isClasses = column?.kind === 'classes';
    byId('scale').hidden = column?.kind !== 'numbers';
    byId('all').hidden = !isClasses;
    byId('filter').hidden = !isClasses || column.classes.length < 25;
    this.list.replaceChildren();
    if (isClasses) {
      this.fillClasses();
    } else if (column !== null) {
      this.fillScale();
    }
  }

  fillClasses() {
    const { coloring } = this.app;
    const { classes, counts } = coloring.column;
    const wanted = byId('filter').hidden ? '' : byId('filter').value.trim().toLowerCase();
    const shades = Array.from({ length: classes.length + 1 }, (_, shade) => shade)
      .filter((shade) => counts[shade] > 0 && (classes[shade] ?? 'missing').toLowerCase().includes(wanted));
    if (this.byCount) {
      shades.sort((a, b) => counts[b] - counts[a]);
    }
    const entries = shades.slice(0, mostEntries);
    this.list.append(...entries.map((shade) => this.entry(shade, classes[shade] ?? 'missing', counts[shade])));
  }

  entry(shade, text, count) {
    const { coloring } = this.app;
    const button = document.createElement('button');
    button.type = 'button';
    button.dataset.shade = shade;
    button.setAttribute('aria-pressed', String(!coloring.hidden.has(shade)));
    button.title = `${text}: click hides or shows, double click shows it alone`;
    const dot = document.createElement('span');
    dot.className = 'dot';
    dot.style.background = coloring.css(shade);
    const name = document.createElement('bdi');
    name.textContent = text;
    const number = document.createElement('span');
    number.className = 'count';
    number.textContent = counted(count);
    button.append(dot, name, number);
    button.addEventListener('click', (event) => this.clicked(shade, event));
    button.addEventListener('pointerenter', () => this.point(shade));
    button.addEventListener('pointerleave', () => this.point(null));
    button.addEventListener('focus', () => this.point(button.matches(':focus-visible') ? shade : null));
    button.addEventListener('blur', () => this.point(null));
    const item = document.createElement('li');
    item.append(button);
    return item;
  }

  clicked(shade, event) {
    const focused = document.activeElement?.dataset?.shade;
    this.app.coloring.focus = null;
    this.toggle(shade, event.detail === 2 || event.shiftKey);
    if (focused !== undefined) {
      this.list.querySelector(`[data-shade="${focused}"]`)?.focus({ preventScroll: true });
    }
  }

  fillScale() {
    const { coloring } = this.app;
    const { column } = coloring;
    for (const button of document.querySelectorAll('[data-scale]')) {
      button.setAttribute('aria-pressed', String(button.dataset.scale === coloring.scale));
    }
    const rank = coloring.scale === 'rank';
    byId('low').textContent = numberText(rank ? column.low : column.range[0], column.float);
    byId('high').textContent = numberText(rank ? column.high : column.range[1], column.float);
    drawRamp(byId('ramp').getContext('2d'), coloring, 0, 0, 200, 14);
    if (column.missing > 0) {
      this.list.append(this.entry(coloring.missing, 'missing', column.missing));
    }
  }
}

export function drawRamp(context, coloring, x, y, wide, high) {
  for (let i = 0; i < wide; ++i) {
    context.fillStyle = coloring.css(Math.round((i / (wide - 1)) * 255));
    context.fillRect(x + i, y, 1, high);
  }
}
