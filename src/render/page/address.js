/// The fragment of the page's address: where the map is looked at, and how.

/// What a fragment asks for; whatever has no meaning is left out.
export function readWishes(wishes) {
  const dark = wishes.get('dark');
  const scale = wishes.get('scale');
  const [x, y, zoom] = ['x', 'y', 'zoom'].map((name) => Number.parseFloat(wishes.get(name)));
  const isPlace = Number.isFinite(x) && Number.isFinite(y) && zoom > 0 && zoom < 1e6;
  return {
    dark: dark === null ? null : dark === '1',
    color: wishes.get('color'),
    scale: ['linear', 'log', 'rank'].includes(scale) ? scale : null,
    hidden: (wishes.get('hidden') ?? '').split(',').filter((text) => /^\d+$/.test(text)).map(Number),
    place: isPlace ? { x, y, zoom } : null,
  };
}

export function writeWishes(view, coloring, forced) {
  const digits = (value) => String(Number(value.toPrecision(7)));
  const wishes = new URLSearchParams({ x: digits(view.x), y: digits(view.y), zoom: digits(view.zoom) });
  wishes.set('color', coloring.column?.name ?? '');
  if (coloring.column?.kind === 'numbers') {
    wishes.set('scale', coloring.scale);
  }
  if (coloring.hidden.size > 0) {
    wishes.set('hidden', [...coloring.hidden].join(','));
  }
  wishes.set('dark', coloring.dark ? '1' : '0');
  if (forced) {
    wishes.set('draw', forced);
  }
  return wishes.toString();
}
