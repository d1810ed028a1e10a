// The diverging scale of the territories: its colours, its reach, and its legend with the target in the middle.
(function () {
  "use strict";
  const TG = window.TerritoryGeo;
  // Blue below, orange above: told apart with every kind of colour vision, and in print by lightness.
  const LIGHT = ["#155a9c", "#5b9bd0", "#b9d5ea", "#f4f1ea", "#f8cf9f", "#e58f38", "#a94a05"];
  const DARK = ["#8cc4ff", "#4b8fd2", "#2d5a88", "#3a434e", "#85552a", "#cc7d33", "#ffb873"];
  const NICE = [0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.75, 1];

  function channels(color) {
    return [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16));
  }

  // A share of the scale's reach, −1 to 1, as a colour; beyond it the last colour, unknown a grey.
  TG.diverging = function (share, dark) {
    if (share === null || !Number.isFinite(share)) return "#9aa3ad";
    const stops = dark ? DARK : LIGHT;
    const place = ((Math.max(-1, Math.min(1, share)) + 1) / 2) * (stops.length - 1);
    const first = Math.min(stops.length - 2, Math.floor(place));
    const [a, b] = [channels(stops[first]), channels(stops[first + 1])];
    const mixed = a.map((value, c) => Math.round(value + (b[c] - value) * (place - first)));
    return "#" + mixed.map((value) => value.toString(16).padStart(2, "0")).join("");
  };

  // One reach for all scenarios, so that before and after can be compared by eye.
  TG.range = function (plan) {
    const { label, against } = plan.now.views[plan.view];
    const known = plan.data.scenarios
      .flatMap((scenario) => scenario.views.filter((view) => view.label === label && view.against === against))
      .flatMap((view) => [view.tolerance || 0, ...view.deviations.map((share) => Math.abs(share || 0))]);
    const largest = Math.max(...known, 1e-6);
    return NICE.find((limit) => largest <= limit + 1e-9) || 1;
  };

  TG.viewName = function (view) {
    return TG.sentence(view.label) + (view.against === "mean" ? " vs mean" : view.against === "target" ? " vs target" : "");
  };

  // The choice of what fills mean, and below it the legend of that choice.
  TG.scale = function (plan) {
    const node = TG.element("div", "tg-scale");
    const label = TG.element("label", "tg-choice");
    label.appendChild(TG.element("span", "tg-key", "Colour by"));
    const select = TG.element("select");
    select.setAttribute("aria-label", "Colour territories by");
    label.appendChild(select);
    node.appendChild(label);
    const legend = TG.element("div", "tg-ramp-box");
    node.appendChild(legend);

    function options() {
      select.replaceChildren();
      ["Territory", ...plan.now.views.map(TG.viewName)].forEach((name, i) => {
        const option = TG.element("option", "", name);
        option.value = String(i - 1);
        select.appendChild(option);
      });
      select.value = String(plan.view === null ? -1 : plan.view);
    }

    function draw() {
      legend.replaceChildren();
      legend.hidden = plan.view === null;
      if (plan.view === null) return;
      const view = plan.now.views[plan.view];
      const reach = TG.range(plan);
      // Nobody covers more than all hours: that scale ends where the others have their middle.
      const capped = view.against !== "mean" && view.against !== "target";
      const [low, high] = [-reach, capped ? 0 : reach];
      const place = (share) => ((share - low) / (high - low)) * 100 + "%";
      const ramp = TG.element("div", "tg-ramp");
      const stops = capped ? [-1, -2 / 3, -1 / 3, 0] : [-1, -2 / 3, -1 / 3, 0, 1 / 3, 2 / 3, 1];
      const colors = stops.map((share) => TG.diverging(share, plan.dark));
      ramp.style.background = `linear-gradient(90deg, ${colors.join(", ")})`;
      legend.appendChild(ramp);
      const ticks = TG.element("div", "tg-ticks");
      const tick = (share, text) => {
        const mark = TG.element("span", "tg-tick", text);
        mark.style.left = place(share);
        ticks.appendChild(mark);
      };
      const percent = (share) => TG.deviation(share).replace(".0", "").replace(".50", ".5");
      tick(low, capped ? percent(1 + low).replace("+", "") : percent(low));
      tick(0, capped ? "all hours" : view.against);
      if (!capped) tick(high, percent(high));
      if (view.tolerance && view.tolerance < reach) {
        [-1, 1].forEach((side) => {
          const line = TG.element("span", "tg-allowed");
          line.style.left = place(side * view.tolerance);
          line.title = "allowed: ±" + percent(view.tolerance).replace("+", "");
          ramp.appendChild(line);
        });
      }
      legend.appendChild(ticks);
    }

    select.addEventListener("change", () => plan.shade(Number(select.value) < 0 ? null : Number(select.value)));
    plan.on("scenario", () => (options(), draw()));
    plan.on("shade theme", () => {
      select.value = String(plan.view === null ? -1 : plan.view);
      draw();
    });
    options();
    draw();
    return node;
  };
})();
