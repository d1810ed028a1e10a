// Bridges of the contiguity graph: thin dashed lines between units that do not touch, each with its length in words.
(function () {
  "use strict";
  const TG = window.TerritoryGeo;

  function words(data, i) {
    const node = TG.element("div", "tg-tip");
    const line = TG.element("div");
    line.appendChild(TG.name("", data.from[i]));
    line.appendChild(document.createTextNode(" – "));
    line.appendChild(TG.name("", data.to[i]));
    node.appendChild(line);
    node.appendChild(TG.element("div", "tg-key", data.kinds[data.kind[i]] + ", " + TG.km(data.km[i])));
    return node;
  }

  TG.bridges = function (plan, id) {
    const data = TG.payload(id);
    const group = L.featureGroup();
    data.lines.forEach((line, i) => {
      const thin = L.polyline(line, { className: "tg-bridge", interactive: false });
      // A wide line that nobody sees, so that a thin one can be pointed at.
      const wide = L.polyline(line, { className: "tg-bridge-reach" });
      wide.bindTooltip(words(data, i), { sticky: true, className: "tg-tooltip" });
      group.addLayer(thin);
      group.addLayer(wide);
    });
    // Below the accounts and above the territories, whose lifted borders would cover them.
    group.on("add", () => group.bringToFront());
    plan.on("highlight", () => group._map && group.bringToFront());
    return group;
  };
})();
