/// The whole map in a corner, and what of it the window shows.
import { opacityOf, pointStyle } from './style.js';
import { toByte } from './colors.js';

const least = 1.3; // zoom from which on the window shows a part

export class Minimap {
  /// `app` has tiles, view and coloring; `moved` is called when the user has moved the view.
  constructor(app, canvas, moved) {
    Object.assign(this, { app, canvas });
    this.picture = document.createElement('canvas');
    this.picture.width = canvas.width;
    this.picture.height = canvas.height;
    this.stamp = null;
    const go = (event) => {
      const box = canvas.getBoundingClientRect();
      const [left, , , top, scale] = this.frame();
      app.view.x = left + (event.clientX - box.left) / scale;
      app.view.y = top - (event.clientY - box.top) / scale;
      moved();
    };
    canvas.addEventListener('pointerdown', (event) => {
      canvas.setPointerCapture(event.pointerId);
      go(event);
    });
    canvas.addEventListener('pointermove', (event) => event.buttons === 1 && go(event));
  }

  /// The part of the map that is shown, and pixels per map unit.
  frame() {
    const [left, right, bottom, top] = this.app.view.frame;
    const side = 1.08 * Math.max(right - left, top - bottom);
    const x = (left + right - side) / 2;
    const y = (bottom + top + side) / 2;
    return [x, x + side, y - side, y, this.canvas.width / side];
  }

  draw() {
    const { view, tiles, coloring } = this.app;
    this.canvas.hidden = view.zoom < least;
    if (this.canvas.hidden || !tiles.root.shades) {
      return;
    }
    const stamp = [coloring.stamp, coloring.dark, [...coloring.hidden].join(), tiles.root.stamp].join(' ');
    if (this.stamp !== stamp && coloring.focus === null) {
      this.drawPicture();
      this.stamp = stamp;
    }
    const context = this.canvas.getContext('2d');
    context.clearRect(0, 0, this.canvas.width, this.canvas.height);
    context.drawImage(this.picture, 0, 0);
    const [left, , , top, scale] = this.frame();
    const [from, to, low, high] = view.bounds();
    context.strokeStyle = coloring.dark ? '#6fb2ff' : '#0b62c4';
    context.lineWidth = 1.5;
    const wide = Math.max(4, (to - from) * scale);
    const tall = Math.max(4, (high - low) * scale);
    const x = ((from + to) / 2 - left) * scale;
    const y = (top - (low + high) / 2) * scale;
    context.strokeRect(x - wide / 2, y - tall / 2, wide, tall);
  }

  drawPicture() {
    const { tiles, coloring } = this.app;
    const { root } = tiles;
    const side = this.canvas.width;
    const [left, right, bottom, top, scale] = this.frame();
    const table = coloring.table;
    const sums = new Float32Array(4 * side * side);
    for (let i = 0; i < root.own; ++i) {
      const x = Math.floor((root.mapX(i) - left) * scale);
      const y = Math.floor((top - root.mapY(i)) * scale);
      if (x >= 0 && x < side && y >= 0 && y < side) {
        const weight = root.weights ? root.weights[i] : 1;
        for (let k = 0; k < 4; ++k) {
          sums[4 * (y * side + x) + k] += table[4 * root.shades[i] + k] * weight;
        }
      }
    }
    const style = pointStyle([{ tile: root, weights: root.weights }], { width: side, height: side,
      screenX: (x) => (x - left) * scale, screenY: (y) => (top - y) * scale }, { size: 0, opacity: 0 });
    const image = this.picture.getContext('2d').createImageData(side, side);
    for (let p = 0; p < side * side; ++p) {
      const sum = sums[4 * p + 3];
      for (let k = 0; k < 3 && sum > 0; ++k) {
        image.data[4 * p + k] = toByte(sums[4 * p + k] / sum);
      }
      image.data[4 * p + 3] = 255 * Math.min(1, opacityOf(sum, style));
    }
    this.picture.getContext('2d').putImageData(image, 0, 0);
  }
}
