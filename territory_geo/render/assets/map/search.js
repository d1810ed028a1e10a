// Search: territories, people, accounts and towns by any part of their name; the arrows choose, Enter goes there.
(function () {
  "use strict";
  const TG = window.TerritoryGeo;
  const MOST = 8;
  let number = 0;

  // Without accents and case, so that "Zurich" finds "Zürich".
  function plain(text) {
    return text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
  }

  TG.search = function (map, plan, zoomTo) {
    const node = TG.element("div", "tg-search");
    const input = TG.element("input");
    const id = `tg-found-${++number}`;
    input.type = "search";
    const kinds = [plan.accounts && plan.accounts.data.noun + "s", plan.towns && "towns", plan.marks && plan.marks.homes && "reps"];
    const wanted = "Search " + (kinds.filter(Boolean).join(", ") || "territories");
    input.placeholder = window.innerWidth < 720 ? "Search" : wanted;
    Object.entries({
      role: "combobox", "aria-expanded": "false", "aria-controls": id, "aria-label": wanted, autocomplete: "off",
    }).forEach(([name, value]) => input.setAttribute(name, value));
    const list = TG.element("ul", "tg-found");
    list.id = id;
    list.setAttribute("role", "listbox");
    list.hidden = true;
    node.appendChild(input);
    node.appendChild(list);
    let found = [];
    let chosen = -1;
    let accountTexts = null;
    let townTexts = null;

    function near(latlng, gain, then) {
      const zoom = Math.max(map.getZoom(), plan.fittedZoom + gain);
      if (then) map.once("moveend", then);
      map.flyTo(latlng, zoom, { duration: 0.6 });
    }

    function* candidates(wanted) {
      for (const [i, item] of plan.now.territories.entries()) {
        if (plain(item.id + " " + item.person).includes(wanted)) {
          yield { name: item.id, more: item.person, kind: "Territory", go: () => zoomTo(i) };
        }
      }
      for (const [kind, label] of [["homes", "Rep"], ["named", "Named account"]]) {
        const marks = plan.marks && plan.marks[kind];
        for (const mark of marks ? marks.list : []) {
          if (!plain(mark.name + " " + mark.id).includes(wanted)) continue;
          const go = () => near(mark.at, 3, () => (map.addLayer(marks.group), mark.open()));
          yield { name: mark.name, more: mark.id === mark.name ? "" : mark.id, kind: label, go: go };
        }
      }
      yield* accounts(wanted);
      yield* towns(wanted);
    }

    function* accounts(wanted) {
      const data = plan.accounts ? plan.accounts.data : {};
      if (!data.id) return;
      accountTexts = accountTexts || data.id.map((id, i) => plain(data.name ? data.name[i] + "\u0000" + id : id));
      for (let i = 0; i < accountTexts.length; i++) {
        if (!accountTexts[i].includes(wanted)) continue;
        const name = (data.name && data.name[i]) || data.id[i];
        const go = () => near(plan.accounts.latLng(i), 5, () => (map.addLayer(plan.accounts), plan.showAccount(i)));
        yield { name: name, more: name === data.id[i] ? "" : data.id[i], kind: TG.sentence(data.noun), go: go };
      }
    }

    function* towns(wanted) {
      const layer = plan.towns;
      if (!layer) return;
      townTexts = townTexts || layer.data.name.map((name) => plain(name));
      for (const starts of [true, false]) {
        for (let i = 0; i < townTexts.length; i++) {
          const at = townTexts[i].indexOf(wanted);
          if (at < 0 || starts !== (at === 0)) continue;
          const go = () => near(layer.latLng(i), 3.5, () => plan.ping(layer.latLng(i)));
          yield { name: layer.data.name[i], more: layer.data.state[i], kind: "Town", go: go };
        }
      }
    }

    // Some of each kind, so that a thousand accounts do not hide the town of that name.
    function look(wanted) {
      const counts = {};
      const kept = [];
      for (const candidate of candidates(wanted)) {
        counts[candidate.kind] = (counts[candidate.kind] || 0) + 1;
        if (counts[candidate.kind] <= 4) kept.push(candidate);
        if (kept.length >= MOST || (candidate.kind === "Town" && counts.Town > 4)) break;
      }
      return kept;
    }

    function choose(index) {
      chosen = index;
      [...list.children].forEach((line, i) => line.setAttribute("aria-selected", String(i === chosen)));
      if (chosen >= 0) input.setAttribute("aria-activedescendant", `${id}-${chosen}`);
      else input.removeAttribute("aria-activedescendant");
    }

    function close() {
      list.hidden = true;
      input.setAttribute("aria-expanded", "false");
    }

    function go(index) {
      const item = found[index];
      if (!item) return;
      close();
      input.value = item.name;
      item.go();
    }

    function show() {
      const wanted = plain(input.value.trim());
      found = wanted ? look(wanted) : [];
      list.replaceChildren(
        ...found.map((item, i) => {
          const line = TG.element("li");
          line.id = `${id}-${i}`;
          line.setAttribute("role", "option");
          line.appendChild(TG.name("tg-name", item.name));
          if (item.more) line.appendChild(TG.name("tg-soft", item.more));
          line.appendChild(TG.element("span", "tg-kind", item.kind));
          line.addEventListener("mousedown", (event) => (event.preventDefault(), go(i)));
          return line;
        })
      );
      if (wanted && !found.length) list.appendChild(TG.element("li", "tg-none", "Nothing of that name"));
      list.hidden = !wanted;
      input.setAttribute("aria-expanded", String(Boolean(wanted)));
      choose(found.length ? 0 : -1);
    }

    input.addEventListener("input", show);
    input.addEventListener("focus", () => input.value && show());
    input.addEventListener("blur", close);
    input.addEventListener("keydown", (event) => {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step && found.length) choose((chosen + step + found.length) % found.length);
      else if (event.key === "Enter") go(chosen);
      else if (event.key === "Escape") close();
      else return;
      event.preventDefault();
      event.stopPropagation();
    });
    return node;
  };
})();
