/// What is known of the point under the pointer.

export class Tooltip {
  /// `app` has tiles, nameColumn and shownColumns().
  constructor(app, box) {
    Object.assign(this, { app, box });
    this.turn = 0;
  }

  hide() {
    ++this.turn;
    this.box.hidden = true;
  }

  /// Shows a point; values that are not loaded yet come as soon as they are.
  async show(hit, px, py) {
    const turn = ++this.turn;
    const { tiles, nameColumn } = this.app;
    const columns = this.app.shownColumns();
    const wanted = nameColumn ? [nameColumn, ...columns] : columns;
    if (wanted.some((column) => tiles.present(hit.tile, column) === undefined)) {
      await Promise.all(wanted.map((column) => tiles.values(hit.tile, column)));
      if (turn !== this.turn) {
        return;
      }
    }
    const title = document.createElement('b');
    title.dir = 'auto';
    title.textContent = nameColumn ? this.text(nameColumn, hit) : `row ${hit.row}`;
    const list = document.createElement('dl');
    for (const column of columns) {
      const term = document.createElement('dt');
      term.dir = 'auto';
      term.textContent = column.name;
      const value = document.createElement('dd');
      value.dir = 'auto';
      value.textContent = this.text(column, hit) || '\u2013';
      list.append(term, value);
    }
    this.box.replaceChildren(title, list);
    this.box.hidden = false;
    const { offsetWidth, offsetHeight } = this.box;
    const right = px + 14 + offsetWidth < window.innerWidth;
    const below = py + 14 + offsetHeight < window.innerHeight;
    this.box.style.left = `${Math.max(0, right ? px + 14 : px - 14 - offsetWidth)}px`;
    this.box.style.top = `${Math.max(0, below ? py + 14 : py - 14 - offsetHeight)}px`;
  }

  text(column, { tile, i }) {
    return column.text(this.app.tiles.present(tile, column), i);
  }
}
