// Centres as pins with the territory's id beside them; a label that finds no free place gives way to larger ones.
(function () {
  "use strict";
  const TG = window.TerritoryGeo;
  const GAP = 8;
  const RING = 20;
  // Half of a home's sign on a wide map, in pixels.
  const HOME = 9;

  const Centers = L.LayerGroup.extend({
    initialize: function (plan) {
      L.LayerGroup.prototype.initialize.call(this);
      this.plan = plan;
      this._make();
      plan.on("highlight", (event) => {
        this.pins.forEach((pin) => pin.node.classList.toggle("tg-on", pin.index === event.index));
      });
      // Labels have another size on a narrow map.
      plan.on("room", () => this.pins.forEach((pin) => (pin.width = pin.height = 0)));
      plan.on("scenario", () => {
        this.clearLayers();
        this._make();
        if (this._map) requestAnimationFrame(() => this._map && this.arrange());
      });
    },

    _make: function () {
      const plan = this.plan;
      this.pins = [];
      plan.now.territories.forEach((territory, i) => {
        if (!territory.center) return;
        const node = TG.element("div", "tg-center");
        node.appendChild(TG.element("span", "tg-pin"));
        const label = TG.name("tg-label", territory.id);
        node.appendChild(label);
        const icon = L.divIcon({ html: node, className: "tg-center-icon", iconSize: [0, 0] });
        const marker = L.marker(territory.center, { icon: icon, keyboard: false });
        marker.on("mouseover click", () => (plan.under = i));
        marker.on("mouseout", () => {
          if (plan.under === i) plan.under = null;
        });
        marker.options.bubblingMouseEvents = true;
        this.addLayer(marker);
        this.pins.push({ index: i, node: node, label: label, marker: marker, weight: plan.now.areas[i] });
      });
      this.pins.sort((a, b) => b.weight - a.weight || a.index - b.index);
    },

    onAdd: function (map) {
      L.LayerGroup.prototype.onAdd.call(this, map);
      map.on("zoomend viewreset resize", this.arrange, this);
      // Sizes of labels are known once the page has been laid out.
      requestAnimationFrame(() => this._map && this.arrange());
    },

    onRemove: function (map) {
      map.off("zoomend viewreset resize", this.arrange, this);
      L.LayerGroup.prototype.onRemove.call(this, map);
    },

    arrange: function () {
      const map = this._map;
      if (!map) return;
      const accounts = this.plan.accounts;
      const rings = accounts ? accounts.boxes() : [];
      map.getContainer().classList.toggle("tg-clustered", rings.length > 0);
      const taken = rings.map((box) => ({ pin: null, box: box }));
      this.pins.forEach((pin) => {
        const at = map.latLngToLayerPoint(pin.marker.getLatLng());
        pin.at = at;
        if (!rings.length) taken.push({ pin: pin, box: [at.x - 6, at.y - 6, at.x + 6, at.y + 6] });
      });
      // Homes stand above labels, so labels keep clear of them.
      const homes = this.plan.marks && this.plan.marks.homes;
      if (homes && homes.group._map) {
        homes.list.forEach((mark) => {
          const at = map.latLngToLayerPoint(mark.at);
          const half = map.getSize().x < 720 ? HOME * 0.7 : HOME;
          taken.push({ pin: null, box: [at.x - half, at.y - half, at.x + half, at.y + half] });
        });
      }
      this.pins.forEach((pin) => {
        pin.width = pin.width || pin.label.offsetWidth;
        pin.height = pin.height || pin.label.offsetHeight;
        const w = pin.width;
        const h = pin.height;
        // Beside the pin; among rings wherever the territory has room near it.
        const places = (rings.length ? [-h / 2, RING, 2 * RING, 3 * RING] : [GAP]).flatMap((gap) => [
          [-w / 2, gap],
          [-w / 2, -gap - h],
          [gap, -h / 2],
          [-gap - w, -h / 2],
          ...(rings.length ? [[gap, gap], [gap, -gap - h], [-gap - w, gap], [-gap - w, -gap - h]] : []),
        ]);
        const place = places.find(([dx, dy]) => {
          const box = [pin.at.x + dx, pin.at.y + dy, pin.at.x + dx + w, pin.at.y + dy + h];
          const territories = this.plan.territories;
          const middle = [pin.at.x + dx + w / 2, pin.at.y + dy + h / 2];
          if (rings.length && territories && !territories.holds(pin.index, ...middle)) return false;
          return !taken.some((other) => other.pin !== pin && overlap(box, other.box));
        });
        pin.node.classList.toggle("tg-crowded", !place);
        const [dx, dy] = place || places[0];
        pin.label.style.transform = `translate(${Math.round(dx)}px, ${Math.round(dy)}px)`;
        if (place) taken.push({ pin: pin, box: [pin.at.x + dx, pin.at.y + dy, pin.at.x + dx + w, pin.at.y + dy + h] });
      });
      this.taken = taken;
      // Towns keep clear of what has just found its place.
      if (this.plan.towns && this.plan.towns._map) this.plan.towns._update();
    },

    boxes: function () {
      return this._map && this.taken ? this.taken.map((item) => item.box) : [];
    },
  });

  function overlap(a, b) {
    return a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];
  }

  TG.centers = function (plan) {
    plan.centers = new Centers(plan);
    return plan.centers;
  };
})();
