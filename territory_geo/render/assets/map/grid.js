// Points in a grid of cells, built once: what lies in a window, and what is nearest to a place.
(function () {
  "use strict";
  const TG = window.TerritoryGeo;
  const PER_CELL = 12;
  const RADIANS = Math.PI / 180;

  // Positions at zoom 0 in pixels, without an object for each of them; every other zoom is a multiple.
  TG.project = function (crs, data, x, y) {
    const n = x.length;
    const wx = new Float64Array(n);
    const wy = new Float64Array(n);
    const [west, south] = data.origin;
    const at = (lat, lng) => crs.latLngToPoint(L.latLng(lat, lng), 0);
    const zero = at(0, 0);
    const perX = (at(0, 90).x - zero.x) / 90;
    const mercator = crs !== L.CRS.Simple;
    const perY = mercator ? (at(45, 0).y - zero.y) / Math.asinh(Math.tan(45 * RADIANS)) : (at(45, 0).y - zero.y) / 45;
    for (let i = 0; i < n; i++) {
      const lat = south + y[i] * data.grid;
      wx[i] = zero.x + perX * (west + x[i] * data.grid);
      wy[i] = zero.y + perY * (mercator ? Math.asinh(Math.tan(lat * RADIANS)) : lat);
    }
    return { x: wx, y: wy };
  };

  TG.Grid = class {
    constructor(world) {
      const n = world.x.length;
      let [x0, y0, x1, y1] = [Infinity, Infinity, -Infinity, -Infinity];
      for (let i = 0; i < n; i++) {
        if (world.x[i] < x0) x0 = world.x[i];
        if (world.x[i] > x1) x1 = world.x[i];
        if (world.y[i] < y0) y0 = world.y[i];
        if (world.y[i] > y1) y1 = world.y[i];
      }
      const extent = Math.max(x1 - x0, y1 - y0, 1e-9);
      this.world = world;
      this.size = extent / Math.max(1, Math.ceil(Math.sqrt(n / PER_CELL)));
      this.x0 = x0;
      this.y0 = y0;
      this.columns = Math.floor((x1 - x0) / this.size) + 1;
      this.rows = Math.floor((y1 - y0) / this.size) + 1;
      const cell = new Uint32Array(n);
      this.start = new Uint32Array(this.columns * this.rows + 1);
      for (let i = 0; i < n; i++) {
        cell[i] = this.column(world.x[i]) + this.columns * this.row(world.y[i]);
        this.start[cell[i] + 1]++;
      }
      for (let c = 0; c < this.columns * this.rows; c++) this.start[c + 1] += this.start[c];
      const next = this.start.slice();
      this.order = new Uint32Array(n);
      for (let i = 0; i < n; i++) this.order[next[cell[i]]++] = i;
    }

    column(x) {
      return Math.max(0, Math.min(this.columns - 1, Math.floor((x - this.x0) / this.size)));
    }

    row(y) {
      return Math.max(0, Math.min(this.rows - 1, Math.floor((y - this.y0) / this.size)));
    }

    // Calls back with the first and the last place in `order` of each run of points near a window.
    runs(x0, y0, x1, y1, callback) {
      const a = this.column(x0);
      const b = this.column(x1);
      const last = this.row(y1);
      for (let row = this.row(y0); row <= last; row++) {
        callback(this.start[row * this.columns + a], this.start[row * this.columns + b + 1]);
      }
    }

    // The point nearest to (x, y) within reach for which `allowed` holds, or -1; of equals the first.
    nearest(x, y, reach, allowed) {
      let best = -1;
      let closest = reach * reach;
      this.runs(x - reach, y - reach, x + reach, y + reach, (from, to) => {
        for (let k = from; k < to; k++) {
          const i = this.order[k];
          const dx = this.world.x[i] - x;
          const dy = this.world.y[i] - y;
          const distance = dx * dx + dy * dy;
          if (distance > closest || (distance === closest && best >= 0 && best < i) || !allowed(i)) continue;
          closest = distance;
          best = i;
        }
      });
      return best;
    }
  };
})();
