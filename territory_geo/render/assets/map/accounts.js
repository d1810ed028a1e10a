// Accounts on one canvas that takes no part in pointer events: dots, or rings with counts when there are too many.
(function () {
  "use strict";
  const TG = window.TerritoryGeo;
  const REACH = 7;
  const MANY = 40000;
  const CLASSES = 5;

  TG.CATEGORY = ["#1f57b5", "#d97a06", "#0a8f74", "#b3265e", "#6d4bd1", "#8a6414", "#0f7fa8", "#7a7f87"];
  TG.CATEGORY_DARK = ["#7fb2ff", "#ffb454", "#4fdcbc", "#ff86b0", "#bda6ff", "#e5c069", "#6fd3f2", "#b9c0c8"];
  // Where the territories' colours say how much, dots say only where.
  TG.PLAIN = "#3b4a5a";
  TG.PLAIN_DARK = "#bfcad6";
  TG.RAMP = ["#9fb8dd", "#6f93cc", "#416fb5", "#214c93", "#0b2a63"];
  TG.RAMP_DARK = ["#2d5187", "#3f72b8", "#6397dd", "#94bdf3", "#d3e5ff"];

  const Accounts = L.Renderer.extend({
    options: { pane: "tg-accounts", padding: 0.2 },

    initialize: function (plan, data) {
      L.Renderer.prototype.initialize.call(this);
      this.plan = plan;
      this.data = data;
      this.x = TG.array(data.x);
      this.y = TG.array(data.y);
      this.territories = data.territory.map(TG.array);
      this.values = data.values.map(TG.array);
      this.categories = data.categories.map((part) => ({ ...part, codes: TG.array(part.codes) }));
      this.mask = new Uint8Array(data.n).fill(1);
      this.colour = { kind: "territory" };
      this.hidden = data.categories.map(() => new Set());
      this.movedOnly = false;
      this._recolour();
      plan.on("scenario", () => (this._recolour(), this.filter()));
      plan.on("theme shade", () => this.refresh());
    },

    territory: function (i) {
      return this.territories[this.plan.index][i];
    },

    latLng: function (i) {
      const data = this.data;
      return L.latLng(data.origin[1] + this.y[i] * data.grid, data.origin[0] + this.x[i] * data.grid);
    },

    // Which colour each account has: its territory's, its category's, or the fifth of a measure that it is in.
    colourBy: function (colour) {
      this.colour = colour;
      this._recolour();
      this.refresh();
      this.plan.fire("colour");
    },

    _recolour: function () {
      const { kind, index } = this.colour;
      if (kind === "category") this.codes = this.categories[index].codes;
      else if (kind === "measure") this.codes = this._fifths(index);
      else this.codes = this.territories[this.plan.index];
    },

    _fifths: function (index) {
      const values = this.values[index];
      const known = Float64Array.from(values.filter(Number.isFinite)).sort();
      const limit = (share) => known[Math.min(known.length - 1, Math.floor(share * known.length))];
      this.limits = [];
      for (let c = 1; c < CLASSES; c++) this.limits.push(limit(c / CLASSES));
      // Where many values are equal two limits may be; the classes between them stay empty.
      const codes = new Uint8Array(values.length);
      for (let i = 0; i < values.length; i++) {
        let c = 0;
        while (c < CLASSES - 1 && values[i] >= this.limits[c]) c++;
        codes[i] = c;
      }
      return codes;
    },

    palette: function () {
      const { kind, index } = this.colour;
      const dark = this.plan.dark;
      if (kind === "measure") return dark ? TG.RAMP_DARK : TG.RAMP;
      if (kind === "category") {
        const colors = dark ? TG.CATEGORY_DARK : TG.CATEGORY;
        return this.categories[index].values.map((_, i) => colors[i % colors.length]);
      }
      const plain = dark ? TG.PLAIN_DARK : TG.PLAIN;
      return this.plan.now.territories.map((_, i) => (this.plan.view === null ? this.plan.dot(i) : plain));
    },

    // Show some of the accounts: nothing is built anew, a mask is filled and the canvas painted.
    filter: function () {
      const n = this.data.n;
      const codes = this.territories[this.plan.index];
      const hidden = this.hidden.map((values, c) => ({ codes: this.categories[c].codes, values: values }));
      const active = hidden.filter((part) => part.values.size);
      let shown = 0;
      for (let i = 0; i < n; i++) {
        let on = this.movedOnly ? +this.plan.hasMoved(i, codes[i]) : 1;
        for (let a = 0; on && a < active.length; a++) on = +!active[a].values.has(active[a].codes[i]);
        this.mask[i] = on;
        shown += on;
      }
      this.shown = shown;
      this.refresh();
      this.plan.fire("filter");
    },

    refresh: function () {
      this._clusters = null;
      if (this._map && this._bounds) this._update();
    },

    onAdd: function (map) {
      TG.pane(map, "tg-accounts", 430);
      if (!this.grid) {
        this.world = TG.project(map.options.crs, this.data, this.x, this.y);
        this.grid = new TG.Grid(this.world);
      }
      L.Renderer.prototype.onAdd.call(this, map);
      this.plan.pick = (point) => this.pick(point);
    },

    onRemove: function () {
      this.plan.pick = null;
      L.Renderer.prototype.onRemove.call(this);
    },

    _initContainer: function () {
      this._container = L.DomUtil.create("canvas", "tg-canvas");
      this._context = this._container.getContext("2d");
    },

    _destroyContainer: function () {
      L.DomUtil.remove(this._container);
      delete this._container;
      delete this._context;
    },

    _updatePaths: function () {},

    _scale: function () {
      const crs = this._map.options.crs;
      return crs.scale(this._map.getZoom()) / crs.scale(0);
    },

    // Rings while a screen would hold too many dots, which is below one zoom.
    clustered: function () {
      const most = this.data.clusterAbove;
      if (!most || this.data.n <= most) return false;
      const gain = this._map.getZoom() - this.plan.fittedZoom;
      return this.data.n / Math.pow(4, Math.max(0, gain)) > most;
    },

    radius: function () {
      const gain = this._map.getZoom() - this.plan.fittedZoom;
      // Few accounts may be seen from afar, many must leave room for each other.
      const usual = this.data.n < 1500 ? 2.6 : this.data.n < 12000 ? 1.7 : 1.2;
      const start = Math.max(1, usual * Math.min(1, this._map.getSize().x / 1200));
      return Math.max(1, Math.min(5.5, start + 0.65 * (gain || 0)));
    },

    _update: function () {
      if (this._map._animatingZoom && this._bounds) return;
      L.Renderer.prototype._update.call(this);
      // The first view comes once the panels have their sizes; what is drawn before nobody sees.
      if (this.plan.fittedZoom === undefined) return;
      const bounds = this._bounds;
      const size = bounds.getSize();
      const ratio = Math.min(this.data.n > MANY ? 1.5 : 3, window.devicePixelRatio || 1);
      const width = Math.round(size.x * ratio);
      const height = Math.round(size.y * ratio);
      L.DomUtil.setPosition(this._container, bounds.min);
      this._container.width = width;
      this._container.height = height;
      this._container.style.width = size.x + "px";
      this._container.style.height = size.y + "px";
      if (this.clustered()) this._drawClusters(bounds, ratio);
      else this._drawDots(bounds, ratio, width, height);
    },

    _drawDots: function (bounds, ratio, width, height) {
      const scale = this._scale();
      const origin = this._map.getPixelOrigin().add(bounds.min);
      const painter = new TG.Painter(this._context, width, height);
      const radius = this.radius();
      const colors = this.palette().map(TG.pixel);
      const { mask, codes, world, grid } = this;
      const x0 = origin.x / scale;
      const y0 = origin.y / scale;
      const draw = (paint) => {
        grid.runs(x0, y0, x0 + bounds.getSize().x / scale, y0 + bounds.getSize().y / scale, (from, to) => {
          for (let k = from; k < to; k++) {
            const i = grid.order[k];
            if (mask[i]) paint((world.x[i] * scale - origin.x) * ratio, (world.y[i] * scale - origin.y) * ratio, i);
          }
        });
      };
      // A light rim first, under all dots, so that crowds stay dots and do not become a blot of rims.
      if (this.data.n <= MANY) {
        const rim = TG.pixel(this.plan.dark ? "#1b222b" : "#ffffff");
        painter.begin((radius + Math.min(0.8, radius * 0.4)) * ratio);
        draw((x, y) => painter.dot(x, y, rim, 0.55));
      }
      painter.begin(radius * ratio);
      draw((x, y, i) => painter.dot(x, y, colors[codes[i]], 1));
      painter.end();
    },

    _drawClusters: function (bounds, ratio) {
      const level = Math.floor(this._map.getZoom() * 2) / 2;
      const colors = this.palette();
      if (!this._clusters || this._clusters.level !== level) {
        const crs = this._map.options.crs;
        const scale = crs.scale(level) / crs.scale(0);
        const mask = this.mask;
        this._clusters = {
          level: level,
          list: TG.cluster(this.world, scale, this.codes, colors.length, (i) => mask[i] === 1),
        };
      }
      // Rings stand elsewhere at each zoom, and labels keep clear of them.
      if (this._arranged !== this._map.getZoom() || this._arrangedFor !== this._clusters) {
        this._arranged = this._map.getZoom();
        this._arrangedFor = this._clusters;
        requestAnimationFrame(() => this._map && this.plan.centers && this.plan.centers.arrange());
      }
      const scale = this._scale();
      const origin = this._map.getPixelOrigin();
      const look = getComputedStyle(this._map.getContainer());
      const style = {
        rim: look.getPropertyValue("--tg-panel"),
        panel: look.getPropertyValue("--tg-panel"),
        ink: look.getPropertyValue("--tg-ink"),
        font: look.getPropertyValue("--tg-font"),
      };
      const context = this._context;
      context.setTransform(ratio, 0, 0, ratio, -bounds.min.x * ratio, -bounds.min.y * ratio);
      for (const cluster of this._clusters.list) {
        const x = cluster.x * scale - origin.x;
        const y = cluster.y * scale - origin.y;
        if (!bounds.contains([x, y])) continue;
        TG.drawCluster(context, x, y, cluster, (code) => colors[code], style);
      }
    },

    // What is at a point of the container: { account } or { cluster }, or null.
    pick: function (point) {
      const scale = this._scale();
      const at = this._map.containerPointToLayerPoint(point).add(this._map.getPixelOrigin());
      if (this.clustered()) {
        const list = (this._clusters && this._clusters.list) || [];
        for (let k = list.length - 1; k >= 0; k--) {
          const reach = TG.clusterRadius(list[k].n) + 2;
          if (Math.hypot(list[k].x * scale - at.x, list[k].y * scale - at.y) <= reach) return { cluster: list[k] };
        }
        return null;
      }
      const reach = Math.max(REACH, this.radius() + 2) / scale;
      const found = this.grid.nearest(at.x / scale, at.y / scale, reach, (i) => this.mask[i] === 1);
      return found < 0 ? null : { account: found };
    },

    // Where rings with counts stand, as boxes of layer pixels.
    boxes: function () {
      if (!this._map || !this._clusters || !this.clustered()) return [];
      const scale = this._scale();
      const origin = this._map.getPixelOrigin();
      return this._clusters.list.map((cluster) => {
        const [x, y] = [cluster.x * scale - origin.x, cluster.y * scale - origin.y];
        const reach = TG.clusterRadius(cluster.n) + 1;
        return [x - reach, y - reach, x + reach, y + reach];
      });
    },

    clusterCenter: function (cluster) {
      return this._map.options.crs.pointToLatLng(L.point(cluster.x, cluster.y), 0);
    },
  });

  TG.accounts = function (plan, id) {
    plan.accounts = new Accounts(plan, TG.payload(id));
    plan.accounts.shown = plan.accounts.data.n;
    return plan.accounts;
  };
})();
