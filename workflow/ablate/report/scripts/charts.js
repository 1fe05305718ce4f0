// Charts by Vega-Lite: the specifications come with the data, the library is unpacked once.
let library;

async function vega() {
  library ??= part("library").then((text) => {
    document.head.append(h("script", {}, text));
    return window.vegaEmbed;
  });
  return library;
}

/** Draw a chart into its place; resolves to its view. */
async function chart(place, name, values, { label, step, signals = {} }) {
  const embed = await vega();
  const spec = structuredClone(report.charts[name]);
  spec.datasets = { values };
  if (step) [spec.width, spec.height] = [{ step: step[0] }, { step: step[1] }];
  for (const each of spec.params ?? []) if (each.name in signals) each.value = signals[each.name];
  spec.description = label;
  place.setAttribute("role", "figure");
  place.setAttribute("aria-label", label);
  const { view } = await embed(place, spec, { renderer: "svg", actions: false });
  return view;
}

/** A place for a chart with its heading and a button for its SVG. */
function chartBox(title, file) {
  const place = h("div", { class: "chart" });
  const save = h("button", { type: "button", class: "quiet", click: () => download(`${file}.svg`, standalone(place), "image/svg+xml") }, "SVG");
  return { box: h("div", { class: "chartbox" }, h("div", { class: "head" }, h("h3", {}, title), save), h("div", { class: "scroll" }, place)), place };
}

/** A chart's SVG by itself: the page's colours written out. */
function standalone(place) {
  const svg = place.querySelector("svg").cloneNode(true);
  const style = getComputedStyle(document.documentElement);
  const text = new XMLSerializer().serializeToString(svg);
  return text
    .replaceAll(/var\((--[a-z0-9-]+)\)/g, (_, name) => style.getPropertyValue(name).trim())
    .replaceAll("currentColor", style.getPropertyValue("--ink").trim());
}

const PARTS = { test: "test images", train: "training images" };

/** Mean, smallest and largest over the runs, by epoch: of long runs at those that all have kept. */
function bands(runs, measure, row, colour) {
  const kept = runs.map(({ history }) => ({ epochs: new Set(history.epoch), last: history.epoch.at(-1) }));
  return Object.keys(PARTS).flatMap((kind) => {
    const by = new Map();
    for (const { history } of runs) {
      history.epoch.forEach((epoch, i) => {
        const value = history[`${kind}_${measure}`][i];
        if (known(value)) by.set(epoch, [...(by.get(epoch) ?? []), value]);
      });
    }
    const whole = [...by].filter(([epoch]) => kept.every(({ epochs, last }) => epochs.has(epoch) || !(epoch <= last)));
    return whole.sort(([a], [b]) => a - b).map(([epoch, values]) => {
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      const [low, high] = [Math.min(...values), Math.max(...values)];
      const span = values.length > 1 ? ` (${short(low)} to ${short(high)}, ${values.length} seeds)` : "";
      return { epoch, mean, low, high, row, part: kind, colour, text: `${short(mean)}${span}` };
    });
  });
}

/** Where to cut an axis that a few values would flatten; null where nothing stands out. */
function cut(values) {
  const sorted = values.map((value) => value.high).sort((a, b) => a - b);
  if (sorted.length <= 4) return null;
  const usual = sorted.length < 20 ? [[0.9, 2.5], [0.75, 20]] : [[0.9, 2.5]];
  // Of a short run two values are a quarter of all; they stand out if they tower over the others.
  for (const [share, times] of usual) {
    const most = sorted[Math.floor(share * (sorted.length - 1))];
    if (most > 0 && sorted.at(-1) > times * most) return 1.3 * most;
  }
  return null;
}

const MANY = 2; // rows whose bands can still be told apart

/** Accuracy and loss by epoch of several rows: [{label, colour, runs}]. Returns the box, and the
 *  function that lets one row stand out. */
function curves(rows, file) {
  const views = [];
  const box = h("div", { class: "pair" });
  const draw = async () => {
    for (const [measure, title] of [["accuracy", "Accuracy"], ["loss", "Loss"]]) {
      const values = rows.flatMap((row) => bands(row.runs, measure, row.label, row.colour));
      const top = measure === "loss" ? cut(values) : null;
      const made = chartBox(title, `${file}_${measure}`);
      box.append(made.box);
      if (!values.length) {
        made.place.append(h("p", { class: "quiet" }, "No epoch was finished."));
        continue;
      }
      const label = `${title} by epoch of ${rows.map((row) => row.label).join(", ")}`;
      views.push(await chart(made.place, measure, values, { label, signals: { top, alone: "", many: rows.length > MANY } }));
      if (top !== null) {
        const beyond = values.filter((value) => value.high > top);
        const highest = Math.max(...beyond.map((value) => value.high));
        made.box.append(h("p", { class: "quiet" },
          `${plural(beyond.length, "value")} above the axis, up to ${short(highest)}.`));
      }
    }
  };
  const alone = (label) => views.forEach((view) => view.signal("alone", label).run());
  return { box, alone, drawn: draw() };
}

/** What lines and bands mean: rows are as `curves` takes them. */
const keyOf = (rows) => [
  "Solid: test images; dashed: training images (running mean of the epoch).",
  rows.some((row) => row.runs.length > 1) && ` Band: smallest to largest of the seeds${rows.length > MANY ? ", of the test images until a row stands alone" : ""}.`,
];

/** A grid of coloured cells, each marked as dark or not, so that its text can be read on it. */
function gridChart(place, name, values, options) {
  const most = Math.max(...values.map((value) => Math.abs(value.difference)), 1e-9);
  for (const value of values) value.strong = Math.abs(value.difference) > 0.6 * most;
  return chart(place, name, values, { ...options, step: stepFor(report.classes.length), signals: { most } });
}

const stepFor = (classes) => (classes > 20 ? [12, 14] : [42, 26]);
