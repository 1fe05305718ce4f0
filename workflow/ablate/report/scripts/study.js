// One study: answer, table with its dot plot, curves, settings, classes.
const DRAWN_ROWS = 20; // curves of more rows at once cannot be told apart
const MOST_ROWS = 100; // of a table, before the reader asks for all
const ticked = new Set();

function studyPage(name) {
  const study = studyOf.get(name);
  if (!study) return missingPage();
  const drawn = drawnRows(study);
  const colours = new Map(drawn.map((row, i) => [row, colourOf(i)]));
  const file = `study_${study.study}`;
  const place = h("div");
  const classes = h("div");
  const isolated = { row: null, alone: () => {} };
  fillCharts(study, drawn, colours, place, classes, isolated, file);
  return [
    h("h1", {}, heading(study), study.title),
    study.question && h("p", { class: "question" }, study.question),
    h("p", { class: "quiet" }, trainedAs(study)),
    h("p", { class: "lead answer" }, answerOf(study)),
    study.answer.no_winner && h("p", {}, `${study.answer.no_winner[0].toUpperCase()}${study.answer.no_winner.slice(1)}.`),
    studyTable(study, colours, isolated),
    h("p", { class: "quiet" }, plotted(study)),
    toolbar(study, file),
    notes(study.notes.map((note) => note.replace(/^finding: /, ""))),
    trainedAnew(study),
    onTheSameImages(study),
    factorEffects(study),
    paperSentences(study),
    h("h2", {}, "Learning curves"),
    place,
    h("h2", {}, "Settings that differ"),
    settingsMatrix(study),
    classes,
  ];
}

/** The control's network and training in a few words; "" where none is known. */
function trainedAs(study) {
  const row = study.rows.find((each) => isControl(study, each) && report.settings[each.run]);
  const set = row && report.settings[row.run];
  if (!set) return "";
  return `${row.label}: ${[
    set["model.name"], Number(set["model.width"] ?? 1) !== 1 && `${set["model.width"]} × width`,
    known(set.steps) && set.steps !== "null" ? `${set.steps} steps` : `${set.epochs} epochs`,
    `batches of ${set.batch_size}`, `${set.optimizer} at rate ${set["optimizer.lr"]}`].filter(Boolean).join(", ")}.`;
}

/** What the marks beside the rows mean. */
function plotted(study) {
  const some = (value) => study.rows.some(value);
  return ["● mean", some((row) => known(row.half)) && "line: its 95 % interval", some((row) => row.n > 1) && "small dots: the runs",
    some((row) => Object.keys(row.flags).length) && "hollow ○: flagged", study.reported && "◇ reported", some((row) => row.control) && "dashed: the control's mean"]
    .filter(Boolean).join("; ") + ".";
}

/** The rows whose curves are drawn: all, or the control and the most accurate ones. */
function drawnRows(study) {
  const rows = study.rows.filter((row) => row.seeds.length);
  if (rows.length <= DRAWN_ROWS) return rows;
  const best = [...rows].sort((a, b) => b.mean - a.mean).slice(0, DRAWN_ROWS - 1);
  return rows.filter((row) => best.includes(row) || isControl(study, row));
}

function studyTable(study, colours, isolated) {
  const scale = scaleOf(study.rows.flatMap((row) => [
    row.mean, row.reported, ...accuraciesOf(row),
    ...(known(row.half) ? [Math.max(row.mean - row.half, 0), Math.min(row.mean + row.half, 100)] : [])]));
  const some = (value) => study.rows.some((row) => known(value(row)));
  const columns = [
    { name: "row", left: true, value: (row) => row.label, cell: (row) => rowHead(study, row, colours.get(row), isolated) },
    { name: "accuracy", left: true, class: "plot", head: axis(scale, "best test accuracy, %"),
      cell: (row) => dots(scale, study, row, colours.get(row) ?? "var(--quiet)") },
    { name: "n", value: (row) => row.n, cell: (row) => `${row.n || ""}` },
    { name: "best", class: "winner", value: (row) => row.mean, cell: (row) => known(row.mean)
      ? linked(study, row, `${number(row.mean)}${known(row.sd) ? ` ±\u00a0${number(row.sd)}` : ""}`) : "" },
    some((row) => row.vs[0]) && { name: "Δ control", value: (row) => row.vs[0], cell: (row) => againstControl(study, row) },
    some((row) => row.last) && { name: "last", value: (row) => row.last, cell: (row) => number(row.last) },
    some((row) => row.chosen) && { name: "chosen", value: (row) => row.chosen, cell: (row) => number(row.chosen) },
    study.reported && { name: "reported", value: (row) => row.reported, cell: (row) => `${number(row.reported)}${row.reported_best ? "*" : ""}` },
    study.reported && { name: "Δ reported", value: (row) => row.delta, cell: (row) => signed(row.delta) },
    some((row) => row.train) && { name: "train", value: (row) => row.train, cell: (row) => number(row.train) },
    some((row) => row.epoch) && { name: "best epoch", value: (row) => row.epoch, cell: (row) => number(row.epoch, Number.isInteger(row.epoch) ? 0 : 1) },
    some((row) => row.seconds) && { name: "seconds", value: (row) => row.seconds, cell: (row) => [inSeconds(row.seconds),
      study.reported && known(row.reported_seconds) && h("span", { class: "below wraps" },
        `reported ${{ approx: "about ", "at least": "> " }[row.reported_seconds_is] ?? ""}${row.reported_seconds} s`)] },
    some((row) => row.parameters) && { name: "parameters", head: h("abbr", { title: "parameters" }, "params"), value: (row) => row.parameters, cell: (row) => large(row.parameters) },
  ].filter(Boolean);
  return sortable(study.rows, columns, {
    caption: `${titleOf(study)}: every row`, id: "study",
    rowClass: (row) => [isControl(study, row) && "control", study.answer.best === row.row && "best"].filter(Boolean).join(" "),
  });
}

/** Sentences for a paper: how it was tested, and what came of it. */
function paperSentences(study) {
  const { methods, result } = study.answer;
  if (!methods && !result) return null;
  return h("details", {}, h("summary", {}, "Sentences for a paper"),
    [["Methods", methods], ["Result", result]].filter(([, text]) => text).map(([name, text]) => [
      h("p", {}, text), h("div", { class: "tools" }, copyButton(`Copy ${name.toLowerCase()}`, text, name))]));
}

const failed = (row) => Boolean(row.flags.diverged || row.flags.collapsed);

function againstControl(study, row) {
  if (!known(row.vs[0])) return "";
  const [difference, low, high] = row.vs;
  return [signed(difference), known(low) && h("span", { class: "below" }, `[${signed(low)}, ${signed(high)}]`),
    relation(study.answer.comparisons[row.row])];
}

const RELATION_TONES = { better: "good", worse: "bad" };

function relation(comparison) {
  if (!comparison) return "";
  const { p } = comparison;
  return h("span", { class: "below" }, h("span", { class: `mark ${RELATION_TONES[comparison.relation] ?? ""}` }, comparison.relation),
    pValue(p));
}

function rowHead(study, row, colour, isolated) {
  const reference = `${study.study}/${row.row}`;
  const tick = h("input", { type: "checkbox", "aria-label": `Compare ${row.label}`, change: (event) => tickRow(reference, event.target) });
  tick.checked = ticked.has(reference);
  const alone = colour && h("button", {
    type: "button", class: "alone", "aria-pressed": `${isolated.row === row}`,
    "aria-label": `Show the curves of ${row.label} alone`, title: "its curves alone",
    click: (event) => {
      isolated.row = isolated.row === row ? null : row;
      document.querySelectorAll(".alone").forEach((button) => button.setAttribute("aria-pressed", "false"));
      event.currentTarget.setAttribute("aria-pressed", `${isolated.row === row}`);
      isolated.alone(isolated.row?.label ?? "");
    },
  }, swatch(colour));
  const marks = [
    isControl(study, row) && h("span", { class: "mark" }, "control"),
    study.answer.best === row.row && h("span", { class: "mark good" }, "best"),
    row.confounded && h("span", { class: "mark", title: "differs from the control in more than one setting" }, "confounded"),
    Object.entries(row.flags).map(([flag, count]) => h("span", { class: "mark bad" }, row.n + (row.flags.missing ?? 0) > 1 ? `${count} ${flag}` : flag)),
  ];
  return [h("span", { class: "rowhead" }, tick, alone, h("span", {}, row.label, " ", marks, sourceOf(row))),
    known(row.vs[0]) && h("span", { class: "below moved" }, `Δ control ${signed(row.vs[0])}${known(row.vs[1]) ? ` [${signed(row.vs[1])}, ${signed(row.vs[2])}]` : ""}`)];
}

function tickRow(reference, box) {
  if (box.checked && ticked.size === 6) {
    box.checked = false;
    return say("Six rows at most are compared");
  }
  if (box.checked) ticked.add(reference);
  else ticked.delete(reference);
  showTicked();
}

function showTicked() {
  const bar = document.getElementById("ticked");
  bar.hidden = !ticked.size;
  bar.replaceChildren(
    `${plural(ticked.size, "row")} ticked `,
    ticked.size > 1 && h("a", { href: address.compare([...ticked]) }, "Compare") || "tick another to compare ",
    h("button", { type: "button", click: () => {
      ticked.clear();
      document.querySelectorAll("#study input:checked").forEach((box) => { box.checked = false; });
      showTicked();
    } }, "Clear"));
}

/** What can be taken along: the table as text, the figure for a paper. */
function toolbar(study, file) {
  const tools = h("div", { class: "tools", role: "group", "aria-label": "Copy and download" });
  part("copies").then((copies) => {
    const text = copies?.[study.study];
    if (!text) return;
    tools.append(
      copyButton("Copy as Markdown", text.markdown, "Markdown"),
      copyButton("LaTeX", text.latex, "LaTeX"),
      copyButton("TSV", text.tsv, "TSV"),
      h("button", { type: "button", click: () => download(`${study.study}.csv`, text.csv, "text/csv") }, "Download CSV"));
    // Inside another page's frame the files beside this one are out of reach.
    if (location.protocol !== "data:" && location.protocol !== "about:") {
      tools.append(...["svg", "pdf"].map((kind) =>
        h("a", { class: "button", href: `../figures/${file}.${kind}`, download: `${file}.${kind}` }, `Figure as ${kind.toUpperCase()}`)));
    }
  });
  return tools;
}

async function fillCharts(study, drawn, colours, place, classes, isolated, file) {
  const found = await Promise.all(drawn.map(async (row) => ({ label: row.label, colour: colours.get(row), row, runs: await detailsOf(row) })));
  const rows = found.filter((row) => row.runs.length);
  if (!rows.length) {
    place.append(h("p", {}, drawn.length
      ? "The curves of these runs are not in this file, which would be too large: see history.csv in the folder of each run."
      : noRun(study)));
    return;
  }
  const made = curves(rows, file);
  isolated.alone = made.alone;
  const count = study.rows.filter((row) => row.seeds.length).length;
  place.append(made.box, h("p", { class: "quiet" }, keyOf(rows), " The colours are those of the table's rows; press a row's colour to see its curves alone.",
    count > drawn.length && ` Drawn: the control and the ${drawn.length - 1} most accurate of ${count} rows.`));
  classDifferences(study, rows, classes, file);
}

const noRun = (study) => (study.rows.every((row) => row.elsewhere)
  ? "All of its rows were measured elsewhere, so no curves and no settings are known here."
  : "No run is finished.");

const recall = (confusion) => confusion.map((line, i) => {
  const images = line.reduce((sum, count) => sum + count, 0);
  return images ? (100 * line[i]) / images : null;
});

function meanRecall(runs) {
  const each = runs.map((run) => recall(run.confusion));
  return each[0].map((_, i) => {
    const values = each.map((one) => one[i]).filter(known);
    return values.length ? values.reduce((sum, value) => sum + value, 0) / values.length : null;
  });
}

/** Accuracy by class less the control's, as a grid of rows and classes. */
function classDifferences(study, rows, place, file) {
  const found = new Map(rows.map(({ row, runs }) => [row.row, meanRecall(runs)]));
  const values = rows.filter(({ row }) => found.has(row.control)).flatMap(({ label, row }) => {
    const base = found.get(row.control);
    return found.get(row.row).flatMap((value, i) => (known(value) && known(base[i])
      ? [{ row: label, class: report.classes[i] ?? `${i}`, difference: Number((value - base[i]).toFixed(2)),
          text: report.classes.length > 20 ? "" : signed(value - base[i], 0) }] : []));
  });
  if (!values.length) return;
  const made = chartBox("Accuracy by class less the control's, percentage points", `${file}_classes`);
  place.append(h("h2", {}, "By class"), made.box,
    h("p", { class: "quiet" }, "Means over the runs, at their best epochs. A class has few test images, so small differences are chance."));
  gridChart(made.place, "classes", values, { label: `Accuracy by class of each row less that of its control` });
}

/** The settings in which rows differ, controls first: "32 → 16" is the control's, then the row's own. */
function settingsMatrix(study) {
  const rows = [...study.rows].sort((a, b) => isControl(study, b) - isControl(study, a)).filter((row) => report.settings[row.run]);
  if (!rows.length) return h("p", {}, noRun(study));
  const shown = rows.slice(0, MOST_ROWS);
  return h("div", {},
    study.keys.length
      ? scrolling("Settings that differ", h("table", { id: "settings", class: "matrix" },
        h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "row"), study.keys.map((key) => h("th", { scope: "col", class: "code" }, dotted(key))))),
        h("tbody", {}, shown.map((row) => h("tr", { class: isControl(study, row) ? "control" : null },
          h("th", { scope: "row" }, row.label), study.keys.map((key) => h("td", { class: "code" }, setting(study, row, key))))))))
      : h("p", {}, "All rows have the same settings."),
    rows.length > shown.length && h("p", { class: "quiet" }, `The first ${MOST_ROWS} of ${rows.length} rows; all stand under Runs.`),
    sameRuns(rows).map((labels) => h("p", { class: "quiet" }, `One and the same run stands behind ${labels.join(" and ")}.`)),
    report.preset !== "paper" && h("p", { class: "quiet" }, `These are the settings that were trained with, at preset ${report.preset}; a row's name may say the full scale's.`),
    h("details", {}, h("summary", {}, `All settings of ${rows[0].label}`), settingsTable([["", report.settings[rows[0].run]]])));
}

function setting(study, row, key) {
  const own = report.settings[row.run][key];
  const control = controlOf(study, row);
  const base = control && report.settings[control.run];
  if (!base) return own ?? "–";
  return own === base[key] ? h("span", { class: "same" }, own ?? "–") : h("b", {}, `${base[key] ?? "–"} → ${own ?? "–"}`);
}

/** Labels of rows that share a run, for each run that several rows show. */
function sameRuns(rows) {
  const labels = new Map();
  for (const row of rows) labels.set(row.run, [...(labels.get(row.run) ?? []), row.label]);
  return [...labels.values()].filter((each) => each.length > 1);
}

/** Settings as a table, a column a run; what differs from the first is set off. */
function settingsTable(columns, only = null) {
  const keys = only ?? [...new Set(columns.flatMap(([, each]) => Object.keys(each)))];
  const [, first] = columns[0];
  return scrolling("Settings", h("table", { class: columns.length > 1 ? "matrix" : "matrix one" },
    columns.some(([name]) => name) && h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "setting"), columns.map(([name]) => h("th", { scope: "col" }, name)))),
    h("tbody", {}, keys.map((key) => h("tr", {}, h("th", { scope: "row", class: "code" }, dotted(key)),
      columns.map(([, each], i) => h("td", { class: "code" }, i && each[key] !== first[key] ? h("b", {}, each[key] ?? "–") : each[key] ?? "–")))))));
}
