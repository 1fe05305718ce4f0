// The first page: every study's answer; and replication, where something was reported.
const heading = (study) => (study.section ? [h("span", { class: "section" }, study.section), " "] : []);
const titleOf = (study) => `${study.section ? `${study.section} ` : ""}${study.title}`;

function resultsPage() {
  const scale = scaleOf(report.studies.flatMap((study) => study.rows.flatMap((row) => row.vs)), { zero: true });
  const some = report.studies.some((study) => study.rows.some((row) => row.control));
  const columns = [
    { name: "study", left: true, cell: (study) => [
      h("a", { href: address.study(study.study), class: "name" },
        h("svg", { class: "key", width: 14, height: 14, "aria-hidden": "true" },
          shape(shapeOf(report.studies.indexOf(study)), 7, colourOf(report.studies.indexOf(study)))),
        heading(study), study.title),
      study.question && h("span", { class: "below" }, study.question)] },
    { name: "answer", left: true, class: "answer", cell: (study) => answerOf(study) },
    some && { name: "difference to the control", left: true, class: "plot",
      head: axis(scale, "accuracy less the control's, points"),
      cell: (study) => forest(scale, study, report.studies.indexOf(study)) },
    some && { name: "best row", cell: (study) => bestRow(study) },
    { name: "runs a row", cell: (study) => runsBehind(study) },
  ].filter(Boolean);
  return [
    h("h1", {}, "Results at a glance"),
    h("p", { class: "lead" }, `${plural(report.studies.length, "study", "studies")}, ${plural(report.runs.length, "finished run")}; ${report.data}.`),
    unfinished(),
    some && clearSoFar(),
    some && h("p", { class: "quiet" },
      "Accuracy: the fraction of the test images classified correctly, at the best epoch; that epoch is chosen on the test images, which flatters every row. ",
      "The control is the row that a study compares the others with. Marked: its most accurate other row, with the 95 % interval over runs with other seeds (hollow: not known); grey: the rest. ",
      "Better, worse and alike hold for all comparisons of a study together (Holm); an interval is of one by itself."),
    sortable(report.studies, columns, { caption: "Every study and its answer", id: "results" }),
    report.tables.length > 0 && [h("h2", {}, "Other tables"), h("ul", {}, report.tables.map((table) =>
      h("li", {}, h("a", { href: address.table(table.table) }, table.title))))],
  ];
}

/** The answer, its first word set off where it is one of yes, no, in part, unclear. */
function answerOf(study) {
  const { word, sentence } = study.answer;
  return word && sentence.startsWith(word) ? [h("b", {}, word), sentence.slice(word.length)] : sentence;
}

/** The most accurate row other than the control: its difference, and the accuracies behind it. */
function bestRow(study) {
  const row = study.rows.find((each) => each.row === study.answer.headline);
  if (!known(row?.vs[0])) return "";
  const control = study.rows.find((each) => each.row === row.control);
  return [linked(study, row, signed(row.vs[0])),
    known(row.vs[1]) && h("span", { class: "below" }, `[${signed(row.vs[1])}, ${signed(row.vs[2])}]`),
    h("span", { class: "below" }, `${row.label}: ${number(row.mean)}`),
    known(control?.mean) && h("span", { class: "below" }, `${control.label}: ${number(control.mean)}`)];
}

/** Which studies know something, and how many cannot yet. */
function clearSoFar() {
  const relations = (study) => Object.values(study.answer.comparisons).map((each) => each.relation);
  const compared = report.studies.filter((study) => relations(study).length);
  const clear = compared.filter((study) => relations(study).some((each) => ["better", "worse", "alike"].includes(each)));
  const single = compared.filter((study) => relations(study).includes("one run")
    && relations(study).every((each) => ["one run", "not measured"].includes(each)));
  const none = compared.filter((study) => relations(study).every((each) => each === "not measured"));
  const links = clear.flatMap((study, i) => [i ? ", " : ": ", h("a", { href: address.study(study.study) }, titleOf(study))]);
  return h("p", {},
    `Something is clear in ${clear.length} of ${plural(compared.length, "study", "studies")}`, links, ". ",
    single.length > 0 && `${single.length === 1 ? "One rests" : `${single.length} rest`} on single runs, which tell nothing of chance. `,
    none.length > 0 && `${none.length === 1 ? "One has" : `${none.length} have`} nothing to compare yet.`);
}

function runsBehind(study) {
  const counts = study.rows.map((row) => row.n);
  const [few, many] = [Math.min(...counts), Math.max(...counts)];
  return few === many ? `${few}` : `${few} to ${many}`;
}

function unfinished() {
  const count = report.unfinished.length;
  if (!count) return null;
  return h("details", { class: "strip missing" },
    h("summary", {}, `${plural(count, "run")} of ${(count + report.runs.length).toLocaleString("en")} ${count === 1 ? "is" : "are"} not finished.`),
    h("ul", {}, report.unfinished.slice(0, 100).map((id) => h("li", { class: "code" }, id))),
    count > 100 && h("p", {}, `and ${plural(count - 100, "other")}`));
}

const anythingReported = () => report.verdicts.length > 0 || report.studies.some((study) => study.reported);
const TONES = { confirmed: "good", contradicted: "bad" };

/** Every claim with its verdict, and what the verdict rests on. */
function claims() {
  if (!report.verdicts.length) return null;
  const order = ["confirmed", "contradicted", "undecided", "not measured"];
  return [
    h("h2", {}, "Claims"),
    h("p", { class: "lead" }, report.headlines.join(" ")),
    sortable([...report.verdicts].sort((a, b) => order.indexOf(a.verdict) - order.indexOf(b.verdict)), [
      { name: "claim", left: true, value: (claim) => claim.says, cell: (claim) => [claim.says,
        studyOf.has(claim.study) && h("a", { class: "below", href: address.study(claim.study) }, titleOf(studyOf.get(claim.study)))] },
      { name: "verdict", left: true, value: (claim) => order.indexOf(claim.verdict), cell: (claim) => [
        h("span", { class: `mark ${TONES[claim.verdict] ?? ""}` }, claim.verdict),
        claim.fragile && h("span", { class: "mark", title: "the last epoch says otherwise" }, "fragile"),
        claim.reason && h("span", { class: "below" }, claim.reason)] },
      { name: "measured", left: true, class: "labelled", value: (claim) => claim.effect, cell: (claim) => claim.measured },
      { name: "n", value: (claim) => claim.n, cell: (claim) => `${claim.n || ""}` },
      { name: "p", value: (claim) => claim.p, cell: (claim) => probability(claim.p) },
      { name: "do the report's own numbers say so?", left: true, class: "labelled", value: (claim) => claim.reported_order, cell: (claim) => ofReport(claim) },
      { name: "seeds to decide", value: (claim) => claim.seeds_for_matters, cell: (claim) => `${claim.seeds_for_matters ?? ""}` },
    ], { caption: "Every claim with its verdict", id: "claims" }),
    h("p", { class: "quiet" }, "Undecided never means alike. Measured: of the comparisons that the claim rests on, the weakest, or one that is reversed: what was asserted, and the difference found with its 95 % interval where the scatter is known. p is adjusted by Holm over the study's claims. Its scatter: that of the report's own repeats."),
  ];
}

/** Whether the report's own numbers are as it says, and by more than its repeats scatter. */
function ofReport({ reported_order: order, reported_verdict: verdict }) {
  if (!known(order)) return "";
  const scatter = !known(verdict) ? "" : verdict === "undecided" ? ", within its scatter" : ", beyond its scatter";
  return `${order === "yes" ? "yes" : "no"}${scatter}`;
}

function replicationPage() {
  const rows = report.studies.flatMap((study) => study.rows
    .filter((row) => known(row.reported))
    .map((row) => ({ study, row })));
  const both = rows.filter(({ row }) => known(row.delta));
  const others = both.filter(({ row }) => row.elsewhere).length;
  const scale = scaleOf(rows.flatMap(({ row }) => [row.reported, row.mean]));
  return [
    h("h1", {}, "Replication"),
    h("p", { class: "lead" }, both.length
      ? `${both.length} of ${plural(rows.length, "reported accuracy", "reported accuracies")} measured again${others ? `, ${others} of them elsewhere` : ""}; ${howFarApart(both.map(({ row }) => row.delta))}.`
      : `${plural(rows.length, "accuracy was", "accuracies were")} reported; none is measured yet.`),
    claims(),
    picture("reported_vs_measured"),
    h("h2", {}, "Reported beside measured"),
    sortable(rows, [
      { name: "row", left: true, value: ({ row }) => row.label, cell: ({ row, study }) => [row.label, sourceOf(row),
        h("a", { class: "below", href: address.study(study.study) }, titleOf(study))] },
      { name: "reported and measured", left: true, class: "plot", head: axis(scale, "accuracy, %: ◇ reported, ● measured"),
        cell: ({ study, row }) => dots(scale, study, row, colourOf(report.studies.indexOf(study))) },
      { name: "reported", value: ({ row }) => row.reported, cell: ({ row }) => `${number(row.reported)}${row.reported_best ? "*" : ""}` },
      { name: "measured (n)", value: ({ row }) => row.mean, cell: ({ study, row }) => known(row.mean) ? linked(study, row, `${number(row.mean)} (${row.n})`) : "" },
      { name: "Δ reported", value: ({ row }) => row.delta, cell: ({ row }) => signed(row.delta) },
      { name: "reported Δ control", value: reportedChange, cell: (each) => signed(reportedChange(each)) },
      { name: "measured Δ control", value: ({ row }) => row.vs[0], cell: ({ row }) => [signed(row.vs[0]),
        known(row.vs[1]) && h("span", { class: "below" }, `[${signed(row.vs[1])}, ${signed(row.vs[2])}]`)] },
    ], { caption: "Every reported accuracy beside the measured one", id: "replication" }),
    h("p", { class: "quiet" }, "* the report's own best. Δ reported: measured less reported, in percentage points. Δ control: what the change did, there and here; of results at another scale only this can be set side by side."),
  ];
}

/** What the report's own numbers say of a row against its control. */
function reportedChange({ study, row }) {
  const control = study.rows.find((each) => each.row === row.control);
  return known(row.reported) && known(control?.reported) ? row.reported - control.reported : null;
}

/** How far the measured accuracies lie from the reported ones, and on which side. */
function howFarApart(deltas) {
  const mean = deltas.reduce((sum, delta) => sum + Math.abs(delta), 0) / deltas.length;
  const side = deltas.every((delta) => delta < 0) ? "lower" : deltas.every((delta) => delta > 0) ? "higher" : "apart";
  return `on average ${number(mean)} percentage points ${side}`;
}

/** A table that belongs to no study. */
function tablePage(name) {
  const table = report.tables.find((each) => each.table === name);
  if (!table) return missingPage();
  return [
    h("h1", {}, table.title),
    table.text.map((text) => h("p", {}, text)),
    table.sections.map((section) => [
      section.heading && h("h2", {}, section.heading),
      sortable(section.lines, section.columns.map(([column, numeric], i) => ({
        name: column || "row", left: !numeric,
        value: (line) => (numeric ? /[-+]?\d[\d,]*\.?\d*(e[-+]?\d+)?/.exec(line[i])?.[0].replaceAll(",", "") : line[i]),
        cell: (line) => {
          const text = numeric ? line[i].replace(/(^|[^\w.])-(?=\d)/g, "$1−") : line[i];
          return section.bold.some(([at, name]) => at === section.lines.indexOf(line) && name === column) ? h("b", {}, text) : text;
        },
      })), { caption: section.heading || table.title })]),
    notes(table.notes),
  ];
}

const notes = (lines) => lines.length > 0 && h("ul", { class: "notes" }, lines.map((line) => h("li", {}, line)));

function missingPage() {
  return [h("h1", {}, "There is no such page"), h("p", {}, h("a", { href: "#/" }, "To the results"))];
}

/** A figure, put in once it is unpacked; nothing where this file has none. */
function picture(name) {
  const figure = report.figures.find((each) => each.figure === name);
  if (!figure) return null;
  const place = h("div", { class: "picture" });
  part(`figure/${name}`).then((source) => {
    if (source) place.append(h("img", { src: source, alt: `${figure.title}. ${figure.caption}` }));
    else place.append(h("p", { class: "quiet" }, `Too large for this file: figures/${name}.png`));
  });
  return h("figure", { id: `figure-${name}` }, place, h("figcaption", {}, heading(figure), h("b", {}, figure.title), figure.caption && `: ${figure.caption}`));
}
