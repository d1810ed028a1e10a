// Full screen, light or dark, and print: buttons beside the zoom.
(function () {
  "use strict";
  const TG = window.TerritoryGeo;
  const SVG = "http://www.w3.org/2000/svg";
  const DRAWN = {
    full: "M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5",
    night: "M19 14.5A7.5 7.5 0 0 1 9.5 5a7.5 7.5 0 1 0 9.5 9.5z",
    print: "M7 9V4h10v5M7 17H4v-8h16v8h-3M7 14h10v6H7z",
  };

  function button(kind, label, onClick) {
    const node = TG.button("tg-tool tg-" + kind, null, onClick);
    node.title = label;
    node.setAttribute("aria-label", label);
    const svg = document.createElementNS(SVG, "svg");
    svg.setAttribute("viewBox", "0 0 24 24");
    svg.setAttribute("aria-hidden", "true");
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", DRAWN[kind]);
    svg.appendChild(path);
    node.appendChild(svg);
    return node;
  }

  TG.theme = function (map, plan) {
    const system = window.matchMedia("(prefers-color-scheme: dark)");
    function set(dark) {
      map.getContainer().classList.toggle("tg-dark", dark);
      plan.setDark(dark);
    }
    if (plan.data.theme === "auto") system.addEventListener("change", () => set(system.matches));
    set(plan.data.theme === "dark" || (plan.data.theme === "auto" && system.matches));
    return set;
  };

  TG.tools = function (map, plan, setDark, fit) {
    const container = map.getContainer();
    container.setAttribute("role", "region");
    container.setAttribute("aria-label", "Map: arrow keys move it, plus and minus zoom");
    const bar = container.querySelector(".leaflet-control-zoom");
    if (!bar) return;
    const tools = [
      button("night", "Light or dark", () => setDark(!plan.dark)),
      button("print", "Print", () => window.print()),
    ];
    if (document.fullscreenEnabled) {
      const toggle = () => (document.fullscreenElement ? document.exitFullscreen() : container.requestFullscreen());
      tools.unshift(button("full", "Full screen", toggle));
      // The window may be as large as the screen already: then only the map changes its size.
      document.addEventListener("fullscreenchange", () => map.invalidateSize({ animate: false }));
    }
    bar.prepend(...tools);
    L.DomEvent.disableClickPropagation(bar);

    // Paper is white and as wide as it is: a sheet of its own size, in light colours, then back.
    let before = null;
    window.addEventListener("beforeprint", () => {
      const whole = Boolean(plan.untouched && plan.untouched());
      before = { dark: plan.dark, center: map.getCenter(), zoom: map.getZoom(), fitted: plan.fittedZoom, whole: whole };
      container.classList.add("tg-paper-sheet");
      if (before.dark) setDark(false);
      map.invalidateSize({ animate: false, pan: false });
      fit();
      // Browsers print what is drawn now as strokes, and the emptying before it would wipe out what lies below: as
      // finished pixels a canvas is printed like any picture.
      container.querySelectorAll("canvas").forEach((canvas) => {
        if (!canvas.width || !canvas.height) return;
        const context = canvas.getContext("2d");
        const pixels = context.getImageData(0, 0, canvas.width, canvas.height);
        canvas.width = canvas.width;
        context.putImageData(pixels, 0, 0);
      });
    });
    window.addEventListener("afterprint", () => {
      if (!before) return;
      container.classList.remove("tg-paper-sheet");
      if (before.dark) setDark(true);
      map.invalidateSize({ animate: false, pan: false });
      // What the first view was decides how large dots are and which towns are named.
      plan.fittedZoom = before.fitted;
      if (before.whole) fit();
      else map.setView(before.center, before.zoom, { animate: false });
      before = null;
    });
  };
})();
