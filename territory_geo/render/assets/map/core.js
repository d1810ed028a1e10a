// The namespace, numbers as text, small pieces of a page, and data unpacked from integers and base64.
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

  const TYPES = {
    u1: Uint8Array, i1: Int8Array, u2: Uint16Array, i2: Int16Array, i4: Int32Array, f4: Float32Array, f8: Float64Array,
  };

  // Packed columns: base64 of a typed array, little-endian as every machine with a browser is.
  TG.array = function (packed) {
    const text = atob(packed.d);
    const bytes = new Uint8Array(text.length);
    for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
    return new TYPES[packed.t](bytes.buffer);
  };

  TG.count = function (value, noun) {
    return value.toLocaleString("en-US") + NBSP + noun + (value === 1 ? "" : "s");
  };

  // A shape with a tooltip would be a stop of the tab key without a name; tables and search say the same in words.
  TG.outOfTabs = function (layer) {
    layer.on("add", () => layer.getElement() && layer.getElement().setAttribute("tabindex", "-1"));
    return layer;
  };

  TG.pane = function (map, name, zIndex) {
    if (map.getPane(name)) return;
    const node = map.createPane(name);
    node.style.zIndex = zIndex;
    node.style.pointerEvents = "none";
  };

  // A fill as it looks on the land of either theme.
  TG.swatch = function (color) {
    const node = TG.element("span", "tg-swatch");
    node.style.setProperty("--tg-fill", color);
    return node;
  };

  TG.button = function (className, text, onClick) {
    const node = TG.element("button", className, text);
    node.type = "button";
    node.addEventListener("click", onClick);
    return node;
  };

  TG.control = function (position, node) {
    const Panel = L.Control.extend({
      options: { position: position },
      onAdd: function () {
        L.DomEvent.disableClickPropagation(node);
        L.DomEvent.disableScrollPropagation(node);
        return node;
      },
    });
    return new Panel();
  };
})();
