// Two to six rows of any studies beside each other.
function comparePage(references) {
  const rows = references.map(rowOf).filter(Boolean).slice(0, 6);
  if (rows.length < 2) {
    return [h("h1", {}, "Compare"), h("p", {}, "Tick two to six rows in the tables of the studies; then this page shows them beside each other.")];
  }
  rows.forEach((each, i) => { each.colour = colourOf(i); });
  const columns = rows.filter(({ row }) => !row.elsewhere).map((each) => [each.label, report.settings[each.row.run] ?? {}]);
  const keys = [...new Set(columns.flatMap(([, settings]) => Object.keys(settings)))]
    .filter((key) => new Set(columns.map(([, settings]) => settings[key])).size > 1);
  const place = h("div");
  fillComparison(rows, place);
  const scale = scaleOf(rows.flatMap(({ row }) => [row.mean, ...accuraciesOf(row)]));
  const others = rows.filter(({ row }) => row.elsewhere);
  return [
    h("h1", {}, "Compare"),
    sortable(rows, [
      { name: "row", left: true, cell: ({ row, study, colour }) => [swatch(colour), " ", row.label, sourceOf(row), h("a", { class: "below", href: address.study(study.study) }, titleOf(study))] },
      { name: "accuracy", left: true, class: "plot", head: axis(scale, "best test accuracy, %"), cell: ({ study, row, colour }) => dots(scale, study, { ...row, reported: null, control: null }, colour) },
      { name: "n", value: ({ row }) => row.n, cell: ({ row }) => `${row.n || ""}` },
      { name: "best", value: ({ row }) => row.mean, cell: ({ study, row }) => known(row.mean) ? linked(study, row, number(row.mean)) : "" },
      { name: "last", value: ({ row }) => row.last, cell: ({ row }) => number(row.last) },
      { name: "seconds", value: ({ row }) => row.seconds, cell: ({ row }) => inSeconds(row.seconds) },
      { name: "parameters", value: ({ row }) => row.parameters, cell: ({ row }) => large(row.parameters) },
    ], { caption: "The rows compared", id: "compared" }),
    h("h2", {}, "Settings that differ"),
    keys.length ? settingsTable(columns, keys) : columns.length > 1 && h("p", {}, "None: these rows have the same settings."),
    others.length > 0 && h("p", { class: "quiet" }, `Measured elsewhere, so that no settings, curves, images or confusion are known here: ${others.map(({ label }) => label).join("; ")}.`),
    place,
  ];
}

async function fillComparison(rows, place) {
  for (const each of rows) each.runs = await detailsOf(each.row);
  const known = rows.filter(({ runs }) => runs.length);
  if (known.length < 2) {
    if (rows.filter(({ row }) => row.seeds.length).length > 1) place.append(h("p", {}, "The curves of these runs are not in this file, which would be too large."));
    return;
  }
  place.append(h("h2", {}, "Learning curves"), curves(known, "compare").box, h("p", { class: "quiet" }, keyOf(known)));
  const [base, ...others] = known;
  place.append(h("h2", {}, `Where ${base.label} and the others are right`), mcnemarTable(base, others),
    h("h2", {}, "Confusion"));
  for (const other of others) {
    const made = chartBox(`${other.label} less ${base.label}, images of the mean matrix`, "compare_confusion");
    place.append(made.box);
    const values = differenceOf(meanConfusion(other.runs), meanConfusion(base.runs));
    gridChart(made.place, "confusion", values, { label: `Confusion of ${other.label} less that of ${base.label}` });
  }
}

const meanConfusion = (runs) => runs[0].confusion.map((line, i) =>
  line.map((_, j) => runs.reduce((sum, run) => sum + run.confusion[i][j], 0) / runs.length));

const differenceOf = (one, other) => one.flatMap((line, i) => line.map((count, j) => {
  const difference = count - other[i][j];
  return { true: report.classes[i] ?? `${i}`, predicted: report.classes[j] ?? `${j}`, count: difference, difference,
    text: one.length > 20 ? "" : difference ? signed(difference, Number.isInteger(difference) ? 0 : 1) : "·" };
}));

/** McNemar's exact test for each seed that both rows have, on equal test images. */
function mcnemar(base, others) {
  return others.flatMap((other) => other.row.seeds.flatMap(([seed]) => {
    const [one, two] = [base, other].map(({ row, runs }) => ({
      run: runOf.get(`${row.run}/seed${seed}`), right: runs.find((each) => each.seed === seed)?.right }));
    if (!one.right || !two.right || one.run.data !== two.run.data || one.right.images !== two.right.images) return [];
    const [b, c] = discordant(one.right, two.right);
    return [{ other, seed, b, c, images: one.right.images, p: exact(b, c) }];
  }));
}

function mcnemarTable(base, others) {
  const lines = mcnemar(base, others);
  if (!lines.length) return h("p", {}, "No seed is common to these rows, or which images are right is not in this file.");
  return h("div", {}, sortable(lines, [
    { name: "row", left: true, cell: ({ other }) => other.label },
    { name: "seed", value: ({ seed }) => seed, cell: ({ seed }) => `${seed}` },
    { name: `only ${base.row.label} right`, value: ({ b }) => b, cell: ({ b }) => `${b}` },
    { name: "only this row right", value: ({ c }) => c, cell: ({ c }) => `${c}` },
    { name: "test images", cell: ({ images }) => images.toLocaleString("en") },
    { name: "p", value: ({ p }) => p, cell: ({ p }) => (p < 1e-4 ? p.toExponential(1) : p.toPrecision(3)) },
  ], { caption: "McNemar's test", id: "mcnemar" }),
  h("p", { class: "quiet" }, "McNemar's exact two-sided test asks whether two trained networks differ on these test images; it says nothing about other seeds."));
}

/** On how many images only the one, and only the other, is right. */
function discordant(one, other) {
  const [a, b] = [one, other].map(({ bits }) => Uint8Array.from(atob(bits), (letter) => letter.charCodeAt(0)));
  let [only, then] = [0, 0];
  a.forEach((byte, i) => {
    only += ones(byte & ~b[i] & 255);
    then += ones(b[i] & ~byte & 255);
  });
  return [only, then];
}

function ones(byte) {
  let count = 0;
  for (let rest = byte; rest; rest &= rest - 1) count += 1;
  return count;
}

/** Two-sided exact binomial test of b successes among b + c at one half. */
function exact(b, c) {
  const n = b + c;
  let log = -n * Math.LN2; // of the probability of no success
  let sum = Math.exp(log);
  for (let k = 1; k <= Math.min(b, c); k += 1) {
    log += Math.log((n - k + 1) / k);
    sum += Math.exp(log);
  }
  return Math.min(1, 2 * sum);
}
