// Single places as small signs: homes, named accounts, locks, findings; each opens a card, also from the keyboard.
(function () {
  "use strict";
  const TG = window.TerritoryGeo;

  // Drawn in a box of 24 × 24.
  const SIGNS = {
    homes: "M12 4 4 11h2.2v8h4.3v-5h3v5h4.3v-8H20z",
    named: "M12 3.4l2.5 5.5 6 .7-4.4 4.1 1.2 5.9L12 16.6l-5.3 3 1.2-5.9-4.4-4.1 6-.7z",
    locks: "M8 10V8a4 4 0 0 1 8 0v2h1.5v9h-11v-9zm2 0h4V8a2 2 0 0 0-4 0z",
    checks: "M12 4 21 19.5H3zm-1 5.5v5h2v-5zm0 6.3v2h2v-2z",
  };
  const TITLES = { homes: "Home of", named: "Named account", locks: "Locked", checks: "Found in the data" };
  const SVG = "http://www.w3.org/2000/svg";

  function sign(kind) {
    const node = TG.element("div", "tg-sign tg-sign-" + kind);
    const svg = document.createElementNS(SVG, "svg");
    svg.setAttribute("viewBox", "0 0 24 24");
    svg.setAttribute("aria-hidden", "true");
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", SIGNS[kind]);
    path.setAttribute("fill-rule", "evenodd");
    svg.appendChild(path);
    node.appendChild(svg);
    return node;
  }

  TG.markCard = function (kind, mark) {
    const node = TG.element("div", "tg-info");
    node.appendChild(TG.element("div", "tg-kicker", TITLES[kind]));
    const head = TG.element("div", "tg-head");
    head.appendChild(TG.name("tg-name", mark.name));
    if (mark.id && mark.id !== mark.name) head.appendChild(TG.name("tg-soft", mark.id));
    node.appendChild(head);
    const rows = TG.element("div", "tg-measure");
    mark.lines.forEach(([key, value, note]) => {
      const line = TG.element("div", "tg-line");
      line.appendChild(TG.element("span", "tg-key", key));
      const cell = TG.element("span", "tg-value");
      cell.appendChild(TG.name("", value));
      if (note) cell.appendChild(TG.element("small", "tg-duty", note));
      line.appendChild(cell);
      rows.appendChild(line);
    });
    node.appendChild(rows);
    return node;
  };

  TG.marks = function (plan, id) {
    const { kind, marks } = TG.payload(id);
    const group = L.featureGroup();
    // Homes stand above the labels of the centres, the others below them.
    const lift = { homes: 200, named: -400, locks: -500, checks: -600 }[kind];
    marks.forEach((mark) => {
      const icon = L.divIcon({ html: sign(kind), className: "tg-sign-icon", iconSize: [20, 20] });
      const marker = L.marker(mark.at, {
        icon: icon,
        keyboard: true,
        zIndexOffset: lift,
        bubblingMouseEvents: false,
      });
      marker.on("add", () => marker.getElement().setAttribute("aria-label", TITLES[kind] + " " + mark.name));
      const open = () => plan.showCard(TG.markCard(kind, mark), marker.getLatLng());
      marker.on("mouseover click", open);
      marker.on("mouseout", () => plan.hideInfo());
      marker.on("keypress", (event) => event.originalEvent.key === "Enter" && open());
      mark.open = open;
      group.addLayer(marker);
    });
    if (kind === "homes") group.on("add remove", () => plan.centers && plan.centers._map && plan.centers.arrange());
    plan.marks = { ...plan.marks, [kind]: { group: group, list: marks } };
    return group;
  };
})();
