// Dots painted straight into pixels: a smooth disc is worked out once per size and put down for every point.
(function () {
  "use strict";
  const TG = window.TerritoryGeo;
  // Dots sit on quarters of a pixel: finer nobody sees.
  const STEPS = 4;

  // One disc per quarter of a pixel: where it covers, and how much of each pixel (0–255).
  function discs(radius, width) {
    const reach = Math.ceil(radius + 1);
    const made = [];
    for (let sy = 0; sy < STEPS; sy++) {
      for (let sx = 0; sx < STEPS; sx++) {
        const offsets = [];
        const cover = [];
        for (let y = -reach; y <= reach; y++) {
          for (let x = -reach; x <= reach; x++) {
            const distance = Math.hypot(x + 0.5 - sx / STEPS, y + 0.5 - sy / STEPS);
            const share = Math.max(0, Math.min(1, radius + 0.5 - distance));
            if (share < 0.02) continue;
            offsets.push(y * width + x);
            cover.push(Math.round(share * 255));
          }
        }
        made.push({ offsets: Int32Array.from(offsets), cover: Uint8Array.from(cover) });
      }
    }
    return { made: made, reach: reach };
  }

  // "#rrggbb" as the pixels of an image hold it, without opacity.
  TG.pixel = function (color) {
    const value = parseInt(color.slice(1), 16);
    return ((value & 255) << 16) | (value & 0xff00) | (value >> 16);
  };

  TG.Painter = class {
    constructor(context, width, height) {
      // A frame that is not laid out yet has no size, and an image must have one.
      width = Math.max(1, width);
      height = Math.max(1, height);
      this.image = context.createImageData(width, height);
      this.pixels = new Uint32Array(this.image.data.buffer);
      this.context = context;
      this.width = width;
      this.height = height;
    }

    begin(radius) {
      this.set = discs(radius, this.width);
    }

    // Put a disc of one colour at (x, y) in pixels of the canvas; `opacity` 0–1.
    dot(x, y, color, opacity) {
      const { made, reach } = this.set;
      const column = Math.floor(x);
      const row = Math.floor(y);
      if (column < reach || row < reach || column >= this.width - reach || row >= this.height - reach) return;
      const { offsets, cover } = made[Math.floor((y - row) * STEPS) * STEPS + Math.floor((x - column) * STEPS)];
      const at = row * this.width + column;
      const pixels = this.pixels;
      for (let k = 0; k < offsets.length; k++) {
        const alpha = (cover[k] * opacity) | 0;
        const p = at + offsets[k];
        if (alpha >= 250) {
          pixels[p] = color | 0xff000000;
          continue;
        }
        const under = pixels[p];
        const below = under >>> 24;
        if (below === 0) {
          pixels[p] = color | (alpha << 24);
          continue;
        }
        // The usual "over", in whole numbers.
        const rest = (below * (255 - alpha)) / 255;
        const total = alpha + rest;
        const red = ((color & 255) * alpha + (under & 255) * rest) / total;
        const green = (((color >> 8) & 255) * alpha + ((under >> 8) & 255) * rest) / total;
        const blue = (((color >> 16) & 255) * alpha + ((under >> 16) & 255) * rest) / total;
        pixels[p] = (red & 255) | ((green & 255) << 8) | ((blue & 255) << 16) | (Math.min(255, total) << 24);
      }
    }

    end() {
      this.context.putImageData(this.image, 0, 0);
    }
  };
})();
