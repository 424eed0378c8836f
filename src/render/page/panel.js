/// The panel that says what is selected.
import { counted } from './columns.js';

const mostClasses = 200;

/// `app` has selection and coloring.
export function fillSelection({ selection, coloring }) {
  const element = (id) => document.getElementById(id);
  element('selection').hidden = selection.count === 0;
  const of = selection.partial ? ' of the part that is loaded' : '';
  element('selected').textContent = `${counted(selection.count)} selected${of}`;
  element('counts').replaceChildren(...selection.countsOfClasses().slice(0, mostClasses).map(([shade, count]) => {
    const item = document.createElement('li');
    const dot = document.createElement('span');
    dot.className = 'dot';
    dot.style.background = coloring.css(shade);
    const name = document.createElement('bdi');
    name.textContent = coloring.column.classes[shade] ?? 'missing';
    const number = document.createElement('span');
    number.className = 'count';
    number.textContent = counted(count);
    item.append(dot, name, number);
    return item;
  }));
}
