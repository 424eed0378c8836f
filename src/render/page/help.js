/// The list of keys.

const keys = [
  ['drag, arrow keys', 'move the map'],
  ['wheel, pinch, + and -, double click', 'zoom'],
  ['0', 'the whole map'],
  ['hover, click', 'what is known of a point; click keeps it'],
  ['L, or Shift with the mouse', 'lasso; Shift adds, Alt takes away'],
  ['Esc', 'end what was begun; clear the selection'],
  ['F or /', 'search names'],
  ['C', 'color by the next column'],
  ['N', 'names on the map'],
  ['D', 'dark or light'],
  ['P', 'save as PNG'],
  ['S', 'save selected rows as CSV'],
];

export function fillHelp(dialog) {
  const table = document.createElement('table');
  for (const [key, meaning] of keys) {
    const row = table.insertRow();
    const name = document.createElement('b');
    name.textContent = key;
    row.insertCell().append(name);
    row.insertCell().textContent = meaning;
  }
  const form = document.createElement('form');
  form.method = 'dialog';
  const button = document.createElement('button');
  button.textContent = 'Close';
  form.append(button);
  dialog.append(table, form);
}
