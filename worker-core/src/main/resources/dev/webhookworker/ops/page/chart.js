// Small charts of one or two series, drawn as SVG. What they show is also told in words.

import { svg } from "./dom.js";

const WIDTH = 600;
const HEIGHT = 150;
const FOOT = 18;

/**
 * @param series [{values, tone, area}]; null in values is a gap
 * @param label what is shown, in words
 */
export function chart(series, label, unit, from, to) {
  const all = series.flatMap((one) => one.values).filter((value) => value !== null);
  const most = niceCeiling(Math.max(0, ...all));
  const picture = svg("svg", {
    viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: "chart", role: "img", "aria-label": label,
  });
  for (const share of [0, 0.5, 1]) {
    const y = position(most * share, most);
    picture.append(svg("line", { x1: 0, x2: WIDTH, y1: y, y2: y, class: "grid" }));
    if (share > 0) {
      picture.append(svg("text", { x: 4, y: y + 12, class: "tick" }, text(most * share) + unit));
    }
  }
  picture.append(svg("text", { x: 4, y: HEIGHT - 4, class: "tick" }, from));
  picture.append(svg("text", { x: WIDTH - 4, y: HEIGHT - 4, class: "tick end" }, to));
  for (const one of series) {
    for (const run of runs(one.values)) {
      const points = run.map(([index, value]) =>
        (index * WIDTH / Math.max(1, one.values.length - 1)).toFixed(1) + "," + position(value, most).toFixed(1));
      if (one.area && run.length > 1) {
        const first = points[0].split(",")[0];
        const last = points[points.length - 1].split(",")[0];
        picture.append(svg("polygon", {
          points: `${first},${HEIGHT - FOOT} ${points.join(" ")} ${last},${HEIGHT - FOOT}`,
          class: "area " + one.tone,
        }));
      }
      picture.append(svg("polyline", { points: points.join(" "), class: "line " + one.tone }));
    }
  }
  return picture;
}

function position(value, most) {
  return 6 + (HEIGHT - FOOT - 6) * (1 - value / most);
}

function runs(values) {
  const found = [];
  let run = [];
  values.forEach((value, index) => {
    if (value === null) {
      if (run.length) {
        found.push(run);
      }
      run = [];
    } else {
      run.push([index, value]);
    }
  });
  return run.length ? [...found, run] : found;
}

function niceCeiling(value) {
  if (value <= 1) {
    return 1;
  }
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 4, 5, 10].map((factor) => factor * power).find((one) => one >= value);
}

function text(value) {
  if (value >= 1_000_000) {
    return value / 1_000_000 + " M";
  }
  return value >= 10_000 ? value / 1000 + " k" : String(value);
}
