/// Columns: what is known of each point.

/// Numbers whose bytes lie in planes, the lowest first, from a place on.
export function joinPlanes(bytes, first, count, planes) {
  const values = new Uint32Array(count);
  for (let plane = planes - 1; plane >= 0; --plane) {
    const begin = first + plane * count;
    for (let i = 0; i < count; ++i) {
      values[i] = (values[i] << 8) | bytes[begin + i];
    }
  }
  return values;
}

/// The first 24 bits of floats, which are all that a page has of them.
function toFloats(values) {
  for (let i = 0; i < values.length; ++i) {
    values[i] <<= 8;
  }
  return new Float32Array(values.buffer);
}

/// Words one after the other, each ended by a zero.
class Names {
  constructor(bytes) {
    this.all = new TextDecoder().decode(bytes);
    this.begins = null;
  }

  at(i) {
    if (!this.begins) {
      this.begins = [0];
      for (let end = this.all.indexOf('\0'); end >= 0; end = this.all.indexOf('\0', end + 1)) {
        this.begins.push(end + 1);
      }
    }
    return this.all.slice(this.begins[i], this.begins[i + 1] - 1);
  }

  /// Calls take(i) for each name that has `wanted` (in lower case) in it, until take returns false.
  search(wanted, take) {
    this.lower ??= this.all.toLowerCase();
    let entry = 0;
    let counted = 0; // names that end before this place are counted
    for (let hit = this.lower.indexOf(wanted); hit >= 0; hit = this.lower.indexOf(wanted, counted)) {
      for (let end = this.lower.indexOf('\0', counted); end < hit; end = this.lower.indexOf('\0', counted)) {
        ++entry;
        counted = end + 1;
      }
      if (take(entry) === false) {
        return;
      }
      counted = this.lower.indexOf('\0', hit) + 1;
      ++entry;
    }
  }
}

export class Column {
  constructor(facts, part) {
    Object.assign(this, facts);
    this.part = part;
  }

  decode(bytes, count) {
    if (this.kind === 'names') {
      return new Names(bytes);
    }
    const values = joinPlanes(bytes, 0, count, this.bytes);
    if (this.kind === 'classes') {
      return new Uint16Array(values);
    }
    return this.float ? toFloats(values) : Float64Array.from(values, (value) => value + this.offset);
  }

  /// The value of entry i for a reader; empty when it is missing.
  text(values, i) {
    if (this.kind === 'names') {
      return values.at(i);
    }
    if (this.kind === 'classes') {
      return this.classes[values[i]] ?? '';
    }
    return Number.isNaN(values[i]) ? '' : numberText(values[i], this.float);
  }
}

export function numberText(value, rounded = true) {
  if (!rounded || value === 0) {
    return String(value);
  }
  return String(Number(value.toPrecision(5)));
}

export const counted = (count) => Math.round(count).toLocaleString('en-US');
