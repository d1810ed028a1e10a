// Who moves to whom: an arrow from the middle of what each one had to the middle of what each territory is now.
(function () {
  "use strict";
  const TG = window.TerritoryGeo;
  const MOST = 60;
  // Pixels that so many arrows need side by side; a narrower map has fewer of them, and thinner ones.
  const WIDE = 900;

  // Accounts that change hands, counted per pair of before and now.
  TG.flows = function (plan) {
    const accounts = plan.accounts;
    const codes = accounts.territories[plan.index];
    const k = plan.now.territories.length;
    const counts = new Map();
    for (let i = 0; i < codes.length; i++) {
      if (!plan.hasMoved(i, codes[i])) continue;
      const key = plan.before[i] * k + codes[i];
      counts.set(key, (counts.get(key) || 0) + 1);
    }
    return [...counts]
      .map(([key, n]) => ({ from: Math.floor(key / k), to: key % k, n: n }))
      .sort((a, b) => b.n - a.n || a.from - b.from || a.to - b.to);
  };

  // The middle of each group of accounts, at zoom 0.
  function middles(world, codes, groups) {
    const sums = Array.from({ length: groups }, () => [0, 0, 0]);
    for (let i = 0; i < codes.length; i++) {
      if (codes[i] < 0) continue;
      const sum = sums[codes[i]];
      sum[0] += world.x[i];
      sum[1] += world.y[i];
      sum[2]++;
    }
    return sums.map(([x, y, n]) => (n ? [x / n, y / n] : null));
  }

  // A bent arrow that grows towards its head; two in opposite directions bend apart. Pixels at one zoom.
  function outline(a, b, width) {
    const dx = b[0] - a[0];
    const dy = b[1] - a[1];
    const length = Math.hypot(dx, dy);
    if (length < 24) return null;
    const head = Math.min(length * 0.4, 7 + width * 1.6);
    const bend = 0.16;
    const middle = [(a[0] + b[0]) / 2 - dy * bend, (a[1] + b[1]) / 2 + dx * bend];
    const at = (t) => [
      (1 - t) * (1 - t) * a[0] + 2 * t * (1 - t) * middle[0] + t * t * b[0],
      (1 - t) * (1 - t) * a[1] + 2 * t * (1 - t) * middle[1] + t * t * b[1],
    ];
    const along = (t) => {
      const x = 2 * (1 - t) * (middle[0] - a[0]) + 2 * t * (b[0] - middle[0]);
      const y = 2 * (1 - t) * (middle[1] - a[1]) + 2 * t * (b[1] - middle[1]);
      const size = Math.hypot(x, y) || 1;
      return [-y / size, x / size];
    };
    const first = Math.min(0.2, 8 / length);
    const last = 1 - Math.min(0.25, 8 / length);
    const neck = Math.max(first + 0.1, last - head / length);
    const left = [];
    const right = [];
    for (let s = 0; s <= 12; s++) {
      const t = first + ((neck - first) * s) / 12;
      const [x, y] = at(t);
      const [nx, ny] = along(t);
      const half = (width * (0.45 + 0.55 * (s / 12))) / 2;
      left.push([x + nx * half, y + ny * half]);
      right.unshift([x - nx * half, y - ny * half]);
    }
    const [x, y] = at(neck);
    const [nx, ny] = along(neck);
    const wing = width / 2 + 3.5 + width * 0.3;
    return [...left, [x + nx * wing, y + ny * wing], at(last), [x - nx * wing, y - ny * wing], ...right];
  }

  const Moves = L.FeatureGroup.extend({
    initialize: function (plan) {
      L.FeatureGroup.prototype.initialize.call(this);
      this.plan = plan;
      plan.moves = this;
      plan.on("scenario", () => this._map && this.draw());
      plan.on("highlight", (event) => this._light(event.index));
    },

    onAdd: function (map) {
      TG.pane(map, "tg-moves", 440);
      L.FeatureGroup.prototype.onAdd.call(this, map);
      map.on("zoomend resize", this.draw, this);
      this.draw();
    },

    onRemove: function (map) {
      map.off("zoomend resize", this.draw, this);
      L.FeatureGroup.prototype.onRemove.call(this, map);
      this.drawn = null;
      this.plan.fire("status");
    },

    draw: function () {
      const plan = this.plan;
      const map = this._map;
      const accounts = plan.accounts;
      this.clearLayers();
      if (plan.data.changes.isBefore[plan.index] || map._animatingZoom) return;
      const crs = map.options.crs;
      accounts.world = accounts.world || TG.project(crs, accounts.data, accounts.x, accounts.y);
      const from = middles(accounts.world, plan.before, plan.data.changes.names.length);
      const to = middles(accounts.world, accounts.territories[plan.index], plan.now.territories.length);
      const scale = crs.scale(map.getZoom()) / crs.scale(0);
      const room = Math.min(1, map.getSize().x / WIDE);
      const flows = TG.flows(plan);
      this.count = flows.length;
      const most = flows.length ? flows[0].n : 1;
      this.drawn = flows.slice(0, Math.ceil(MOST * room)).map((flow) => {
        const pixels = (place) => [place[0] * scale, place[1] * scale];
        const width = 1.5 + (0.5 + 9 * Math.sqrt(flow.n / most)) * room;
        const line = outline(pixels(from[flow.from]), pixels(to[flow.to]), width);
        if (!line) return null;
        const latlngs = line.map(([x, y]) => crs.pointToLatLng(L.point(x, y), map.getZoom()));
        const path = L.polygon(latlngs, { pane: "tg-moves", className: "tg-move", smoothFactor: 0 });
        path.bindTooltip(this._words(flow), { sticky: true, className: "tg-tooltip" });
        this.addLayer(TG.outOfTabs(path));
        return { ...flow, path: path };
      });
      this.drawn = this.drawn.filter(Boolean);
      plan.fire("status");
    },

    _words: function (flow) {
      const node = TG.element("div");
      const line = TG.element("div", "tg-strong");
      line.appendChild(TG.name("", this.plan.data.changes.names[flow.from]));
      line.appendChild(document.createTextNode(" → "));
      line.appendChild(TG.name("", this.plan.now.territories[flow.to].id));
      node.appendChild(line);
      node.appendChild(TG.element("div", "tg-key", TG.count(flow.n, this.plan.accounts.data.noun)));
      return node;
    },

    // Of a territory that is pointed at, only what it gains and loses stays strong.
    _light: function (index) {
      if (!this._map || !this.drawn) return;
      const owner = this.plan.data.changes.owner[this.plan.index];
      this.drawn.forEach((flow) => {
        const node = flow.path.getElement();
        if (node) node.classList.toggle("tg-faint", index !== null && flow.to !== index && owner[flow.from] !== index);
      });
    },
  });

  TG.moves = function (plan) {
    return new Moves(plan);
  };
})();
