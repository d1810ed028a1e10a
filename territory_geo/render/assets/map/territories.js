// Land and territories as SVG: the land lies below, state lines above the fills, borders crisp.
(function () {
  "use strict";
  const TG = window.TerritoryGeo;

  // The land itself always stays; the layer switch is for the state lines over it.
  const Background = L.LayerGroup.extend({
    onAdd: function (map) {
      TG.pane(map, "tg-land", 210);
      TG.pane(map, "tg-lines", 410);
      if (!this._land) {
        const data = this.options.data;
        const land = L.featureGroup();
        data.shapes.forEach((shape) => {
          const latlngs = TG.unpack(shape, data.grid);
          const common = { interactive: false, smoothFactor: 0.6 };
          L.polygon(latlngs, { ...common, pane: "tg-land", className: "tg-land" }).addTo(land);
          this.addLayer(L.polygon(latlngs, { ...common, fill: false, pane: "tg-lines", className: "tg-state" }));
        });
        this._land = land.addTo(map);
      }
      L.LayerGroup.prototype.onAdd.call(this, map);
    },
  });

  TG.background = function (plan, id) {
    return new Background([], { data: TG.payload(id) });
  };

  const Territories = L.FeatureGroup.extend({
    initialize: function (plan) {
      L.FeatureGroup.prototype.initialize.call(this);
      this.plan = plan;
      this.sets = plan.data.scenarios.map(() => null);
      plan.territories = this;
      plan.on("highlight", (event) => {
        if (event.before !== null) this.mark(event.before, false);
        if (event.index !== null) this.mark(event.index, true);
      });
      plan.on("shade theme", () => this.paint());
      plan.on("scenario", () => this.swap());
      this.swap();
    },

    // The shapes of a plan are made when it is first shown.
    _make: function () {
      const { data, now } = this.plan;
      return now.shapes.map((shape, i) => {
        const path = L.polygon(TG.unpack(shape, data.grid), { className: "tg-territory", smoothFactor: 0.6 });
        path.on("mouseover click", () => (this.plan.under = i));
        path.on("mouseout", () => {
          if (this.plan.under === i) this.plan.under = null;
        });
        path.on("add", () => {
          path.getElement().dataset.territory = i;
        });
        return path;
      });
    },

    swap: function () {
      const index = this.plan.index;
      if (!this.sets[index]) this.sets[index] = this._make();
      this.clearLayers();
      this.shapes = this.sets[index];
      this.shapes.forEach((path) => {
        // Paper below the fill, so that colours are the same with and without land on the map.
        if (!this.plan.data.tiles) {
          const paper = { interactive: false, smoothFactor: 0.6, pane: "tg-land", className: "tg-paper" };
          this.addLayer(L.polygon(path.getLatLngs(), paper));
        }
        this.addLayer(path);
      });
      this.paint();
    },

    paint: function () {
      if (this._map) this._map.getContainer().classList.toggle("tg-shaded", this.plan.view !== null);
      this.shapes.forEach((path, i) => path.setStyle({ fillColor: this.plan.fill(i) }));
    },

    onAdd: function (map) {
      TG.pane(map, "tg-land", 210);
      L.FeatureGroup.prototype.onAdd.call(this, map);
    },

    mark: function (index, on) {
      const path = this.shapes[index];
      const node = path && path.getElement();
      if (!node) return;
      node.classList.toggle("tg-highlight", on);
      if (on) path.bringToFront();
    },

    // Whether a place of the layer lies in a territory as it is drawn.
    holds: function (index, x, y) {
      const node = this._map && this.shapes[index].getElement();
      return !node || node.isPointInFill(new DOMPoint(x, y));
    },

    bounds: function (index) {
      return this.shapes[index].getBounds();
    },
  });

  TG.territories = function (plan) {
    return new Territories(plan);
  };
})();
