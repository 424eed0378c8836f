/// Finding classes, names and rows by what is typed.
import { counted } from './columns.js';
import { hitOf } from './picking.js';

const mostShown = 40;
const mostMarked = 3000;

export class Search {
  /// `app` has tiles, columns, and the actions chooseClass(column, shade), showPoint(hit), mark(hits).
  constructor(app, input, box) {
    Object.assign(this, { app, input, box });
    this.turn = 0; // of the last search that was begun
    let timer = 0;
    input.addEventListener('input', () => {
      clearTimeout(timer);
      timer = setTimeout(() => this.run(), 120);
    });
    input.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') {
        this.clear();
        input.blur();
      } else if (event.key === 'Enter' || event.key === 'ArrowDown') {
        const first = box.querySelector('button');
        (event.key === 'Enter' ? first?.click() : first?.focus());
        event.preventDefault();
      }
      event.stopPropagation();
    });
    box.addEventListener('keydown', (event) => {
      const step = { ArrowDown: 'nextElementSibling', ArrowUp: 'previousElementSibling' }[event.key];
      if (step) {
        (document.activeElement[step] ?? input).focus();
        event.preventDefault();
      } else if (event.key === 'Escape') {
        this.clear();
      }
      event.stopPropagation();
    });
  }

  clear() {
    ++this.turn;
    this.input.value = '';
    this.box.hidden = true;
    this.app.mark([]);
  }

  async run() {
    const wanted = this.input.value.trim().toLowerCase();
    const turn = ++this.turn;
    this.box.replaceChildren();
    this.box.hidden = wanted === '';
    this.app.mark([]);
    if (wanted === '') {
      return;
    }
    this.findClasses(wanted);
    const hits = [];
    const progress = this.note('searching');
    const tell = (tile) => {
      progress.textContent = `searching, ${Math.floor((100 * tile.number) / this.app.tiles.all.length)} %`;
    };
    await this.findRow(wanted, hits, tell);
    for (const column of this.app.columns.filter(({ kind }) => kind === 'names')) {
      await this.findNames(column, wanted, hits, tell, () => turn === this.turn);
    }
    if (turn !== this.turn) {
      return;
    }
    progress.remove();
    hits.slice(0, mostShown).forEach((hit) => this.entry(hit.text, `row ${hit.row}`,
      () => this.app.showPoint(hit)));
    if (hits.length > mostShown) {
      this.note(`${hits.length >= mostMarked ? 'at least ' : ''}${counted(hits.length)} names, marked on the map`);
    }
    if (this.box.children.length === 0) {
      this.note('nothing found');
    }
    this.app.mark(hits);
  }

  findClasses(wanted) {
    for (const column of this.app.columns.filter(({ kind }) => kind === 'classes')) {
      let shown = 0;
      column.classes.forEach((text, shade) => {
        if (text.toLowerCase().includes(wanted) && ++shown <= 12) {
          const of = `${column.name}, ${counted(column.counts[shade])}`;
          this.entry(text, of, () => this.app.chooseClass(column, shade));
        }
      });
    }
  }

  async findRow(wanted, hits, tell) {
    const row = /^#?\d+$/.test(wanted) ? Number(wanted.replace('#', '')) : -1;
    if (row < 0 || row >= this.app.tiles.rows) {
      return;
    }
    for (const tile of this.app.tiles.all) {
      tell(tile);
      await this.app.tiles.load(tile);
      const i = placeIn(tile.rows, row);
      if (i >= 0) {
        hits.push({ ...hitOf(tile, i), text: `#${row}` });
        return;
      }
      this.app.tiles.trim();
    }
  }

  async findNames(column, wanted, hits, tell, isWanted) {
    for (const tile of this.app.tiles.all) {
      tell(tile);
      await this.app.tiles.load(tile);
      const names = await this.app.tiles.values(tile, column);
      if (!isWanted() || hits.length >= mostMarked) {
        return;
      }
      names.search(wanted, (i) => {
        hits.push({ ...hitOf(tile, i), text: names.at(i) });
        return hits.length < mostMarked;
      });
      this.app.tiles.trim();
    }
  }

  entry(text, of, act) {
    const button = document.createElement('button');
    button.type = 'button';
    const name = document.createElement('bdi');
    name.textContent = text;
    const where = document.createElement('span');
    where.className = 'of';
    where.textContent = of;
    button.append(name, where);
    button.addEventListener('click', act);
    this.box.append(button);
  }

  note(text) {
    const note = document.createElement('div');
    note.className = 'note';
    note.textContent = text;
    this.box.append(note);
    return note;
  }
}

/// Where a row stands among rising rows; -1: nowhere.
function placeIn(rows, row) {
  let a = 0;
  let b = rows.length;
  while (a < b) {
    const middle = (a + b) >> 1;
    if (rows[middle] < row) {
      a = middle + 1;
    } else {
      b = middle;
    }
  }
  return rows[a] === row ? a : -1;
}
