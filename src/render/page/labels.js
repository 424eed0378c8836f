/// Names of classes on the map: at the densest place of each that the window shows, none over another.

const across = 32;
const down = 20;
const mostPoints = 120000; // that are looked at
const mostClasses = 1000;
const mostNames = 60;
const font = '600 13px system-ui, "DejaVu Sans", sans-serif';

/// Places of classes in the view: [{shade, text, x, y, weight}] in map units, those with most points first.
export function placeNames(list, view, coloring) {
  const { column } = coloring;
  if (column?.kind !== 'classes' || column.classes.length > mostClasses) {
    return [];
  }
  const cells = across * down;
  const sums = new Float32Array(column.classes.length * cells);
  const totals = new Float64Array(column.classes.length);
  const own = list.reduce((sum, { tile }) => sum + tile.own, 0);
  const stride = Math.max(1, Math.floor(own / mostPoints));
  for (const { tile, weights } of list) {
    for (let i = 0; i < tile.own; i += stride) {
      const cell = cellOf(tile, i, view);
      const shade = tile.shades[i];
      if (cell >= 0 && shade < coloring.missing && !coloring.hidden.has(shade)) {
        const weight = weights ? weights[i] : 1;
        sums[shade * cells + cell] += weight;
        totals[shade] += weight;
      }
    }
  }
  const peaks = column.classes.map((_, shade) => (totals[shade] > 0 ? peakOf(sums, shade * cells) : -1));
  const means = column.classes.map(() => [0, 0, 0]);
  for (const { tile, weights } of list) {
    for (let i = 0; i < tile.own; i += stride) {
      const shade = tile.shades[i];
      const peak = shade < coloring.missing ? peaks[shade] : -1;
      const cell = peak >= 0 ? cellOf(tile, i, view) : -1;
      if (cell >= 0 && Math.abs((cell % across) - (peak % across)) <= 1
          && Math.abs(Math.floor(cell / across) - Math.floor(peak / across)) <= 1) {
        const weight = weights ? weights[i] : 1;
        means[shade][0] += weight * tile.mapX(i);
        means[shade][1] += weight * tile.mapY(i);
        means[shade][2] += weight;
      }
    }
  }
  return means.map(([x, y, weight], shade) => (
    { shade, text: column.classes[shade], x: x / weight, y: y / weight, weight: totals[shade] }))
    .filter((name) => Number.isFinite(name.x))
    .sort((a, b) => b.weight - a.weight);
}

function cellOf(tile, i, view) {
  const cx = Math.floor((view.screenX(tile.mapX(i)) * across) / view.width);
  const cy = Math.floor((view.screenY(tile.mapY(i)) * down) / view.height);
  return cx < 0 || cx >= across || cy < 0 || cy >= down ? -1 : cy * across + cx;
}

/// The cell with most points in the 3 x 3 cells around it.
function peakOf(sums, begin) {
  let best = -1;
  let most = 0;
  for (let cell = 0; cell < across * down; ++cell) {
    if (sums[begin + cell] === 0) {
      continue;
    }
    let sum = 0;
    for (let dy = -1; dy <= 1; ++dy) {
      for (let dx = -1; dx <= 1; ++dx) {
        const cx = (cell % across) + dx;
        const cy = Math.floor(cell / across) + dy;
        sum += cx >= 0 && cx < across && cy >= 0 && cy < down ? sums[begin + cy * across + cx] : 0;
      }
    }
    if (sum > most) {
      most = sum;
      best = cell;
    }
  }
  return best;
}

/// The names that fit, as boxes in pixels.
export function fitNames(names, view, context) {
  context.font = font;
  const boxes = [];
  for (const name of names) {
    if (boxes.length >= mostNames) {
      break;
    }
    const text = name.text.length > 40 ? `${[...name.text].slice(0, 39).join('')}\u2026` : name.text;
    const wide = context.measureText(text).width + 6;
    const x = view.screenX(name.x);
    const y = view.screenY(name.y);
    for (const shift of [0, -16, 16]) {
      const box = { ...name, text, left: x - wide / 2, right: x + wide / 2, top: y + shift - 9, bottom: y + shift + 9 };
      const inside = box.left > 0 && box.right < view.width && box.top > 0 && box.bottom < view.height;
      if (inside && !boxes.some((other) => overlap(other, box))) {
        boxes.push(box);
        break;
      }
    }
  }
  return boxes;
}

function overlap(a, b) {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

export function drawNames(boxes, context, dark) {
  context.font = font;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.lineJoin = 'round';
  context.lineWidth = 4;
  context.strokeStyle = dark ? '#101317e0' : '#ffffffe0';
  context.fillStyle = dark ? '#f4f6f8' : '#14181d';
  for (const box of boxes) {
    const x = (box.left + box.right) / 2;
    const y = (box.top + box.bottom) / 2;
    context.strokeText(box.text, x, y);
    context.fillText(box.text, x, y);
  }
}
