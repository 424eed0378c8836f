/// Mouse, touch and keyboard on the map.

const step = 60; // pixels that an arrow key moves
const clickReach = 4; // pixels that a click may slip

/// `act` has pan(dx, dy), zoomAt(x, y, factor), hover(x, y), leave(), click(x, y), lasso(points, how), line(points),
/// and keys: a function for each key.
export function listen(canvas, act, state) {
  const pointers = new Map();
  let line = null; // the lasso that is being drawn
  let began = null;

  canvas.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) {
      return;
    }
    canvas.focus({ preventScroll: true });
    canvas.setPointerCapture(event.pointerId);
    pointers.set(event.pointerId, [event.clientX, event.clientY]);
    began = [event.clientX, event.clientY];
    line = pointers.size === 1 && (state.lasso || event.shiftKey || event.altKey) ? [began] : null;
    canvas.classList.add('busy');
    act.leave();
  });

  canvas.addEventListener('pointermove', (event) => {
    const before = pointers.get(event.pointerId);
    const now = [event.clientX, event.clientY];
    if (!before) {
      act.hover(...now);
      return;
    }
    if (line && pointers.size === 1) {
      line.push(now);
      act.line(line);
    } else if (pointers.size === 1) {
      act.pan(now[0] - before[0], now[1] - before[1]);
    } else {
      const other = [...pointers].find(([id]) => id !== event.pointerId)[1];
      const apart = (p) => Math.max(10, Math.hypot(p[0] - other[0], p[1] - other[1]));
      act.pan((now[0] - before[0]) / 2, (now[1] - before[1]) / 2);
      act.zoomAt((now[0] + other[0]) / 2, (now[1] + other[1]) / 2, apart(now) / apart(before));
    }
    pointers.set(event.pointerId, now);
  });

  const end = (event) => {
    if (!pointers.delete(event.pointerId)) {
      return;
    }
    canvas.classList.remove('busy');
    const slipped = Math.hypot(event.clientX - began[0], event.clientY - began[1]) > clickReach;
    if (line && line.length > 2) {
      act.lasso(line, event.altKey ? 'remove' : event.shiftKey ? 'add' : 'new');
    } else if (!slipped && pointers.size === 0 && event.type === 'pointerup') {
      act.click(event.clientX, event.clientY);
    }
    line = null;
    act.line(null);
  };
  canvas.addEventListener('pointerup', end);
  canvas.addEventListener('pointercancel', end);
  canvas.addEventListener('pointerleave', () => act.leave());
  canvas.addEventListener('dblclick', (event) => act.zoomAt(event.clientX, event.clientY, event.shiftKey ? 0.5 : 2));
  canvas.addEventListener('wheel', (event) => {
    event.preventDefault();
    const pixels = event.deltaY * [1, 20, 400][event.deltaMode];
    act.zoomAt(event.clientX, event.clientY, Math.exp(-pixels * (event.ctrlKey ? 0.01 : 0.002)));
  }, { passive: false });

  window.addEventListener('keydown', (event) => {
    const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName ?? '');
    if (event.ctrlKey || event.metaKey || event.altKey || typing) {
      return;
    }
    const move = { ArrowLeft: [step, 0], ArrowRight: [-step, 0], ArrowUp: [0, step], ArrowDown: [0, -step] }[event.key];
    const zoom = { '+': 1.3, '=': 1.3, '-': 1 / 1.3, _: 1 / 1.3 }[event.key];
    const name = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (move) {
      act.pan(...move);
    } else if (zoom) {
      act.zoomAt(window.innerWidth / 2, window.innerHeight / 2, zoom);
    } else if (Object.hasOwn(act.keys, name)) {
      act.keys[name]();
    } else {
      return;
    }
    event.preventDefault();
  });
}
