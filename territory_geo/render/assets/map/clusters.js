// Points gathered into rings, each with its count; the arcs are the shares of the colours in it.
(function () {
  "use strict";
  const TG = window.TerritoryGeo;
  const CELL = 62;

  // Gather what `allowed` lets through at one zoom. `codes` gives each point's colour.
  TG.cluster = function (world, scale, codes, colors, allowed) {
    const n = world.x.length;
    const size = CELL / scale;
    let [x0, y0, x1, y1] = [Infinity, Infinity, -Infinity, -Infinity];
    for (let i = 0; i < n; i++) {
      x0 = Math.min(x0, world.x[i]);
      x1 = Math.max(x1, world.x[i]);
      y0 = Math.min(y0, world.y[i]);
      y1 = Math.max(y1, world.y[i]);
    }
    const columns = Math.floor((x1 - x0) / size) + 1;
    const rows = Math.floor((y1 - y0) / size) + 1;
    const count = new Uint32Array(columns * rows);
    const sumX = new Float64Array(columns * rows);
    const sumY = new Float64Array(columns * rows);
    const parts = new Uint32Array(columns * rows * colors);
    for (let i = 0; i < n; i++) {
      if (!allowed(i)) continue;
      const cell = Math.floor((world.x[i] - x0) / size) + columns * Math.floor((world.y[i] - y0) / size);
      count[cell]++;
      sumX[cell] += world.x[i];
      sumY[cell] += world.y[i];
      parts[cell * colors + codes[i]]++;
    }
    const found = [];
    for (let cell = 0; cell < count.length; cell++) {
      if (!count[cell]) continue;
      const shares = [];
      for (let c = 0; c < colors; c++) {
        const number = parts[cell * colors + c];
        if (number) shares.push([c, number]);
      }
      shares.sort((a, b) => b[1] - a[1]);
      found.push({ x: sumX[cell] / count[cell], y: sumY[cell] / count[cell], n: count[cell], shares: shares });
    }
    // The largest are drawn last, on top.
    return found.sort((a, b) => a.n - b.n);
  };

  TG.clusterRadius = function (n) {
    const fit = window.innerWidth < 720 ? 0.78 : 1;
    return n === 1 ? 4 : fit * Math.min(27, 10 + 4.2 * Math.log10(n));
  };

  function words(n) {
    if (n < 1000) return String(n);
    if (n < 10000) return (n / 1000).toFixed(1).replace(".0", "") + "k";
    return n < 1e6 ? Math.round(n / 1000) + "k" : (n / 1e6).toFixed(1) + "M";
  }

  TG.drawCluster = function (context, x, y, cluster, color, style) {
    const radius = TG.clusterRadius(cluster.n);
    const ring = cluster.n === 1 ? radius : Math.max(3.5, radius * 0.24);
    context.beginPath();
    context.arc(x, y, radius + 1.2, 0, 2 * Math.PI);
    context.fillStyle = style.rim;
    context.fill();
    let turn = -Math.PI / 2;
    for (const [code, number] of cluster.shares) {
      const next = turn + (2 * Math.PI * number) / cluster.n;
      context.beginPath();
      context.moveTo(x, y);
      context.arc(x, y, radius, turn, next);
      context.closePath();
      context.fillStyle = color(code);
      context.fill();
      turn = next;
    }
    if (cluster.n === 1) return;
    context.beginPath();
    context.arc(x, y, radius - ring, 0, 2 * Math.PI);
    context.fillStyle = style.panel;
    context.fill();
    context.fillStyle = style.ink;
    context.font = `600 ${radius < 22 ? 10.5 : 12}px ${style.font}`;
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.fillText(words(cluster.n), x, y + 0.5);
  };
})();
