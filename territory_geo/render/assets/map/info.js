// What is under the pointer, in words: a card beside the mouse, or at the bottom of a small screen.
(function () {
  "use strict";
  const TG = window.TerritoryGeo;

  function row(label, value) {
    const line = TG.element("div", "tg-line");
    line.appendChild(TG.element("span", "tg-key", label));
    line.appendChild(TG.element("span", "tg-value", value));
    return line;
  }

  function named(label, name) {
    const line = row(label, "");
    line.lastChild.appendChild(TG.name("", name));
    return line;
  }

  function head(plan, index, name) {
    const line = TG.element("div", "tg-head");
    const swatch = TG.element("span", "tg-swatch");
    swatch.style.background = plan.data.tints[index];
    line.appendChild(swatch);
    line.appendChild(TG.name("tg-name", name));
    return line;
  }

  // The deviation as a short bar left or right of the target, full at the largest deviation of the plan.
  function bar(share, largest, ok) {
    const track = TG.element("span", "tg-bar");
    if (share !== null && largest > 0) {
      const fill = TG.element("span", ok ? "tg-bar-fill" : "tg-bar-fill tg-out");
      const half = Math.min(1, Math.abs(share) / largest) * 50;
      fill.style.left = (share < 0 ? 50 - half : 50) + "%";
      fill.style.width = half + "%";
      track.appendChild(fill);
    }
    return track;
  }

  function territory(plan, index) {
    const data = plan.data;
    const item = data.territories[index];
    const card = TG.element("div", "tg-info");
    card.appendChild(head(plan, index, item.id));
    data.measures.forEach((measure, m) => {
      const [total, target, deviation, ok] = item.balance[m];
      const largest = Math.max(...data.territories.map((t) => Math.abs(t.balance[m][2] || 0)));
      const block = TG.element("div", "tg-measure");
      const line = row(TG.sentence(measure.label), TG.number(total, measure));
      line.classList.add("tg-strong");
      block.appendChild(line);
      const against = TG.element("div", "tg-line tg-against");
      against.appendChild(TG.element("span", "tg-key", "Target " + TG.number(target, measure)));
      against.appendChild(bar(deviation, largest, ok));
      against.appendChild(TG.element("span", ok ? "tg-value" : "tg-value tg-out", TG.deviation(deviation)));
      block.appendChild(against);
      card.appendChild(block);
    });
    const rest = TG.element("div", "tg-measure");
    const noun = plan.accounts && plan.accounts.data.noun === "area" ? "Areas" : "Accounts";
    if (!data.measures.some((m) => m.label === "accounts")) rest.appendChild(row(noun, item.accounts.toLocaleString("en-US")));
    rest.appendChild(row("Travel, mean", TG.km(item.km)));
    rest.appendChild(row("Travel, farthest", TG.km(item.maxKm)));
    if (item.drive) {
      rest.appendChild(row("Driving, mean", item.drive[0]));
      rest.appendChild(row("Driving, longest", item.drive[1]));
    }
    if (item.areaKm2) rest.appendChild(row("Area", TG.number(item.areaKm2, { prefix: "", suffix: "km²", decimals: 0 })));
    if (item.parts > 1) rest.appendChild(row("Pieces on the map", String(item.parts)));
    card.appendChild(rest);
    return card;
  }

  function account(plan, index) {
    const data = plan.accounts.data;
    const card = TG.element("div", "tg-info");
    const id = data.id[index];
    const name = data.name ? data.name[index] : "";
    const owner = data.territory[index];
    card.appendChild(head(plan, owner, name || id));
    const block = TG.element("div", "tg-measure");
    if (name) block.appendChild(named(TG.sentence(data.noun), id));
    block.appendChild(named("Territory", plan.data.territories[owner].id));
    data.measures.forEach((measure, m) => {
      block.appendChild(row(TG.sentence(measure.label), TG.number(data.values[m][index], measure)));
    });
    card.appendChild(block);
    return card;
  }

  // Watches one map and keeps its card.
  TG.info = function (map, plan) {
    const box = TG.element("div", "tg-card");
    box.setAttribute("role", "status");
    box.hidden = true;
    map.getContainer().appendChild(box);
    let shown = "";
    let ring = null;

    function docked() {
      return window.matchMedia("(hover: none)").matches || map.getSize().x < 640;
    }

    function fill(kind, index) {
      if (shown === kind + index) return;
      shown = kind + index;
      box.replaceChildren(kind === "a" ? account(plan, index) : territory(plan, index));
      const close = TG.element("button", "tg-close", "×");
      close.setAttribute("aria-label", "Close");
      close.addEventListener("click", hide);
      box.appendChild(close);
      if (ring) ring.remove();
      ring = null;
      if (kind === "a") {
        ring = L.circleMarker(plan.accounts.latLng(index), {
          radius: plan.accounts.radius() + 4,
          interactive: false,
          pane: "tg-accounts",
          className: "tg-ring",
        }).addTo(map);
      }
    }

    function place(point) {
      box.classList.toggle("tg-docked", docked());
      box.hidden = false;
      if (docked()) {
        box.style.transform = "";
        return;
      }
      const size = map.getSize();
      const w = box.offsetWidth;
      const h = box.offsetHeight;
      const x = point.x + 18 + w < size.x - 8 ? point.x + 18 : point.x - 18 - w;
      const y = Math.max(8, Math.min(point.y - h / 3, size.y - h - 8));
      box.style.transform = `translate(${Math.round(Math.max(8, x))}px, ${Math.round(y)}px)`;
    }

    function hide() {
      box.hidden = true;
      shown = "";
      if (ring) ring.remove();
      ring = null;
      if (plan.source === "map") plan.highlight(null, "map");
    }

    function look(event) {
      if (event.type === "mousemove" && docked()) return;
      // Panels lie on the map and pass the pointer's movements on to it.
      if (event.originalEvent.target.closest(".leaflet-control")) return hide();
      const picked = plan.pick ? plan.pick(event.containerPoint) : -1;
      if (picked >= 0) fill("a", picked);
      else if (plan.under !== null) fill("t", plan.under);
      else return hide();
      plan.highlight(picked >= 0 ? plan.accounts.data.territory[picked] : plan.under, "map");
      place(event.containerPoint);
    }

    map.on("mousemove click", look);
    map.on("mouseout dragstart zoomstart", () => docked() || hide());
    L.DomEvent.disableClickPropagation(box);
    plan.showTerritory = function (index) {
      fill("t", index);
      place(map.latLngToContainerPoint(plan.territories.bounds(index).getCenter()));
    };
    plan.hideInfo = hide;
  };
})();
