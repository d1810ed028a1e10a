// The namespace, the model of a plan, numbers as text, and shapes unpacked from integers.
(function () {
  "use strict";
  const TG = (window.TerritoryGeo = window.TerritoryGeo || {});

  // Folium's popups build one element with jQuery; this is all they need of it.
  window.$ = window.$ || function (markup) {
    const template = document.createElement("template");
    template.innerHTML = String(markup).trim();
    return template.content.children;
  };

  TG.payload = function (id) {
    return JSON.parse(document.getElementById(id).textContent);
  };

  // Text from data only ever enters the page through textContent.
  TG.element = function (tag, className, text) {
    const node = document.createElement(tag);
    if (className) node.className = className;
    if (text !== undefined && text !== null) node.textContent = text;
    return node;
  };

  // A name from data: isolated, so that right-to-left marks end where the name ends.
  TG.name = function (className, text) {
    return TG.element("bdi", className, text);
  };

  const MINUS = "\u2212";
  const NBSP = "\u00a0";

  TG.number = function (value, format, compact) {
    if (value === null || !Number.isFinite(value)) return "–";
    let digits = format.decimals;
    let size = Math.abs(value);
    let unit = format.suffix ? NBSP + format.suffix : "";
    if (compact && size >= 1e6) {
      const billions = size >= 1e9;
      size /= billions ? 1e9 : 1e6;
      digits = size >= 100 ? 0 : size >= 10 ? 1 : 2;
      unit = NBSP + (billions ? "bn" : "M") + unit;
    } else if (compact && size >= 1000) {
      digits = 0;
    }
    const text = size.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
    const sign = value < 0 && Number(text.replace(/,/g, "")) !== 0 ? MINUS : "";
    return sign + format.prefix + text + unit;
  };

  TG.deviation = function (share) {
    if (share === null || !Number.isFinite(share)) return "–";
    const text = Math.abs(share * 100).toFixed(1);
    const sign = Number(text) === 0 ? "" : share > 0 ? "+" : MINUS;
    return sign + text + NBSP + "%";
  };

  TG.km = function (value) {
    return TG.number(value, { prefix: "", suffix: "km", decimals: value !== null && value < 10 ? 1 : 0 });
  };

  TG.sentence = function (text) {
    return text.charAt(0).toUpperCase() + text.slice(1);
  };

  // Packed: polygons of rings; a ring is its first vertex and then steps from vertex to vertex.
  TG.unpack = function (polygons, grid) {
    return polygons.map((rings) =>
      rings.map((ring) => {
        const line = [];
        let x = 0;
        let y = 0;
        for (let i = 0; i < ring.length; i += 2) {
          x += ring[i];
          y += ring[i + 1];
          line.push([y * grid, x * grid]);
        }
        return line;
      })
    );
  };

  // What the layers and panels of one map share: the data, what is under the pointer, what is highlighted.
  const Plan = L.Evented.extend({
    initialize: function (data) {
      this.data = data;
      this.under = null;
      this.pick = null;
      this.highlighted = null;
      this.source = null;
    },
    highlight: function (index, source) {
      if (index === this.highlighted) return;
      const before = this.highlighted;
      this.highlighted = index;
      this.source = index === null ? null : source;
      this.fire("highlight", { index: index, before: before, source: source });
    },
  });

  TG.plan = function (id) {
    return new Plan(TG.payload(id));
  };
})();
