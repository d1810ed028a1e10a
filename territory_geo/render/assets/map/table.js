// The territories as a table beside the map: sorted by any column, and lit up together with the shapes.
(function () {
  "use strict";
  const TG = window.TerritoryGeo;

  // Numbers inside names count as numbers: T9 comes before T10.
  const byName = new Intl.Collator("en", { numeric: true }).compare;

  TG.table = function (plan, zoomTo) {
    const node = TG.element("div", "tg-body");
    const people = plan.data.scenarios.some((scenario) => scenario.territories.some((item) => item.person));
    node.classList.toggle("tg-people", people);
    node.appendChild(TG.scale(plan));
    const columns = TG.element("div", "tg-row tg-columns");
    const list = TG.element("ol", "tg-list");
    node.appendChild(columns);
    node.appendChild(list);
    let sorted = { column: "name", down: false };
    let rows = [];

    // What the columns show: the chosen view, else the first measure that is balanced.
    function figures(i) {
      const { measures, territories, views } = plan.now;
      const item = territories[i];
      if (plan.view !== null) {
        const view = views[plan.view];
        const inside = view.tolerance === null || Math.abs(view.deviations[i]) <= view.tolerance + 1e-9;
        return { value: view.values[i], format: view.format, deviation: view.deviations[i], ok: inside };
      }
      if (!measures.length) return { value: item.accounts, format: { prefix: "", suffix: "", decimals: 0 }, deviation: null, ok: true };
      const [value, , deviation, ok] = item.balance[0];
      return { value: value, format: measures[0], deviation: deviation, ok: ok };
    }

    function heads() {
      const { measures, views } = plan.now;
      const view = plan.view === null ? null : views[plan.view];
      const measure = view ? TG.sentence(view.label) : measures.length ? TG.sentence(measures[0].label) : "Accounts";
      const against = view && view.against === "mean" ? "vs mean" : view && view.against !== "target" ? "vs need" : "vs target";
      return [
        ["name", "", "tg-name"],
        ["value", measure, "tg-num"],
        ["deviation", measures.length || view ? against : "", "tg-num"],
        ["accounts", plan.accounts && plan.accounts.data.noun === "area" ? "Areas" : "Accounts", "tg-num"],
      ];
    }

    function keys(i) {
      const { value, deviation } = figures(i);
      const item = plan.now.territories[i];
      return { name: item.id, value: value, deviation: deviation, accounts: item.accounts };
    }

    function order() {
      const all = plan.now.territories.map((_, i) => i);
      const known = all.map(keys);
      const { column, down } = sorted;
      return all.sort((a, b) => {
        const [x, y] = [known[a][column], known[b][column]];
        const by = column === "name" ? byName(x, y) : (x === null) - (y === null) || x - y;
        return (down ? -by : by) || a - b;
      });
    }

    function entry(i) {
      const item = plan.now.territories[i];
      const { value, format, deviation, ok } = figures(i);
      const row = TG.button("tg-row", null, () => zoomTo(i));
      row.appendChild(TG.swatch(plan.fill(i)));
      const name = TG.element("span", "tg-name");
      name.appendChild(TG.name("", item.id));
      if (item.person) name.appendChild(TG.name("tg-person", item.person));
      row.appendChild(name);
      row.appendChild(TG.element("span", "tg-num", TG.number(value, { ...format, suffix: format.suffix === "%" ? "%" : "" }, true)));
      row.appendChild(TG.element("span", ok ? "tg-num tg-share" : "tg-num tg-share tg-out", deviation === null ? "" : TG.deviation(deviation)));
      row.appendChild(TG.element("span", "tg-num tg-accounts", item.accounts.toLocaleString("en-US")));
      row.addEventListener("mouseenter", () => plan.highlight(i, "legend"));
      row.addEventListener("mouseleave", () => plan.highlight(null, "legend"));
      row.addEventListener("focus", () => plan.highlight(i, "legend"));
      row.addEventListener("blur", () => plan.highlight(null, "legend"));
      const line = TG.element("li");
      line.appendChild(row);
      return [line, row];
    }

    function draw() {
      columns.replaceChildren(TG.element("span", ""));
      heads().forEach(([column, text, className]) => {
        const head = TG.button("tg-sort " + className, text || "Territory", () => {
          sorted = { column: column, down: sorted.column === column ? !sorted.down : column !== "name" };
          draw();
          columns.querySelector(`[data-column="${column}"]`).focus();
        });
        head.dataset.column = column;
        const on = sorted.column === column;
        head.classList.toggle("tg-sorted", on);
        head.classList.toggle("tg-down", on && sorted.down);
        head.setAttribute("aria-label", `Sort by ${text || "territory"}` + (on ? (sorted.down ? ", falling now" : ", rising now") : ""));
        columns.appendChild(head);
      });
      rows = [];
      list.replaceChildren(
        ...order().map((i) => {
          const [line, row] = entry(i);
          rows[i] = row;
          return line;
        })
      );
    }

    plan.on("shade scenario theme", draw);
    plan.on("highlight", (event) => {
      if (event.before !== null && rows[event.before]) rows[event.before].classList.remove("tg-on");
      if (event.index === null || !rows[event.index]) return;
      rows[event.index].classList.add("tg-on");
      if (event.source === "map") rows[event.index].scrollIntoView({ block: "nearest" });
    });
    draw();
    return node;
  };
})();
