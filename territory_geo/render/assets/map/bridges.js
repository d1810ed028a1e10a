// Bridges join units that do not touch: thin dashed lines with their length. Barriers part neighbours: strong lines.
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
    const length = data.km.length ? ", " + TG.km(data.km[i]) : "";
    node.appendChild(TG.element("div", "tg-key", data.kinds[data.kind[i]] + length));
    return node;
  }

  TG.bridges = function (plan, id) {
    const data = TG.payload(id);
    const group = L.featureGroup();
    data.lines.forEach((line, i) => {
      const thin = L.polyline(line, { className: "tg-bridge", interactive: false });
      // A wide line that nobody sees, so that a thin one can be pointed at.
      const wide = TG.outOfTabs(L.polyline(line, { className: "tg-bridge-reach" }));
      wide.bindTooltip(words(data, i), { sticky: true, className: "tg-tooltip" });
      group.addLayer(thin);
      group.addLayer(wide);
    });
    // Below the accounts and above the territories, whose lifted borders would cover them.
    group.on("add", () => group.bringToFront());
    plan.on("highlight", () => group._map && group.bringToFront());
    return group;
  };

  // Barriers as they were given, and small crosses on the ways between neighbours that they cut.
  TG.barriers = function (plan, id) {
    const data = TG.payload(id);
    const group = L.featureGroup();
    data.shapes.forEach((shape) => {
      const kind = shape.area ? L.polygon : L.polyline;
      const path = kind(shape.area ? shape.at : shape.at[0], { className: shape.area ? "tg-lake" : "tg-barrier" });
      path.bindTooltip("Barrier: neighbours across it are parted", { sticky: true, className: "tg-tooltip" });
      group.addLayer(TG.outOfTabs(path));
    });
    const look = "tg-sign-icon" + (data.shapes.length ? " tg-beside-line" : "");
    data.cut.forEach(([a, b], i) => {
      const middle = [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
      const cross = L.marker(middle, {
        icon: L.divIcon({ html: TG.element("span", "tg-cut", "×"), className: look, iconSize: [12, 12] }),
        keyboard: false,
      });
      cross.bindTooltip(words({ from: data.from, to: data.to, kinds: ["Parted"], kind: { [i]: 0 }, km: [] }, i), {
        className: "tg-tooltip",
      });
      group.addLayer(cross);
    });
    return group;
  };
})();
