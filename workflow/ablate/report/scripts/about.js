// Figures, what was run on what, and the page's own workings: menu, addresses, theme, print.
function figuresPage() {
  const bySection = (a, b) => (a.section || "~").localeCompare(b.section || "~", "en", { numeric: true });
  return [
    h("h1", {}, "Figures"),
    h("p", { class: "quiet" }, "In the order of their sections. For a paper, each lies as PDF, SVG and PNG in the folder figures, with a narrow variant for one column."),
    [...report.figures].sort(bySection).map((figure) => picture(figure.figure)),
    report.left_out.figures.length > 0 && h("p", { class: "quiet" }, `Left out, to keep this file small: ${report.left_out.figures.join(", ")}.`),
  ];
}

function aboutPage() {
  const list = (pairs) => h("dl", { class: "facts" }, pairs.map(([what, value]) => [h("dt", {}, what), h("dd", {}, value)]));
  return [
    h("h1", {}, "About"),
    h("h2", {}, "What was run"), list(report.facts),
    h("h2", {}, "Cost by study"), costs(),
    h("h2", {}, "Reproducibility"),
    h("table", { class: "checklist" }, h("tbody", {}, report.checklist.map(([asked, state, answer]) =>
      h("tr", {}, h("th", { scope: "row" }, asked), h("td", {}, h("span", { class: `mark ${{ known: "good", "not known": "bad" }[state] ?? ""}` }, state)), h("td", {}, answer))))),
    report.citation && [h("h2", {}, "Cite this"), h("pre", {}, report.citation), h("div", { class: "tools" }, copyButton("Copy BibTeX", report.citation, "BibTeX"))],
    report.config && [h("h2", {}, "Config"), h("details", {}, h("summary", {}, "config.yaml as it was read, with its overlays"), h("pre", {}, report.config))],
    report.left_out.runs > 0 && h("p", {}, `Curves and provenance of ${plural(report.left_out.runs, "run")} are left out to keep this file small; they lie in ${report.results}/runs.`),
  ];
}

/** Runs, time and arithmetic of each study; a run shown twice counts in each, and once in the total. */
function costs() {
  const seconds = new Map(report.runs.map((run) => [run.id, run.seconds]));
  const ids = (study) => [...new Set(study.rows.flatMap((row) => row.seeds.map(([seed]) => `${row.run}/seed${seed}`)))];
  const total = report.runs.reduce((sum, run) => sum + (run.seconds ?? 0), 0);
  const of = (study) => ids(study).reduce((sum, id) => sum + (seconds.get(id) ?? 0), 0);
  return [sortable(report.studies, [
    { name: "study", left: true, cell: (study) => h("a", { href: address.study(study.study) }, titleOf(study)) },
    { name: "runs", value: (study) => ids(study).length, cell: (study) => `${ids(study).length}` },
    { name: "training time", value: of, cell: (study) => inSeconds(of(study)) },
  ], { caption: "Cost by study", id: "costs" }),
  h("p", { class: "quiet" }, `All ${plural(report.runs.length, "distinct run")}: ${inSeconds(total)}. A run that several studies show is trained once and counted in each.`)];
}

const PAGES = [
  ["#/", "Results"], ["#/replication", "Replication", anythingReported], ["#/compare/", "Compare"], ["#/runs", "Runs"],
  ["#/changes", "Changes"], ["#/figures", "Figures", () => report.figures.length > 0], ["#/about", "About"],
];

/** Part of an address as it was before it was encoded; as it stands where it never was. */
function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function pageAt(hash) {
  const [path, search = ""] = hash.replace(/^#\/?/, "").split("?");
  const [kind, ...rest] = path.split("/");
  const parts = rest.map(decoded);
  switch (kind) {
    case "": return resultsPage();
    case "replication": return anythingReported() ? replicationPage() : missingPage();
    case "study": return studyPage(parts.join("/"));
    case "run": return runPage(parts.join("/"));
    case "compare": return comparePage(rest.join("/").split(",").filter(Boolean).map(decoded));
    case "runs": return runsPage(new URLSearchParams(search).get("q") ?? "");
    case "changes": return changesPage();
    case "figures": return figuresPage();
    case "about": return aboutPage();
    case "table": return tablePage(parts.join("/"));
    default: return missingPage();
  }
}

function show() {
  const content = document.getElementById("content");
  const here = location.hash || "#/";
  content.replaceChildren(...[pageAt(here)].flat(4).filter((child) => child));
  const title = content.querySelector("h1")?.textContent ?? "";
  document.title = title;
  menu(here);
  showTicked();
  window.scrollTo(0, 0);
}

function menu(here) {
  const items = PAGES.filter(([, , there]) => !there || there()).map(([hash, name]) => {
    const current = hash === "#/" ? here === "#/" || here.startsWith("#/study") : here.startsWith(hash);
    return h("a", { href: hash, "aria-current": current ? "page" : null }, name);
  });
  const studies = h("select", { "aria-label": "Study", change: (event) => { location.hash = event.target.value; } },
    h("option", { value: "#/" }, "Study …"),
    report.studies.map((study) => h("option", { value: address.study(study.study), selected: here === address.study(study.study) }, titleOf(study))));
  document.getElementById("menu").replaceChildren(...items, studies);
}

function theme() {
  const root = document.documentElement;
  const dark = () => (root.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
  document.getElementById("theme").addEventListener("click", () => { root.dataset.theme = dark() ? "light" : "dark"; });
}

/** Printed, nothing stays folded. */
function printing() {
  let folded = [];
  window.addEventListener("beforeprint", () => {
    folded = [...document.querySelectorAll("details:not([open])")];
    folded.forEach((each) => { each.open = true; });
  });
  window.addEventListener("afterprint", () => folded.forEach((each) => { each.open = false; }));
}

theme();
printing();
open().then(() => {
  show();
  window.addEventListener("hashchange", () => {
    show();
    document.getElementById("content").focus({ preventScroll: true });
  });
});
