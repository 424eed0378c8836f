/// Drawing points without a graphics card: sums of light in memory, which become the pixels of a canvas.
import { opacityOf } from './style.js';
import { toByte } from './colors.js';

const pad = 20; // pixels around the window, so that points at its edge need no checks
const opacitySteps = 16; // for each unit of weight
const mostWeightSum = 256;
const brightSteps = 1024;

export class CanvasRenderer {
  constructor(canvas) {
    this.canvas = canvas;
    this.context = canvas.getContext('2d');
    this.name = 'canvas';
    this.restBudget = 8e6; // points of a picture that nobody is waiting for
    this.bytes = Uint8Array.from({ length: brightSteps + 1 }, (_, i) => toByte(i / brightSteps));
  }

  resize(width, height) {
    this.canvas.width = width;
    this.canvas.height = height;
    this.stride = width + 2 * pad;
    this.sums = new Float32Array(4 * this.stride * (height + 2 * pad));
    this.image = this.context.createImageData(width, height);
    this.pixels = new Int32Array(this.image.data.buffer);
  }

  begin(view, ratio, style, table) {
    this.sums.fill(0);
    this.view = view;
    this.ratio = ratio;
    this.style = style;
    this.table = table;
    this.disc = discOf(style.diameter * ratio, this.stride);
  }

  /// Every so many-th point of a tile; `weights` of all of them, or null: 1.
  add(tile, weights, every) {
    const { view, ratio, stride, table, sums } = this;
    const { xs, ys, shades } = tile;
    const scaleX = tile.side * view.scale * ratio;
    const left = view.screenX(tile.x) * ratio + pad;
    const bottom = view.screenY(tile.y) * ratio + pad;
    const most = pad - 2;
    const endX = this.canvas.width + pad + most;
    const endY = this.canvas.height + pad + most;
    const { offsets, shares } = this.disc;
    const single = offsets.length === 1;
    for (let i = 0; i < xs.length; i += every) {
      const x = left + xs[i] * scaleX;
      const y = bottom - ys[i] * scaleX;
      const color = 4 * shades[i];
      const weight = weights === null ? every : weights[i] * every;
      const heavy = table[color + 3] * weight;
      if (!(x >= 2 && x < endX && y >= 2 && y < endY) || heavy === 0) {
        continue;
      }
      const center = (y | 0) * stride + (x | 0);
      if (single) {
        const place = 4 * center;
        sums[place] += table[color] * weight;
        sums[place + 1] += table[color + 1] * weight;
        sums[place + 2] += table[color + 2] * weight;
        sums[place + 3] += heavy;
        continue;
      }
      if (x < pad - most + 16 || y < pad - most + 16 || x >= endX - 16 || y >= endY - 16) {
        continue;
      }
      for (let k = 0; k < offsets.length; ++k) {
        const place = 4 * (center + offsets[k]);
        const share = shares[k] * weight;
        sums[place] += table[color] * share;
        sums[place + 1] += table[color + 1] * share;
        sums[place + 2] += table[color + 2] * share;
        sums[place + 3] += shares[k] * heavy;
      }
    }
  }

  show() {
    const { width, height } = this.canvas;
    const { sums, pixels, bytes, stride } = this;
    const opacities = this.opacities();
    const most = opacities.length - 1;
    for (let y = 0; y < height; ++y) {
      let place = 4 * ((y + pad) * stride + pad);
      const end = (y + 1) * width;
      for (let pixel = y * width; pixel < end; ++pixel, place += 4) {
        const sum = sums[place + 3];
        let value = 0;
        if (sum > 0) {
          const factor = brightSteps / sum;
          const step = (sum * opacitySteps) | 0;
          value = (opacities[step > most ? most : step] << 24) | (bytes[(sums[place + 2] * factor) | 0] << 16)
            | (bytes[(sums[place + 1] * factor) | 0] << 8) | bytes[(sums[place] * factor) | 0];
        }
        pixels[pixel] = value;
      }
    }
    this.context.putImageData(this.image, 0, 0);
  }

  /// Opacities of sums of weights, in equal steps.
  opacities() {
    const table = new Uint8Array(mostWeightSum * opacitySteps + 1);
    for (let i = 0; i < table.length; ++i) {
      table[i] = Math.round(255 * Math.min(1, opacityOf((i + 0.5) / opacitySteps, this.style)));
    }
    return table;
  }
}

/// Pixels of a disc: offsets from the middle, and how much of each it covers.
function discOf(diameter, stride) {
  const radius = Math.min(diameter / 2, 16);
  if (diameter <= 1.6) {
    return { offsets: Int32Array.of(0), shares: Float32Array.of(1) };
  }
  const offsets = [];
  const shares = [];
  const reach = Math.ceil(radius);
  for (let dy = -reach; dy <= reach; ++dy) {
    for (let dx = -reach; dx <= reach; ++dx) {
      const share = Math.min(1, radius + 0.5 - Math.hypot(dx, dy));
      if (share > 0.05) {
        offsets.push(dy * stride + dx);
        shares.push(share);
      }
    }
  }
  return { offsets: Int32Array.from(offsets), shares: Float32Array.from(shares) };
}
