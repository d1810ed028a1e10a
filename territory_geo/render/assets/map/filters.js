// Which accounts are shown and what their colours mean; the scenario switch with what changes between plans.
(function () {
  "use strict";
  const TG = window.TerritoryGeo;

  // "under $1,200", "$1,200 – $5,000", …, "$40,000 and more"
  TG.classWords = function (accounts, index) {
    const format = accounts.data.measures[index];
    const text = accounts.limits.map((limit) => TG.number(limit, format, true));
    return ["under " + text[0], ...text.slice(1).map((upper, c) => text[c] + " – " + upper), text[text.length - 1] + " and more"];
  };

  function check(text, on, change) {
    const label = TG.element("label", "tg-check");
    const box = TG.element("input");
    box.type = "checkbox";
    box.checked = on;
    box.addEventListener("change", () => change(box.checked));
    label.appendChild(box);
    const words = TG.element("span", "tg-words");
    words.appendChild(TG.name("", text));
    label.appendChild(words);
    return label;
  }

  TG.filters = function (map, plan) {
    const accounts = plan.accounts;
    const data = accounts.data;
    const node = TG.element("div", "tg-filters");
    const choice = TG.element("label", "tg-choice");
    choice.appendChild(TG.element("span", "tg-key", "Colour dots by"));
    const select = TG.element("select");
    const options = [
      { name: "Territory", colour: { kind: "territory" } },
      ...data.categories.map((part, index) => ({ name: TG.sentence(part.label), colour: { kind: "category", index: index } })),
      ...data.measures.map((part, index) => ({ name: TG.sentence(part.label), colour: { kind: "measure", index: index } })),
    ];
    options.forEach((option, i) => {
      const entry = TG.element("option", "", option.name);
      entry.value = String(i);
      select.appendChild(entry);
    });
    select.setAttribute("aria-label", "Colour dots by");
    choice.appendChild(select);
    node.appendChild(choice);
    const classes = TG.element("div", "tg-classes");
    node.appendChild(classes);
    const groups = data.categories.map((part, c) => {
      const group = TG.element("fieldset");
      group.appendChild(TG.element("legend", "", TG.sentence(part.label)));
      part.values.forEach((value, v) => {
        const line = check(value, true, (on) => {
          if (on) accounts.hidden[c].delete(v);
          else accounts.hidden[c].add(v);
          accounts.filter();
        });
        line.insertBefore(TG.element("span", "tg-dot"), line.lastChild);
        line.appendChild(TG.element("span", "tg-count", part.counts[v].toLocaleString("en-US")));
        group.appendChild(line);
      });
      node.appendChild(group);
      return group;
    });
    const status = TG.element("p", "tg-shown");
    status.setAttribute("role", "status");
    node.appendChild(status);

    function paint() {
      const colors = accounts.palette();
      const { kind, index } = accounts.colour;
      groups.forEach((group, c) => {
        group.querySelectorAll(".tg-dot").forEach((dot, v) => {
          dot.hidden = kind !== "category" || index !== c;
          dot.style.background = kind === "category" && index === c ? colors[v] : "";
        });
      });
      classes.replaceChildren();
      if (kind === "measure") {
        TG.classWords(accounts, index).forEach((words, c) => {
          const line = TG.element("div", "tg-class");
          const dot = TG.element("span", "tg-dot");
          dot.style.background = colors[c];
          line.appendChild(dot);
          line.appendChild(TG.element("span", "", words));
          classes.appendChild(line);
        });
      }
      // Pale territories let the dots speak.
      map.getContainer().classList.toggle("tg-pale", kind !== "territory" || accounts.movedOnly);
    }

    function count() {
      const all = TG.count(data.n, data.noun);
      const text = accounts.shown === data.n ? "All " + all : accounts.shown.toLocaleString("en-US") + " of " + all;
      status.textContent = text + " shown" + (data.namesLeftOut ? "; without names, which are left out of this file" : "");
    }

    select.addEventListener("change", () => accounts.colourBy(options[Number(select.value)].colour));
    plan.on("colour theme scenario filter", paint);
    plan.on("filter", count);
    count();
    paint();
    return node;
  };

  // One button per plan, and one that shows only what changes between before and now.
  TG.scenarios = function (map, plan) {
    const { scenarios, changes } = plan.data;
    const node = TG.element("div", "tg-scenarios");
    const group = TG.element("div", "tg-segments");
    group.setAttribute("role", "group");
    group.setAttribute("aria-label", "Plan");
    const buttons = scenarios.map((scenario, i) => {
      const button = TG.button("tg-segment", null, () => plan.show(i));
      button.appendChild(TG.name("", scenario.name));
      group.appendChild(button);
      return button;
    });
    if (scenarios.length > 1) node.appendChild(group);
    const toggle = TG.button("tg-segment tg-changes", "What changes", () => show(!plan.accounts.movedOnly));
    const some = changes && plan.moves && changes.moved.some((n) => n > 0);
    if (some) node.appendChild(toggle);

    function show(on) {
      plan.accounts.movedOnly = on;
      if (on && !map.hasLayer(plan.accounts)) map.addLayer(plan.accounts);
      if (on) map.addLayer(plan.moves);
      else map.removeLayer(plan.moves);
      plan.accounts.filter();
      mark();
    }

    function mark() {
      buttons.forEach((button, i) => button.setAttribute("aria-pressed", String(i === plan.index)));
      if (!some) return;
      const before = changes.isBefore[plan.index];
      toggle.disabled = before;
      toggle.setAttribute("aria-pressed", String(plan.accounts.movedOnly && !before));
    }

    plan.on("scenario", () => {
      if (some && plan.accounts.movedOnly && changes.isBefore[plan.index]) show(false);
      mark();
    });
    mark();
    return scenarios.length > 1 || some ? node : null;
  };

  // What is said of a plan below the title: its status, and how much changes hands.
  TG.statusParts = function (plan) {
    const parts = plan.now.status.split(" · ");
    const changes = plan.data.changes;
    if (changes && !changes.isBefore[plan.index]) {
      const moved = changes.moved[plan.index];
      const share = changes.held ? TG.deviation(moved / changes.held).replace("+", "") : "";
      const verb = moved === 1 ? " changes hands" : " change hands";
      const noun = plan.accounts ? plan.accounts.data.noun : "account";
      parts.push(TG.count(moved, noun) + verb + (share ? ` (${share})` : ""));
      if (changes.free) parts.push(changes.free.toLocaleString("en-US") + (changes.free === 1 ? " more gets a rep" : " more get a rep"));
    }
    if (changes && changes.matched) parts.push("compared by most accounts in common");
    const { moves } = plan;
    if (moves && moves._map && moves.drawn && moves.drawn.length < moves.count) {
      parts.push(`${moves.drawn.length} of ${moves.count} arrows drawn, the largest`);
    }
    return parts;
  };
})();
