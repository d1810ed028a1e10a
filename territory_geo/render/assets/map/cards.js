// What is known of a territory, an account or a ring of accounts, as the inside of a card.
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

  function head(plan, index, name, below) {
    const line = TG.element("div", "tg-head");
    line.appendChild(TG.swatch(plan.now.fills[index]));
    line.appendChild(TG.name("tg-name", name));
    if (below) line.appendChild(TG.name("tg-soft", below));
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

  // The same measure in the plan that was before, for whoever it belonged to; null where there is none.
  function earlier(plan, index, label) {
    const changes = plan.data.changes;
    if (!changes || changes.isBefore[plan.index]) return null;
    const first = changes.isBefore.indexOf(true);
    const owner = changes.owner[plan.index].indexOf(index);
    if (first < 0 || owner < 0) return null;
    const scenario = plan.data.scenarios[first];
    const then = changes.owner[first][owner];
    const m = scenario.measures.findIndex((measure) => measure.label === label);
    if (then < 0 || m < 0) return null;
    return { name: scenario.name, total: scenario.territories[then].balance[m][0] };
  }

  function exchange(plan, index) {
    if (!plan.data.changes || plan.data.changes.isBefore[plan.index] || !plan.accounts) return null;
    if (plan._flowsOf !== plan.index) {
      plan._flows = TG.flows(plan);
      plan._flowsOf = plan.index;
    }
    const owner = plan.data.changes.owner[plan.index];
    let [gains, loses] = [0, 0];
    plan._flows.forEach((flow) => {
      if (flow.to === index) gains += flow.n;
      if (owner[flow.from] === index) loses += flow.n;
    });
    return [gains, loses];
  }

  TG.territoryCard = function (plan, index) {
    const { measures, territories } = plan.now;
    const item = territories[index];
    const card = TG.element("div", "tg-info");
    card.appendChild(head(plan, index, item.id, item.person));
    measures.forEach((measure, m) => {
      const [total, target, deviation, ok] = item.balance[m];
      const largest = Math.max(...territories.map((t) => Math.abs(t.balance[m][2] || 0)));
      const block = TG.element("div", "tg-measure");
      const line = row(TG.sentence(measure.label), TG.number(total, measure));
      line.classList.add("tg-strong");
      block.appendChild(line);
      const against = TG.element("div", "tg-line tg-against");
      against.appendChild(TG.element("span", "tg-key", "Target " + TG.number(target, measure)));
      against.appendChild(bar(deviation, largest, ok));
      against.appendChild(TG.element("span", ok ? "tg-value" : "tg-value tg-out", TG.deviation(deviation)));
      block.appendChild(against);
      const then = earlier(plan, index, measure.label);
      if (then) block.appendChild(row(then.name, TG.number(then.total, measure)));
      card.appendChild(block);
    });
    const others = plan.now.views.filter((view) => view.against !== "target");
    if (others.length) {
      const block = TG.element("div", "tg-measure");
      others.forEach((view) => block.appendChild(row(TG.sentence(view.label), TG.number(view.values[index], view.format))));
      card.appendChild(block);
    }
    const rest = TG.element("div", "tg-measure");
    const noun = plan.accounts && plan.accounts.data.noun === "area" ? "Areas" : "Accounts";
    if (!measures.some((m) => m.label === "accounts")) rest.appendChild(row(noun, item.accounts.toLocaleString("en-US")));
    const moved = exchange(plan, index);
    if (moved && moved[0] + moved[1]) rest.appendChild(row("Gains, loses", "+" + moved[0] + ", \u2212" + moved[1]));
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
  };

  TG.accountCard = function (plan, index) {
    const accounts = plan.accounts;
    const data = accounts.data;
    const card = TG.element("div", "tg-info");
    const owner = accounts.territory(index);
    const id = data.id ? data.id[index] : "";
    const name = data.name ? data.name[index] : "";
    card.appendChild(head(plan, owner, name || id || TG.sentence(data.noun)));
    const block = TG.element("div", "tg-measure");
    if (name) block.appendChild(named(TG.sentence(data.noun), id));
    const item = plan.now.territories[owner];
    block.appendChild(named("Territory", item.person ? item.id + " · " + item.person : item.id));
    if (plan.before && !plan.data.changes.isBefore[plan.index]) {
      const code = plan.before[index];
      const before = named(TG.sentence(plan.data.changes.before), code < 0 ? "nobody" : plan.data.changes.names[code]);
      if (plan.hasMoved(index, owner)) before.classList.add("tg-moved");
      block.appendChild(before);
    }
    data.categories.forEach((part, c) => {
      block.appendChild(named(TG.sentence(part.label), part.values[accounts.categories[c].codes[index]]));
    });
    data.measures.forEach((measure, m) => {
      block.appendChild(row(TG.sentence(measure.label), TG.number(accounts.values[m][index], measure)));
    });
    card.appendChild(block);
    return card;
  };

  TG.clusterCard = function (plan, cluster) {
    const accounts = plan.accounts;
    const card = TG.element("div", "tg-info");
    const line = TG.element("div", "tg-head");
    line.appendChild(TG.element("span", "tg-name", TG.count(cluster.n, accounts.data.noun)));
    card.appendChild(line);
    const block = TG.element("div", "tg-measure");
    const { kind, index } = accounts.colour;
    const words = (code) => {
      if (kind === "category") return accounts.categories[index].values[code];
      if (kind === "measure") return TG.classWords(accounts, index)[code];
      return plan.now.territories[code].id;
    };
    cluster.shares.slice(0, 5).forEach(([code, n]) => {
      const entry = row("", n.toLocaleString("en-US"));
      entry.firstChild.appendChild(TG.name("", words(code)));
      block.appendChild(entry);
    });
    if (cluster.shares.length > 5) {
      const rest = cluster.shares.slice(5).reduce((sum, share) => sum + share[1], 0);
      block.appendChild(row(cluster.shares.length - 5 + " more", rest.toLocaleString("en-US")));
    }
    card.appendChild(block);
    card.appendChild(TG.element("div", "tg-hint", "Click to look closer"));
    return card;
  };
})();
