// Draws every element with data-chart: its <script type="application/json"> holds the ECharts options.
// Tooltips are drawn on the canvas ("richText"), because the page's policy allows no inline style.
(() => {
  "use strict";

  const drawn = new WeakMap();
  const quiet = window.matchMedia("(prefers-reduced-motion: reduce)");

  function draw(place) {
    const written = place.querySelector("script[type='application/json']").textContent;
    if (drawn.get(place) === written) return;
    drawn.set(place, written);
    const options = JSON.parse(written);
    options.tooltip = { ...options.tooltip, renderMode: "richText" };
    options.animation = !quiet.matches;
    let canvas = place.querySelector("[data-canvas]");
    if (!canvas) {
      canvas = document.createElement("div");
      canvas.dataset.canvas = "";
      place.append(canvas);
    }
    const chart = echarts.getInstanceByDom(canvas) ?? echarts.init(canvas);
    chart.setOption(options);
  }

  function drawAll(root) {
    if (root.matches?.("[data-chart]")) draw(root);
    root.querySelectorAll("[data-chart]").forEach(draw);
  }

  document.addEventListener("htmx:after:swap", () => drawAll(document));
  window.addEventListener("resize", () => {
    document.querySelectorAll("[data-canvas]").forEach((canvas) => echarts.getInstanceByDom(canvas)?.resize());
  });
  drawAll(document);
})();
