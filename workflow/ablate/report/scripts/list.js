// All runs with a filter, and what moved since the build before.
const COMPARISON = /^([A-Za-z0-9_.]+)(>=|<=|!=|=|<|>)(.+)$/;
const OWN_KEYS = {
  study: (run) => (report.shown_in[run.run] ?? []).map((place) => place.split("/")[0]),
  row: (run) => (report.shown_in[run.run] ?? []).flatMap((place) => [place, place.split("/").slice(1).join("/")]),
  run: (run) => [run.run, run.id],
  flag: (run) => run.flags,
  ...Object.fromEntries(["seed", "best", "last", "train", "epoch", "epochs", "seconds", "parameters", "device"]
    .map((name) => [name, (run) => [run[name]]])),
};

function runsPage(query) {
  const found = h("div");
  const field = h("input", {
    type: "search", id: "filter", value: query, placeholder: "lr=0.1 activation=ELU best>80", autocomplete: "off", spellcheck: "false",
    input: () => { show(); keepInAddress(address.runs(field.value)); },
  });
  const count = h("p", { class: "quiet", "aria-live": "polite", id: "count" });
  const keys = varying();
  function show() {
    const { test, problem } = filterOf(field.value);
    const runs = report.runs.filter(test);
    count.textContent = problem ?? `${runs.length.toLocaleString("en")} of ${plural(report.runs.length, "run")}`;
    found.replaceChildren(runsTable(runs, keys));
  }
  show();
  return [
    h("h1", {}, "Runs"),
    h("label", { for: "filter" }, "Filter"), field,
    h("p", { class: "quiet" }, "Settings by name and value (lr=0.1), other columns too (seed=0, best>80, study=activation, flag=collapsed); all must hold. A bare word is looked for in names."),
    count, found, measuredElsewhere(), h("p", { class: "quiet paper" }, "The settings of each run stand on its own page."),
  ];
}

/** The rows that stand for no run of these results. */
function measuredElsewhere() {
  const rows = report.studies.flatMap((study) => study.rows.filter((row) => row.elsewhere).map((row) => ({ study, row })));
  return rows.length > 0 && [h("h2", {}, "Measured elsewhere"),
    h("p", { class: "quiet" }, "Accuracies that the config gives: nothing was trained for them here, so they stand in the studies and not among the runs."),
    h("ul", {}, rows.map(({ study, row }) => h("li", {}, h("a", { href: address.study(study.study) }, titleOf(study)), `: ${row.label}, `,
      `${row.elsewhere.best.map((best) => number(best)).join(", ")} %`, sourceOf(row))))];
}

/** The settings in which any two runs differ. */
function varying() {
  const values = new Map();
  for (const settings of Object.values(report.settings)) {
    for (const [key, value] of Object.entries(settings)) values.set(key, (values.get(key) ?? new Set()).add(value));
  }
  const count = Object.keys(report.settings).length;
  const everywhere = (key) => Object.values(report.settings).every((settings) => key in settings);
  // A group that some runs leave empty is told by the settings that others have in it.
  const group = (key, set) => set.size === 1 && set.has("{}") && [...values.keys()].some((other) => other.startsWith(`${key}.`));
  return [...values].filter(([key, set]) => !group(key, set) && (set.size > 1 || (count > 1 && !everywhere(key)))).map(([key]) => key);
}

function runsTable(runs, keys) {
  const labels = (run) => (report.shown_in[run.run] ?? []).map((place) => rowOf(place)?.label ?? place);
  return sortable(runs, [
    { name: "run", left: true, value: (run) => run.id, cell: (run) => {
      const [first, ...others] = labels(run);
      return [h("a", { href: address.run(run.id) }, first ?? run.run),
        h("span", { class: "below" }, `seed ${run.seed}${others.length ? `; also in ${plural(others.length, "other row")}` : ""}`),
        run.flags.map((flag) => h("span", { class: "mark bad" }, flag))];
    } },
    { name: "best", value: (run) => run.best, cell: (run) => number(run.best) },
    { name: "last", value: (run) => run.last, cell: (run) => number(run.last) },
    { name: "seconds", value: (run) => run.seconds, cell: (run) => inSeconds(run.seconds) },
    ...keys.map((key) => ({ name: key, left: true, class: "code", head: dotted(key), value: (run) => report.settings[run.run][key] ?? "", cell: (run) => report.settings[run.run][key] ?? "" })),
  ], { caption: "Runs", id: "runs", most: 100 });
}

/** What a filter asks: a test of a run, and a problem with the words, if there is one. */
function filterOf(text) {
  const names = new Set([...Object.values(report.settings).flatMap(Object.keys), ...Object.keys(OWN_KEYS)]);
  const tests = [];
  for (const word of text.trim().split(/\s+/).filter(Boolean)) {
    const asked = COMPARISON.exec(word);
    if (!asked) {
      const part = word.toLowerCase();
      tests.push((run) => run.id.toLowerCase().includes(part)
        || (report.shown_in[run.run] ?? []).some((place) => rowOf(place).label.toLowerCase().includes(part)));
      continue;
    }
    const [, key, sign, value] = asked;
    const matching = [...names].filter((name) => name === key || name.endsWith(`.${key}`));
    if (!matching.length) return { test: () => false, problem: `No setting or column is called ${key}.` };
    const some = (run, how) => matching.some((name) => valuesOf(run, name).some((own) => holds(own, how, value)));
    tests.push((run) => (sign === "!=" ? !some(run, "=") : some(run, sign)));
  }
  return { test: (run) => tests.every((test) => test(run)) };
}

function valuesOf(run, name) {
  if (name in OWN_KEYS) return OWN_KEYS[name](run);
  const value = report.settings[run.run][name];
  return known(value) ? [value] : [];
}

/** Whether a value compares so: as numbers where both are numbers, else as text in any case. */
function holds(own, sign, asked) {
  const [x, y] = [Number(own), Number(asked)];
  const numeric = known(own) && `${own}`.trim() !== "" && !Number.isNaN(x) && !Number.isNaN(y);
  const [a, b] = numeric ? [x, y] : [`${own}`.toLowerCase(), asked.toLowerCase()];
  return { "=": a === b, "<": a < b, ">": a > b, "<=": a <= b, ">=": a >= b }[sign];
}

/** The address says what is shown, without a step back for each letter. */
function keepInAddress(hash) {
  try {
    history.replaceState(null, "", hash);
  } catch {
    // A page inside another page's frame has no address of its own.
  }
}

function changesPage() {
  const changes = report.changes;
  const link = (name) => {
    const found = rowOf(name);
    return found ? h("a", { href: address.study(found.study.study) }, found.label) : name;
  };
  const title = h("h1", {}, "Changes");
  if (!changes) return [title, h("p", {}, "No earlier build of other results is known here, so there is nothing to compare with.")];
  const { moved, gone } = changes;
  const lead = h("p", { class: "lead" }, `Since the build before: ${plural(moved.length, "row")} made anew or moved, ${changes.new.length} new, ${gone.length} gone.`);
  return [title, lead,
    moved.length > 0 && [h("h2", {}, "Moved or made anew"), sortable(moved, [
      { name: "row", left: true, value: (each) => each.row, cell: (each) => link(each.row) },
      { name: "before", value: (each) => each.before, cell: (each) => number(each.before) },
      { name: "after", value: (each) => each.after, cell: (each) => number(each.after) },
      { name: "moved", value: (each) => each.after - each.before, cell: (each) => (known(each.before) && known(each.after) ? signed(each.after - each.before) : "") },
      { name: "why", left: true, class: "why", value: (each) => each.why, cell: (each) => each.why },
    ], { caption: "Rows that moved or were made anew", id: "moved" })],
    changes.new.length > 0 && [h("h2", {}, "New"), h("ul", {}, changes.new.map((each) => h("li", {}, link(each.row), `: ${number(each.after)} %`)))],
    gone.length > 0 && [h("h2", {}, "Gone"), h("ul", {}, gone.map((each) => h("li", {}, each.row, `: ${number(each.before)} %`)))],
  ];
}
