// Title, legend and scale, and the first view: the plan fitted into the room that the panels leave.
(function () {
  "use strict";
  const TG = window.TerritoryGeo;

  function control(position, node) {
    const Panel = L.Control.extend({
      options: { position: position },
      onAdd: function () {
        L.DomEvent.disableClickPropagation(node);
        L.DomEvent.disableScrollPropagation(node);
        return node;
      },
    });
    return new Panel();
  }

  function title(plan) {
    const node = TG.element("header", "tg-panel tg-title");
    const name = TG.element("h1");
    name.appendChild(TG.name("", plan.data.title));
    node.appendChild(name);
    const status = TG.element("p");
    // Each statement breaks as a whole.
    plan.data.status.split(" · ").forEach((part) => status.appendChild(TG.element("span", "", part)));
    node.appendChild(status);
    return node;
  }

  function legend(map, plan) {
    const data = plan.data;
    const node = TG.element("section", "tg-panel tg-legend");
    const toggle = TG.element("button", "tg-toggle");
    toggle.type = "button";
    toggle.appendChild(TG.element("span", "", "Territories"));
    toggle.appendChild(TG.element("span", "tg-count", String(data.territories.length)));
    node.appendChild(toggle);
    const measure = data.measures[0];
    const body = TG.element("div", "tg-body");
    const columns = TG.element("div", "tg-row tg-columns");
    columns.appendChild(TG.element("span", ""));
    columns.appendChild(TG.element("span", "", ""));
    columns.appendChild(TG.element("span", "tg-num", measure ? TG.sentence(measure.label) : "Accounts"));
    columns.appendChild(TG.element("span", "tg-num", measure ? "vs target" : ""));
    body.appendChild(columns);
    const list = TG.element("ol", "tg-list");
    const rows = data.territories.map((item, i) => {
      const [total, , deviation, ok] = measure ? item.balance[0] : [item.accounts, null, null, true];
      const row = TG.element("button", "tg-row");
      row.type = "button";
      const swatch = TG.element("span", "tg-swatch");
      swatch.style.background = data.tints[i];
      row.appendChild(swatch);
      row.appendChild(TG.name("tg-name", item.id));
      const plain = { prefix: "", suffix: "", decimals: 0 };
      const format = measure ? { ...measure, suffix: "" } : plain;
      row.appendChild(TG.element("span", "tg-num", TG.number(total, format, true)));
      const against = measure ? TG.deviation(deviation) : "";
      row.appendChild(TG.element("span", ok ? "tg-num" : "tg-num tg-out", against));
      row.addEventListener("mouseenter", () => plan.highlight(i, "legend"));
      row.addEventListener("mouseleave", () => plan.highlight(null, "legend"));
      row.addEventListener("focus", () => plan.highlight(i, "legend"));
      row.addEventListener("blur", () => plan.highlight(null, "legend"));
      row.addEventListener("click", () => {
        map.flyToBounds(plan.territories.bounds(i), { ...room(map, plan), duration: 0.6 });
      });
      const entry = TG.element("li");
      entry.appendChild(row);
      list.appendChild(entry);
      return row;
    });
    body.appendChild(list);
    node.appendChild(body);

    function open(state) {
      node.classList.toggle("tg-closed", !state);
      toggle.setAttribute("aria-expanded", String(state));
    }
    toggle.addEventListener("click", () => open(node.classList.contains("tg-closed")));
    open(window.innerWidth >= 720);
    plan.on("highlight", (event) => {
      if (event.before !== null) rows[event.before].classList.remove("tg-on");
      if (event.index === null) return;
      rows[event.index].classList.add("tg-on");
      if (event.source === "map") rows[event.index].scrollIntoView({ block: "nearest" });
    });
    return node;
  }

  // The padding that keeps the plan clear of title and legend.
  function room(map, plan) {
    const size = map.getSize();
    const titleBox = plan.panels.title;
    const legendBox = plan.panels.legend;
    const open = !legendBox.classList.contains("tg-closed");
    const wide = size.x >= 720;
    const right = open && wide ? legendBox.offsetWidth + 30 : 16;
    const top = titleBox.offsetHeight + (wide ? 24 : 60);
    const options = (left) => ({
      paddingTopLeft: L.point(left, top),
      paddingBottomRight: L.point(right, wide ? 40 : 70),
    });
    // Clear of the layer switch too where that costs no size: a tall plan on a wide screen.
    const switchBox = map.getContainer().querySelector(".leaflet-control-layers");
    const aside = options(wide && switchBox ? switchBox.offsetWidth + 30 : 12);
    const beside = options(wide ? 24 : 12);
    const zoom = (o) => map.getBoundsZoom(plan.data.bounds, false, o.paddingTopLeft.add(o.paddingBottomRight));
    return zoom(aside) < zoom(beside) ? beside : aside;
  }

  TG.panels = function (map, plan) {
    const data = plan.data;
    plan.panels = { title: title(plan), legend: legend(map, plan) };
    control("topleft", plan.panels.title).addTo(map);
    control("topright", plan.panels.legend).addTo(map);
    // New controls go to the top of a bottom corner; the scale belongs below the layer switch.
    const scale = L.control.scale({ position: "bottomleft", maxWidth: 140 }).addTo(map).getContainer();
    scale.parentNode.appendChild(scale);
    map.attributionControl.setPrefix('<a href="https://leafletjs.com">Leaflet</a>');
    if (data.credit) map.attributionControl.addAttribution(TG.element("span", "", data.credit).innerHTML);
    TG.info(map, plan);

    // The style sheet cannot know the height of the map or of the title above the legend on a phone.
    function measure() {
      const style = map.getContainer().style;
      style.setProperty("--tg-height", map.getSize().y + "px");
      style.setProperty("--tg-title-height", plan.panels.title.offsetHeight + 8 + "px");
    }

    let fitted = null;
    function fit() {
      measure();
      map.fitBounds(data.bounds, { ...room(map, plan), animate: false });
      plan.fittedZoom = map.getZoom();
      fitted = map.getCenter();
      if (plan.accounts && map.hasLayer(plan.accounts)) plan.accounts._update();
    }
    // A map in a folded notebook cell or a tab gets its size late; whoever has moved the map keeps the view.
    map.on("resize", () => {
      measure();
      if (map.getZoom() === plan.fittedZoom && map.distance(map.getCenter(), fitted) < 1) fit();
    });
    fit();
    map.getContainer().classList.add("tg-ready");
  };
})();
