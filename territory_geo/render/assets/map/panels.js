// Title, switch, search, table and scale, and the first view: the plan fitted into the room that the panels leave.
(function () {
  "use strict";
  const TG = window.TerritoryGeo;
  // Zooms beyond the fitted view from which signs have their full size.
  const NEAR = 1.5;
  // Pixels by which a view may differ and still be the fitted one.
  const SLACK = 3;
  // Pixels from which panels stand beside the plan, as in the style sheet.
  const WIDE = 720;

  function title(map, plan, zoomTo) {
    const node = TG.element("header", "tg-panel tg-title");
    const name = TG.element("h1");
    name.appendChild(TG.name("", plan.data.title));
    node.appendChild(name);
    const status = TG.element("p");
    // Each statement breaks as a whole.
    const say = () => status.replaceChildren(...TG.statusParts(plan).map((part) => TG.element("span", "", part)));
    plan.on("scenario status", say);
    say();
    node.appendChild(status);
    const bar = TG.element("div", "tg-toolbar");
    const scenarios = TG.scenarios(map, plan);
    if (scenarios) bar.appendChild(scenarios);
    bar.appendChild(TG.search(map, plan, zoomTo));
    if (plan.accounts) bar.appendChild(popover(plan, TG.filters(map, plan)));
    node.appendChild(bar);
    return node;
  }

  // The accounts' filters below a button.
  function popover(plan, inside) {
    const holder = TG.element("div", "tg-popover");
    const noun = plan.accounts.data.noun === "area" ? "Areas" : "Accounts";
    const button = TG.button("tg-segment tg-open", noun, () => open(inside.hidden));
    holder.appendChild(button);
    holder.appendChild(inside);
    function open(on) {
      inside.hidden = !on;
      button.setAttribute("aria-expanded", String(on));
    }
    open(false);
    document.addEventListener("pointerdown", (event) => holder.contains(event.target) || open(false));
    holder.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || inside.hidden) return;
      open(false);
      button.focus();
      event.stopPropagation();
    });
    return holder;
  }

  function legend(plan, zoomTo) {
    const node = TG.element("section", "tg-panel tg-legend");
    const count = TG.element("span", "tg-count");
    let chosen = false;
    const toggle = TG.button("tg-toggle", null, () => {
      chosen = true;
      open(node.classList.contains("tg-closed"));
    });
    toggle.appendChild(TG.element("span", "", "Territories"));
    toggle.appendChild(count);
    node.appendChild(toggle);
    node.appendChild(TG.table(plan, zoomTo));
    function open(state) {
      node.classList.toggle("tg-closed", !state);
      toggle.setAttribute("aria-expanded", String(state));
      plan.fire("panel");
    }
    // Open where there is room, until a reader says otherwise: windows are made narrow, frames get their size late.
    plan.on("room", (event) => {
      if (!chosen && event.wide === node.classList.contains("tg-closed")) open(event.wide);
    });
    const number = () => (count.textContent = String(plan.now.territories.length));
    plan.on("scenario", number);
    number();
    open(window.innerWidth >= WIDE);
    return node;
  }

  // The padding that keeps the plan clear of title and legend.
  function room(map, plan) {
    const size = map.getSize();
    const titleBox = plan.panels.title;
    const legendBox = plan.panels.legend;
    const open = !legendBox.classList.contains("tg-closed");
    const wide = size.x >= WIDE;
    const right = open && wide ? legendBox.offsetWidth + 30 : 16;
    const sheet = open && !wide;
    const top = titleBox.offsetHeight + (wide || sheet ? 24 : 60);
    const bottom = sheet ? legendBox.offsetHeight + 40 : wide ? 40 : 136;
    const options = (left) => ({
      paddingTopLeft: L.point(left, top),
      paddingBottomRight: L.point(right, bottom),
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
    const zoomTo = (i) => map.flyToBounds(plan.territories.bounds(i), { ...room(map, plan), duration: 0.6 });
    TG.info(map, plan);
    plan.panels = { title: title(map, plan, zoomTo), legend: legend(plan, zoomTo) };
    TG.control("topleft", plan.panels.title).addTo(map);
    TG.control("topright", plan.panels.legend).addTo(map);
    // New controls go to the top of a bottom corner; the scale belongs below the layer switch.
    const scale = L.control.scale({ position: "bottomleft", maxWidth: 140 }).addTo(map).getContainer();
    scale.parentNode.appendChild(scale);
    map.attributionControl.setPrefix('<a href="https://leafletjs.com">Leaflet</a>');
    if (data.credit) map.attributionControl.addAttribution(TG.element("span", "", data.credit).innerHTML);
    if (data.tiles) map.getContainer().classList.add("tg-tiles");
    const setDark = TG.theme(map, plan);

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
      if (plan.towns && map.hasLayer(plan.towns)) plan.towns._update();
    }
    // Whoever has moved the map keeps the view; the browser's own layout may move it by part of a pixel.
    const untouched = () =>
      map.getZoom() === plan.fittedZoom && map.project(map.getCenter()).distanceTo(map.project(fitted)) < SLACK;
    plan.untouched = untouched;
    function sheet() {
      const open = map.getSize().x < WIDE && !plan.panels.legend.classList.contains("tg-closed");
      map.getContainer().classList.toggle("tg-sheet", open);
    }
    TG.tools(map, plan, setDark, fit);
    plan.on("scenario status", measure);
    plan.on("panel", () => {
      const fits = untouched();
      sheet();
      if (fits && map.getSize().x < WIDE) fit();
    });
    const far = () => map.getContainer().classList.toggle("tg-far", map.getZoom() < plan.fittedZoom + NEAR);
    map.on("zoomend", far);
    // A map in a folded notebook cell or a tab gets its size late.
    map.on("resize", () => {
      const fits = untouched();
      plan.fire("room", { wide: map.getSize().x >= WIDE });
      measure();
      sheet();
      if (fits) fit();
    });
    sheet();
    fit();
    far();
    map.getContainer().classList.add("tg-ready");
  };
})();
