// What is under the pointer: a card beside the mouse, or at the bottom of a small screen.
(function () {
  "use strict";
  const TG = window.TerritoryGeo;

  // Watches one map and keeps its card.
  TG.info = function (map, plan) {
    const box = TG.element("div", "tg-card");
    box.setAttribute("role", "status");
    box.hidden = true;
    map.getContainer().appendChild(box);
    let shown = null;
    let ring = null;

    function docked() {
      return window.matchMedia("(hover: none)").matches || map.getSize().x < 640;
    }

    function fill(what, make) {
      if (shown === what) return;
      shown = what;
      box.replaceChildren(make());
      const close = TG.button("tg-close", "×", hide);
      close.setAttribute("aria-label", "Close");
      box.appendChild(close);
      if (ring) ring.remove();
      ring = null;
    }

    function circle(latlng, radius) {
      ring = L.circleMarker(latlng, {
        radius: radius,
        interactive: false,
        pane: "tg-accounts",
        className: "tg-ring",
      }).addTo(map);
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
      shown = null;
      if (ring) ring.remove();
      ring = null;
      if (plan.source === "map") plan.highlight(null, "map");
    }

    function account(index) {
      fill("account " + plan.index + " " + index, () => TG.accountCard(plan, index));
      if (!ring) circle(plan.accounts.latLng(index), plan.accounts.radius() + 4);
    }

    function territory(index) {
      fill("territory " + plan.index + " " + index, () => TG.territoryCard(plan, index));
    }

    function look(event) {
      if (event.type === "mousemove" && docked()) return;
      const target = event.originalEvent.target;
      // Panels lie on the map and pass the pointer's movements on to it; signs show cards of their own.
      if (target.closest(".leaflet-control")) return hide();
      if (target.closest(".tg-sign-icon")) return;
      const picked = plan.pick ? plan.pick(event.containerPoint) : null;
      if (picked && picked.cluster) {
        if (event.type === "click") {
          hide();
          map.flyTo(plan.accounts.clusterCenter(picked.cluster), map.getZoom() + 2, { duration: 0.5 });
          return;
        }
        fill(picked.cluster, () => TG.clusterCard(plan, picked.cluster));
        plan.highlight(null, "map");
      } else if (picked) {
        account(picked.account);
        plan.highlight(plan.accounts.territory(picked.account), "map");
      } else if (plan.under !== null) {
        territory(plan.under);
        plan.highlight(plan.under, "map");
      } else {
        return hide();
      }
      place(event.containerPoint);
    }

    map.on("mousemove click", look);
    map.on("mouseout dragstart zoomstart", () => docked() || hide());
    plan.on("scenario", hide);
    document.addEventListener("keydown", (event) => event.key === "Escape" && hide());
    L.DomEvent.disableClickPropagation(box);
    plan.showAccount = function (index) {
      account(index);
      place(map.latLngToContainerPoint(plan.accounts.latLng(index)));
    };
    plan.showCard = function (node, latlng) {
      fill(node, () => node);
      place(map.latLngToContainerPoint(latlng));
    };
    plan.ping = function (latlng) {
      hide();
      circle(latlng, 12);
    };
    plan.hideInfo = hide;
  };
})();
