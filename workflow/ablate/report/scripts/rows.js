// Small drawings inside a table's rows, all on one scale: they stay beside their row at any width.
const SHAPES = {
  circle: "M-5,0a5,5 0 1,0 10,0a5,5 0 1,0 -10,0",
  square: "M-4.5,-4.5h9v9h-9z",
  diamond: "M0,-6.2L6.2,0L0,6.2L-6.2,0z",
  up: "M0,-5.8L5.6,4.4L-5.6,4.4z",
  down: "M0,5.8L5.6,-4.4L-5.6,-4.4z",
  plus: "M-2,-5.5h4v3.5h3.5v4h-3.5v3.5h-4v-3.5h-3.5v-4h3.5z",
  cross: "M-5.4,-2.6L-2.6,-5.4L0,-2.8L2.6,-5.4L5.4,-2.6L2.8,0L5.4,2.6L2.6,5.4L0,2.8L-2.6,5.4L-5.4,2.6L-2.8,0z",
  star: "M0,-6.5L1.6,-2.2L6.2,-2L2.6,0.8L3.8,5.3L0,2.7L-3.8,5.3L-2.6,0.8L-6.2,-2L-1.6,-2.2z",
};
const NAMES = Object.keys(SHAPES);
const COLOURS = 7;

/** A study's colour and shape, or a row's within its study. */
const colourOf = (index) => `var(--c${index % COLOURS})`;
const shapeOf = (index) => NAMES[index % NAMES.length];

function shape(name, x, colour, { hollow = false, size = 1 } = {}) {
  const mark = h("path", {
    d: SHAPES[name], transform: `scale(${size})`,
    fill: hollow ? "var(--paper)" : colour, stroke: colour, "stroke-width": 1.6 / size,
  });
  return h("svg", { x, y: "50%", overflow: "visible", class: "mark" }, mark);
}

/** A linear scale over the values, with round ticks: at(value) is a place in percent. */
function scaleOf(values, { zero = false } = {}) {
  const finite = values.filter((value) => known(value) && Number.isFinite(value));
  if (zero) finite.push(0);
  let [low, high] = finite.length ? [Math.min(...finite), Math.max(...finite)] : [0, 1];
  if (high - low < 1) [low, high] = [low - 0.5, high + 0.5];
  const rough = (high - low) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((m) => m * power).find((m) => m >= rough);
  const ticks = [];
  for (let tick = Math.ceil(low / step) * step; tick <= high + 1e-9; tick += step) {
    ticks.push(Number(tick.toPrecision(12)));
  }
  const at = (value) => `${(4 + (92 * (value - low)) / (high - low)).toFixed(2)}%`;
  return { at, ticks, low, high };
}

function drawing(label, ...children) {
  return h("svg", { class: "inrow", role: "img", "aria-label": label, height: 30 }, children);
}

const upright = (x, kind) => h("line", { x1: x, x2: x, y1: 0, y2: "100%", class: kind });

/** The scale's ticks with their numbers, for the head of the column. */
function axis(scale, title) {
  const ticks = scale.ticks.map((tick) =>
    h("text", { x: scale.at(tick), y: 14, "text-anchor": "middle" }, `${tick}`.replace("-", "−")));
  return [h("span", {}, title), h("svg", { class: "inrow axis", height: 18, "aria-hidden": "true" }, ticks)];
}

function interval(scale, low, high, colour, dotted = false) {
  return h("line", {
    x1: scale.at(Math.max(low, scale.low)), x2: scale.at(Math.min(high, scale.high)), y1: "50%", y2: "50%",
    stroke: colour, "stroke-width": 2, "stroke-dasharray": dotted ? "2 2" : null,
  });
}

/** A study's differences to its control: all rows pale, the one that answers with its interval. */
function forest(scale, study, index) {
  const colour = colourOf(index);
  const row = study.rows.find((each) => each.row === study.answer.headline);
  const [difference, low, high] = row?.vs ?? [null];
  const others = study.rows.filter((each) => each !== row && known(each.vs[0]));
  const label = known(difference)
    ? `${row.label}: ${signed(difference)} points${known(low) ? `, 95 % interval ${signed(low)} to ${signed(high)}` : ""}`
    : "no difference to a control";
  return drawing(label,
    scale.ticks.map((tick) => upright(scale.at(tick), "grid")),
    upright(scale.at(0), "zero"),
    others.map((each) => h("circle", { cx: scale.at(each.vs[0]), cy: "50%", r: 3, class: "other" },
      h("title", {}, `${each.label}: ${signed(each.vs[0])}`))),
    known(low) && interval(scale, low, high, colour),
    known(difference) && shape(shapeOf(index), scale.at(difference), colour, { hollow: !known(low) }));
}

/** A row's seeds, mean and 95 % interval; what was reported, if anything was. */
function dots(scale, study, row, colour) {
  const control = controlOf(study, row) ?? (isControl(study, row) ? row : null);
  const seeds = row.seeds.length > 1 ? row.seeds : [];
  const others = row.elsewhere && row.n > 1 ? row.elsewhere.best : [];
  const parts = [`mean ${number(row.mean)} %`];
  if (known(row.half)) parts.push(`95 % interval ${number(row.mean - row.half)} to ${number(row.mean + row.half)}`);
  if (known(row.reported)) parts.push(`reported ${number(row.reported)} %`);
  return drawing(`${row.label}: ${known(row.mean) ? parts.join(", ") : "no run is finished"}`,
    scale.ticks.map((tick) => upright(scale.at(tick), "grid")),
    known(control?.mean) && upright(scale.at(control.mean), "zero"),
    known(row.half) && interval(scale, row.mean - row.half, row.mean + row.half, colour, row.n === 1),
    seeds.map(([seed, best]) => h("svg:a", { href: address.run(`${row.run}/seed${seed}`), tabindex: "-1" },
      h("circle", { cx: scale.at(best), cy: "50%", r: 3.5, class: "seed", fill: colour },
        h("title", {}, `seed ${seed}: ${number(best)} %`)))),
    others.map((best) => h("circle", { cx: scale.at(best), cy: "50%", r: 3.5, class: "seed", fill: colour },
      h("title", {}, `measured elsewhere: ${number(best)} %`))),
    known(row.reported) && shape("diamond", scale.at(row.reported), "var(--reported)", { hollow: true, size: 0.85 }),
    known(row.mean) && shape("circle", scale.at(row.mean), colour, { hollow: Boolean(Object.keys(row.flags).length) }));
}

const swatch = (colour) => h("span", { class: "swatch", style: `background:${colour}`, "aria-hidden": "true" });
