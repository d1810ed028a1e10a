// Towns on a canvas: the largest first, as many as find room, and more of them with each zoom.
(function () {
  "use strict";
  const TG = window.TerritoryGeo;
  // Towns that are considered before anybody zooms in.
  const FIRST = 50;
  const SIZES = [
    [1e6, 13, 600],
    [3e5, 12, 600],
    [5e4, 11.5, 500],
    [0, 11, 500],
  ];

  const Towns = L.Renderer.extend({
    options: { pane: "tg-towns", padding: 0.1 },

    initialize: function (plan, data) {
      L.Renderer.prototype.initialize.call(this);
      this.plan = plan;
      this.data = data;
      this.x = TG.array(data.x);
      this.y = TG.array(data.y);
      this.population = TG.array(data.population);
      plan.on("theme", () => this._map && this._update());
    },

    latLng: function (i) {
      const data = this.data;
      return L.latLng(data.origin[1] + this.y[i] * data.grid, data.origin[0] + this.x[i] * data.grid);
    },

    onAdd: function (map) {
      // Above the dots, which would make names unreadable.
      TG.pane(map, "tg-towns", 435);
      if (!this.world) this.world = TG.project(map.options.crs, this.data, this.x, this.y);
      L.Renderer.prototype.onAdd.call(this, map);
    },

    _initContainer: function () {
      this._container = L.DomUtil.create("canvas", "tg-towns");
      this._context = this._container.getContext("2d");
    },

    _destroyContainer: function () {
      L.DomUtil.remove(this._container);
      delete this._container;
      delete this._context;
    },

    _updatePaths: function () {},

    _update: function () {
      if (this._map._animatingZoom && this._bounds) return;
      L.Renderer.prototype._update.call(this);
      if (this.plan.fittedZoom === undefined) return;
      const bounds = this._bounds;
      const size = bounds.getSize();
      const ratio = Math.min(2, window.devicePixelRatio || 1);
      L.DomUtil.setPosition(this._container, bounds.min);
      this._container.width = Math.round(size.x * ratio);
      this._container.height = Math.round(size.y * ratio);
      this._container.style.width = size.x + "px";
      this._container.style.height = size.y + "px";
      const context = this._context;
      context.setTransform(ratio, 0, 0, ratio, -bounds.min.x * ratio, -bounds.min.y * ratio);
      this._draw(context, bounds);
    },

    _draw: function (context, bounds) {
      const map = this._map;
      const crs = map.options.crs;
      const scale = crs.scale(map.getZoom()) / crs.scale(0);
      const origin = map.getPixelOrigin();
      const look = getComputedStyle(map.getContainer());
      const [ink, halo, font] = ["--tg-town", "--tg-halo", "--tg-font"].map((name) => look.getPropertyValue(name));
      // Few at first, when territories and accounts are what the map is about.
      const gain = Math.max(0, map.getZoom() - this.plan.fittedZoom);
      const room = Math.max(3, 34 - 14 * gain);
      // Whoever has a label of their own goes first.
      const taken = this.plan.centers ? this.plan.centers.boxes() : [];
      context.textBaseline = "middle";
      context.lineJoin = "round";
      const most = Math.min(this.x.length, Math.round(FIRST * Math.pow(4, gain)));
      for (let i = 0; i < most; i++) {
        const x = this.world.x[i] * scale - origin.x;
        const y = this.world.y[i] * scale - origin.y;
        if (!bounds.contains([x, y])) continue;
        const [, px, weight] = SIZES.find(([least]) => this.population[i] >= least);
        context.font = `${weight} ${px}px ${font}`;
        const width = context.measureText(this.data.name[i]).width;
        const box = [x - 4, y - px / 2 - 2, x + 7 + width, y + px / 2 + 2];
        const wide = [box[0] - room, box[1] - room / 2, box[2] + room, box[3] + room / 2];
        if (taken.some((other) => wide[0] < other[2] && other[0] < wide[2] && wide[1] < other[3] && other[1] < wide[3])) continue;
        taken.push(box);
        context.strokeStyle = halo;
        context.lineWidth = 3;
        context.fillStyle = ink;
        context.beginPath();
        context.arc(x, y, 1.8, 0, 2 * Math.PI);
        context.stroke();
        context.fill();
        context.strokeText(this.data.name[i], x + 6, y + 0.5);
        context.fillText(this.data.name[i], x + 6, y + 0.5);
      }
    },
  });

  TG.towns = function (plan, id) {
    plan.towns = new Towns(plan, TG.payload(id));
    return plan.towns;
  };
})();
