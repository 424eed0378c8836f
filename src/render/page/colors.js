/// Colors of the points: a shade for each, and a table of what shades look like.

export const toLinear = (byte) => (byte / 255) ** 2.2;
export const toByte = (linear) => Math.round(255 * Math.min(1, Math.max(0, linear)) ** (1 / 2.2));

const steps = 256; // of a scale of numbers
const plain = { light: '#1f4e79', dark: '#a9d0f0' };
const grey = { light: '#b4b4b4', dark: '#606468' };
const mostWeight = 12; // of a point of a rare class, so that it shows among the others

function channels(hex) {
  return [1, 3, 5].map((place) => toLinear(parseInt(hex.slice(place, place + 2), 16)));
}

/// Colors that are nearly black are lightened on black, and nearly white ones darkened on white.
function readable(rgb, dark) {
  const light = 0.21 * rgb[0] + 0.72 * rgb[1] + 0.07 * rgb[2];
  if (dark && light < 0.12) {
    const share = (0.12 - light) / (1 - light);
    return rgb.map((c) => c + share * (1 - c));
  }
  return !dark && light > 0.8 ? rgb.map((c) => (c * 0.8) / light) : rgb;
}

export class Coloring {
  constructor(scaleColors) {
    this.scaleColors = scaleColors.map(channels);
    this.column = null;
    this.dark = false;
    this.scale = 'linear';
    this.hidden = new Set();
    this.focus = null; // the class that is pointed at
    this.selecting = false; // points that are not selected are muted
    this.stamp = 0; // changes when shades do
    this.table = new Float32Array(4);
  }

  /// Places in the table: classes or steps of the scale, then missing, then muted.
  get missing() {
    const column = this.column;
    return column === null ? 1 : column.kind === 'classes' ? column.classes.length : steps;
  }

  show(column) {
    this.column = column;
    this.scale = column?.kind === 'numbers' && column.low < column.high && this.isSkewed(column) ? 'rank' : 'linear';
    this.hidden = new Set();
    this.focus = null;
    ++this.stamp;
    this.rebuild();
  }

  /// Whether most of the numbers would get the lowest colors of a linear scale.
  isSkewed(column) {
    const [low, high] = column.range;
    return column.quantiles[48] - low < 0.1 * (high - low);
  }

  /// The share of the scale, from 0 to 1, at which a number lies.
  share(value) {
    const { range, quantiles } = this.column;
    if (this.scale === 'rank') {
      let a = 0;
      let b = quantiles.length - 1;
      while (b - a > 1) {
        const middle = (a + b) >> 1;
        if (quantiles[middle] <= value) {
          a = middle;
        } else {
          b = middle;
        }
      }
      const wide = quantiles[b] - quantiles[a];
      const part = wide > 0 ? Math.min(1, Math.max(0, (value - quantiles[a]) / wide)) : value > quantiles[a] ? 1 : 0;
      return (a + part) / (quantiles.length - 1);
    }
    const bend = this.scale === 'log' ? this.bend() : null;
    const place = bend ? bend(value) : value;
    const low = bend ? bend(range[0]) : range[0];
    const high = bend ? bend(range[1]) : range[1];
    return high > low ? Math.min(1, Math.max(0, (place - low) / (high - low))) : 0.5;
  }

  /// A logarithm that takes zero and negative numbers, too: odd, and linear below the usual size of the numbers.
  bend() {
    const { quantiles } = this.column;
    const usual = Math.abs(quantiles[32]) || Math.abs(quantiles[60]) || 1;
    return (value) => Math.asinh(value / (usual / 4));
  }

  shadesOf(tile, values) {
    const shades = new Uint16Array(tile.own);
    const { column, missing } = this;
    if (column?.kind === 'classes') {
      shades.set(values);
    } else if (column !== null) {
      for (let i = 0; i < shades.length; ++i) {
        const value = values[i];
        shades[i] = Number.isFinite(value) ? Math.round(this.share(value) * (steps - 1)) : missing;
      }
    }
    if (this.selecting) {
      const { selected } = tile;
      for (let i = 0; i < shades.length; ++i) {
        if (!selected || selected[i] === 0) {
          shades[i] = this.table[4 * shades[i] + 3] > 0 ? missing + 1 : shades[i];
        }
      }
    }
    tile.shades = shades;
    tile.stamp = this.stamp;
  }

  /// Linear red, green and blue of a shade.
  color(shade) {
    const theme = this.dark ? 'dark' : 'light';
    if (shade >= this.missing) {
      return channels(grey[theme]);
    }
    if (this.column === null) {
      return channels(plain[theme]);
    }
    if (this.column.kind === 'classes') {
      return readable(channels(this.column.colors[shade]), this.dark);
    }
    return this.rampColor(shade / (steps - 1));
  }

  rampColor(share) {
    const place = share * (this.scaleColors.length - 1);
    const below = Math.min(Math.floor(place), this.scaleColors.length - 2);
    const part = place - below;
    return readable(this.scaleColors[below].map((c, k) => c + part * (this.scaleColors[below + 1][k] - c)), this.dark);
  }

  css(shade) {
    return `rgb(${this.color(shade).map(toByte).join(' ')})`;
  }

  weight(shade) {
    const { column, focus } = this;
    if (this.hidden.has(shade)) {
      return 0;
    }
    if (focus !== null) {
      return shade === focus ? mostWeight : 0.05;
    }
    if (shade >= this.missing) {
      return this.selecting && shade > this.missing ? 0.05 : 0.3;
    }
    if (column?.kind === 'classes') {
      const all = column.counts.reduce((sum, count) => sum + count, 0);
      const usual = all / column.classes.length;
      return Math.min(mostWeight, Math.max(1, Math.sqrt(usual / Math.max(1, column.counts[shade]))));
    }
    return column === null ? 1 : 1 + 3 * (shade / steps) ** 3;
  }

  /// Fills the table: red, green, blue, each times the weight, and the weight.
  rebuild() {
    const size = this.missing + 2;
    this.table = new Float32Array(4 * size);
    for (let shade = 0; shade < size; ++shade) {
      const weight = this.weight(shade);
      const color = shade === this.focus || this.focus === null ? this.color(shade) : this.color(this.missing);
      this.table.set([...color.map((c) => c * weight), weight], 4 * shade);
    }
  }
}
