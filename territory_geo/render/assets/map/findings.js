// Findings of a customer table: a layer of dots per rule, with a legend that switches, counts and zooms.
(function () {
  "use strict";
  const TG = window.TerritoryGeo;
  const SIZES = { error: 6.5, warning: 5.5, info: 4 };

  function place(data, rule, i) {
    return L.latLng(data.origin[1] + rule.y[i] * data.grid, data.origin[0] + rule.x[i] * data.grid);
  }

  function card(rule, i) {
    const node = TG.element("div", "tg-finding");
    const head = TG.element("div", "tg-head");
    const swatch = TG.element("span", "tg-swatch tg-dot");
    swatch.style.background = rule.color;
    head.appendChild(swatch);
    head.appendChild(TG.element("span", "tg-name", rule.label));
    node.appendChild(head);
    const who = TG.element("div", "tg-line");
    who.appendChild(TG.element("span", "tg-key", "row " + rule.row[i].toLocaleString("en-US")));
    who.appendChild(TG.name("tg-value", rule.id[i]));
    node.appendChild(who);
    node.appendChild(TG.name("tg-text", rule.text[i]));
    node.appendChild(TG.element("div", "tg-action", TG.sentence(rule.action[i])));
    return node;
  }

  function layer(data, rule, renderer) {
    const group = L.featureGroup();
    const found = rule.severity !== "none";
    rule.x.forEach((_, i) => {
      const dot = L.circleMarker(place(data, rule, i), {
        renderer: renderer,
        interactive: found,
        radius: found ? SIZES[rule.severity] : 2.2,
        stroke: found,
        color: "#fff",
        weight: 1.2,
        fillColor: rule.color,
        fillOpacity: found ? 0.95 : 0.55,
      });
      if (found) dot.bindTooltip(() => card(rule, i), { className: "tg-tip", direction: "auto", opacity: 1, offset: [8, 0] });
      group.addLayer(dot);
    });
    return group;
  }

  function entry(map, data, rule, group, padding) {
    const item = TG.element("li");
    const label = TG.element("label", "tg-row tg-rule");
    const box = TG.element("input");
    box.type = "checkbox";
    box.checked = group !== null;
    box.disabled = group === null;
    label.appendChild(box);
    const swatch = TG.element("span", "tg-swatch tg-dot");
    if (group !== null) swatch.style.background = rule.color;
    label.appendChild(swatch);
    const words = TG.element("span", "tg-words");
    words.appendChild(TG.element("span", "tg-name", rule.label));
    if (rule.note) words.appendChild(TG.element("span", "tg-note", rule.note));
    label.appendChild(words);
    label.appendChild(TG.element("span", "tg-num", rule.count.toLocaleString("en-US")));
    const zoom = TG.element("button", "tg-zoom");
    zoom.type = "button";
    zoom.textContent = "show";
    zoom.hidden = group === null;
    zoom.setAttribute("aria-label", "Show on the map: " + rule.label);
    zoom.addEventListener("click", () => map.flyToBounds(group.getBounds().pad(0.15), { ...padding(), maxZoom: 13, duration: 0.6 }));
    box.addEventListener("change", () => (box.checked ? group.addTo(map) : group.remove()));
    item.appendChild(label);
    item.appendChild(zoom);
    return item;
  }

  TG.findings = function (map, plan) {
    const data = plan.data;
    const title = TG.element("header", "tg-panel tg-title");
    const name = TG.element("h1");
    name.appendChild(TG.name("", data.title));
    title.appendChild(name);
    const status = TG.element("p");
    data.status.forEach((part) => status.appendChild(TG.element("span", "", part)));
    title.appendChild(status);

    const legend = TG.element("section", "tg-panel tg-legend tg-findings");
    const wide = () => map.getSize().x >= 720;
    const padding = () => ({
      paddingTopLeft: L.point(wide() ? 24 : 12, title.offsetHeight + (wide() ? 24 : legend.offsetHeight + 32)),
      paddingBottomRight: L.point(wide() ? legend.offsetWidth + 30 : 12, wide() ? 40 : 136),
    });
    const renderer = L.canvas({ padding: 0.3, tolerance: 3 });
    data.groups.forEach((part) => {
      legend.appendChild(TG.element("h2", "", part.label));
      const list = TG.element("ol", "tg-list");
      part.rules.forEach((rule) => {
        const group = rule.x.length ? layer(data, rule, renderer) : null;
        rule.group = group;
        list.appendChild(entry(map, data, rule, group, padding));
      });
      legend.appendChild(list);
    });
    // What matters most is drawn last, on top.
    [...data.groups].reverse().forEach((part) => part.rules.forEach((rule) => rule.group && rule.group.addTo(map)));

    const control = (position, node) =>
      new (L.Control.extend({
        options: { position: position },
        onAdd: () => {
          L.DomEvent.disableClickPropagation(node);
          L.DomEvent.disableScrollPropagation(node);
          return node;
        },
      }))();
    control("topleft", title).addTo(map);
    control("topright", legend).addTo(map);
    L.control.scale({ position: "bottomleft", maxWidth: 140 }).addTo(map);
    map.attributionControl.setPrefix('<a href="https://leafletjs.com">Leaflet</a>');
    if (data.credit) map.attributionControl.addAttribution(TG.element("span", "", data.credit).innerHTML);

    plan.dark = false;
    plan.setDark = (dark) => (plan.dark = dark);
    const setDark = TG.theme(map, plan);
    let fitted = null;
    function fit() {
      const style = map.getContainer().style;
      style.setProperty("--tg-height", map.getSize().y + "px");
      style.setProperty("--tg-title-height", title.offsetHeight + 8 + "px");
      map.fitBounds(data.bounds, { ...padding(), maxZoom: 14, animate: false });
      fitted = [map.getZoom(), map.getCenter()];
    }
    TG.tools(map, plan, setDark, fit);
    map.on("resize", () => {
      if (map.getZoom() === fitted[0] && map.project(map.getCenter()).distanceTo(map.project(fitted[1])) < 3) fit();
    });
    fit();
    map.getContainer().classList.add("tg-ready");
  };
})();
