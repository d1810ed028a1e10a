// Accounts as dots on one canvas that takes no part in pointer events; picking is by distance on the screen.
(function () {
  "use strict";
  const TG = window.TerritoryGeo;
  const REACH = 7;

  const Accounts = L.Renderer.extend({
    options: { pane: "tg-accounts", padding: 0.25 },

    initialize: function (plan, data) {
      L.Renderer.prototype.initialize.call(this);
      this.plan = plan;
      this.data = data;
      // Order of drawing: one colour after the other.
      this.order = data.x.map((_, i) => i).sort((a, b) => data.territory[a] - data.territory[b] || a - b);
    },

    latLng: function (i) {
      const data = this.data;
      return L.latLng(data.origin[1] + data.y[i] * data.grid, data.origin[0] + data.x[i] * data.grid);
    },

    onAdd: function (map) {
      if (!map.getPane("tg-accounts")) {
        const pane = map.createPane("tg-accounts");
        pane.style.zIndex = 430;
        pane.style.pointerEvents = "none";
      }
      if (!this.world) {
        // Positions at zoom 0; every other zoom is a multiple of them.
        this.world = this.data.x.map((_, i) => map.options.crs.latLngToPoint(this.latLng(i), 0));
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

    radius: function () {
      const gain = this._map.getZoom() - this.plan.fittedZoom;
      const start = Math.max(1, Math.min(1.7, this._map.getSize().x / 800));
      return Math.max(1, Math.min(5.5, start + 0.65 * (gain || 0)));
    },

    _update: function () {
      if (this._map._animatingZoom && this._bounds) return;
      L.Renderer.prototype._update.call(this);
      const bounds = this._bounds;
      const size = bounds.getSize();
      const ratio = Math.min(3, window.devicePixelRatio || 1);
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
      const scale = this._scale();
      const origin = this._map.getPixelOrigin();
      const radius = this.radius();
      const dots = [];
      for (const i of this.order) {
        const x = this.world[i].x * scale - origin.x;
        const y = this.world[i].y * scale - origin.y;
        if (x < bounds.min.x || y < bounds.min.y || x > bounds.max.x || y > bounds.max.y) continue;
        dots.push([x, y, this.data.territory[i]]);
      }
      const rim = Math.min(0.8, radius * 0.4);
      // A light rim first, under all dots, so that crowds stay dots and do not become a blot of rims.
      context.fillStyle = "rgba(255,255,255,0.55)";
      context.beginPath();
      for (const [x, y] of dots) {
        context.moveTo(x + radius + rim, y);
        context.arc(x, y, radius + rim, 0, 2 * Math.PI);
      }
      context.fill();
      let color = -1;
      for (const [x, y, territory] of dots) {
        if (territory !== color) {
          if (color !== -1) context.fill();
          color = territory;
          context.fillStyle = this.plan.data.darks[territory];
          context.beginPath();
        }
        context.moveTo(x + radius, y);
        context.arc(x, y, radius, 0, 2 * Math.PI);
      }
      if (color !== -1) context.fill();
    },

    // The account nearest to a point of the container, or -1.
    pick: function (point) {
      const scale = this._scale();
      const origin = this._map.getPixelOrigin();
      const at = this._map.containerPointToLayerPoint(point);
      const reach = Math.max(REACH, this.radius() + 2);
      let best = -1;
      let closest = reach * reach;
      for (let i = 0; i < this.world.length; i++) {
        const dx = this.world[i].x * scale - origin.x - at.x;
        const dy = this.world[i].y * scale - origin.y - at.y;
        const distance = dx * dx + dy * dy;
        if (distance < closest) {
          closest = distance;
          best = i;
        }
      }
      return best;
    },
  });

  TG.accounts = function (plan, id) {
    plan.accounts = new Accounts(plan, TG.payload(id));
    return plan.accounts;
  };
})();
