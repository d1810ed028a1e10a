// Land and territories as SVG: the land lies below, state lines above the fills, borders crisp.
(function () {
  "use strict";
  const TG = window.TerritoryGeo;

  function pane(map, name, zIndex) {
    if (map.getPane(name)) return;
    const node = map.createPane(name);
    node.style.zIndex = zIndex;
    node.style.pointerEvents = "none";
  }

  // The land itself always stays; the layer switch is for the state lines over it.
  const Background = L.LayerGroup.extend({
    onAdd: function (map) {
      pane(map, "tg-land", 210);
      pane(map, "tg-lines", 410);
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
      const data = plan.data;
      this.shapes = data.shapes.map((shape, i) => {
        const path = L.polygon(TG.unpack(shape, data.grid), {
          className: "tg-territory",
          fillColor: data.fills[i],
          smoothFactor: 0.6,
        });
        path.on("mouseover click", () => (plan.under = i));
        path.on("mouseout", () => {
          if (plan.under === i) plan.under = null;
        });
        // Paper below the fill, so that colours are the same with and without land on the map.
        const paper = { interactive: false, smoothFactor: 0.6, pane: "tg-land", className: "tg-paper" };
        this.addLayer(L.polygon(path.getLatLngs(), paper));
        this.addLayer(path);
        return path;
      });
      plan.territories = this;
      plan.on("highlight", (event) => {
        if (event.before !== null) this.mark(event.before, false);
        if (event.index !== null) this.mark(event.index, true);
      });
    },
    onAdd: function (map) {
      pane(map, "tg-land", 210);
      L.FeatureGroup.prototype.onAdd.call(this, map);
      this.shapes.forEach((path, i) => (path.getElement().dataset.territory = i));
    },
    mark: function (index, on) {
      const node = this.shapes[index].getElement();
      if (!node) return;
      node.classList.toggle("tg-highlight", on);
      if (on) this.shapes[index].bringToFront();
    },
    bounds: function (index) {
      return this.shapes[index].getBounds();
    },
  });

  TG.territories = function (plan) {
    return new Territories(plan);
  };
})();
