/// Files that the page hands to the user: the picture as PNG, the selected rows as CSV.
import { counted } from './columns.js';
import { drawRamp } from './legend.js';

export function save(blob, name) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

/// Selected rows in their order: row, name, and the values of the columns.
export async function csvOf(selection, tiles, columns) {
  const chosen = [];
  selection.each((tile, i) => chosen.push({ tile, i, row: tile.rows[i] }));
  const touched = new Set(chosen.map(({ tile }) => tile));
  await Promise.all([...touched].map((tile) => tiles.load(tile, columns)));
  chosen.sort((a, b) => a.row - b.row);
  const lines = [['row', ...columns.map(({ name }) => name)].map(quoted).join(',')];
  for (const { tile, i, row } of chosen) {
    lines.push([row, ...columns.map((column) => quoted(column.text(tiles.present(tile, column), i)))].join(','));
  }
  return `${lines.join('\r\n')}\r\n`;
}

/// As RFC 4180 wants it.
function quoted(text) {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/// What the window shows: map, names and legend.
export function pictureOf(app, maps, background, ink) {
  const { width, height } = maps[0];
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext('2d');
  context.fillStyle = background;
  context.fillRect(0, 0, width, height);
  maps.forEach((map) => context.drawImage(map, 0, 0, width, height));
  const ratio = width / app.view.width;
  context.scale(ratio, ratio);
  drawLegend(app, context, ink);
  return new Promise((resolve) => {
    canvas.toBlob(resolve, 'image/png');
  });
}

function drawLegend(app, context, ink) {
  const { coloring, view } = app;
  const { column } = coloring;
  if (column === null) {
    return;
  }
  const left = view.width - 226;
  context.textBaseline = 'middle';
  context.textAlign = 'start';
  context.fillStyle = ink;
  context.font = '600 13px system-ui, "DejaVu Sans", sans-serif';
  context.fillText(column.name, left, 20, 216);
  context.font = '12px system-ui, "DejaVu Sans", sans-serif';
  if (column.kind === 'numbers') {
    drawRamp(context, coloring, left, 32, 200, 12);
    context.fillStyle = ink;
    context.fillText(document.getElementById('low').textContent, left, 54);
    context.textAlign = 'end';
    context.fillText(document.getElementById('high').textContent, left + 200, 54);
    return;
  }
  const shown = column.classes.map((text, shade) => ({ text, shade, count: column.counts[shade] }))
    .filter(({ shade, count }) => count > 0 && !coloring.hidden.has(shade));
  const room = Math.floor((view.height - 60) / 18);
  shown.slice(0, room).forEach(({ text, shade, count }, i) => {
    const y = 42 + 18 * i;
    context.fillStyle = coloring.css(shade);
    context.beginPath();
    context.arc(left + 6, y, 5, 0, 2 * Math.PI);
    context.fill();
    context.fillStyle = ink;
    context.fillText(`${text}  ${counted(count)}`, left + 18, y, 200);
  });
  if (shown.length > room) {
    context.fillText(`and ${shown.length - room} more`, left + 18, 42 + 18 * room);
  }
}
