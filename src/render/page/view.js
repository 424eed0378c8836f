/// Which part of the map the window shows.

export class View {
  /// `frame` is what the whole map is taken to be: [left, right, bottom, top].
  constructor(frame) {
    this.frame = frame;
    this.width = 1;
    this.height = 1;
    this.insets = { left: 0, right: 0, top: 0, bottom: 0 }; // pixels that panels cover
    this.x = (frame[0] + frame[1]) / 2; // of the middle of the window
    this.y = (frame[2] + frame[3]) / 2;
    this.scale = 1; // pixels per map unit
  }

  /// Pixels per map unit at which the frame fits.
  scaleOf(frame) {
    const { left, right, top, bottom } = this.insets;
    const width = Math.max(50, this.width - left - right);
    const height = Math.max(50, this.height - top - bottom);
    return 0.94 * Math.min(width / (frame[1] - frame[0]), height / (frame[3] - frame[2]));
  }

  fit(frame = this.frame) {
    this.scale = Math.min(this.scaleOf(frame), this.mostScale());
    const { left, right, top, bottom } = this.insets;
    this.x = (frame[0] + frame[1]) / 2 + (right - left) / 2 / this.scale;
    this.y = (frame[2] + frame[3]) / 2 + (top - bottom) / 2 / this.scale;
  }

  mostScale() {
    return 20000 * this.scaleOf(this.frame);
  }

  get zoom() {
    return this.scale / this.scaleOf(this.frame);
  }

  screenX(x) {
    return (x - this.x) * this.scale + this.width / 2;
  }

  screenY(y) {
    return (this.y - y) * this.scale + this.height / 2;
  }

  mapX(px) {
    return this.x + (px - this.width / 2) / this.scale;
  }

  mapY(py) {
    return this.y - (py - this.height / 2) / this.scale;
  }

  pan(dx, dy) {
    this.x -= dx / this.scale;
    this.y += dy / this.scale;
    this.keepInSight();
  }

  /// Zooms by a factor; what is at the pixel stays there.
  zoomAt(px, py, factor) {
    const x = this.mapX(px);
    const y = this.mapY(py);
    const least = 0.2 * this.scaleOf(this.frame);
    this.scale = Math.min(this.mostScale(), Math.max(least, this.scale * factor));
    this.x = x - (px - this.width / 2) / this.scale;
    this.y = y + (py - this.height / 2) / this.scale;
    this.keepInSight();
  }

  keepInSight() {
    const [left, right, bottom, top] = this.frame;
    const wide = right - left;
    const high = top - bottom;
    this.x = Math.min(right + 3 * wide, Math.max(left - 3 * wide, this.x));
    this.y = Math.min(top + 3 * high, Math.max(bottom - 3 * high, this.y));
  }

  bounds() {
    return [this.mapX(0), this.mapX(this.width), this.mapY(this.height), this.mapY(0)];
  }

  /// Share of a tile's square within the window.
  visibleShare(tile) {
    const [left, right, bottom, top] = this.bounds();
    const wide = Math.min(right, tile.x + tile.side) - Math.max(left, tile.x);
    const high = Math.min(top, tile.y + tile.side) - Math.max(bottom, tile.y);
    return wide <= 0 || high <= 0 ? 0 : (wide * high) / (tile.side * tile.side);
  }
}
