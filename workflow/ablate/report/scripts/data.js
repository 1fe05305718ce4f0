// The report's data: parts of this file, unpacked when they are needed.
const unpacked = new Map();
let report, studyOf, runOf, placeOf;

function part(name) {
  if (!unpacked.has(name)) unpacked.set(name, unpack(name));
  return unpacked.get(name);
}

async function unpack(name) {
  const packed = [...document.querySelectorAll("script[data-part]")].find((s) => s.dataset.part === name);
  if (!packed) return null;
  const bytes = Uint8Array.from(atob(packed.textContent), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  const text = await new Response(stream).text();
  return name === "library" || name.startsWith("figure/") ? text : JSON.parse(text);
}

async function open() {
  report = await part("main");
  studyOf = new Map(report.studies.map((study) => [study.study, study]));
  placeOf = new Map(report.runs.map((run, place) => [run.id, place]));
  runOf = new Map(report.runs.map((run) => [run.id, run]));
}

/** Curves, confusion and provenance of a run; null where this file has none. */
async function details(id) {
  const some = await part(`runs/${Math.floor(placeOf.get(id) / report.runs_a_part)}`);
  return some?.[id] ?? null;
}

/** Details of all finished runs of a row, each with its seed; empty where this file has none. */
async function detailsOf(row) {
  const found = await Promise.all(row.seeds.map(async ([seed]) => [seed, await details(`${row.run}/seed${seed}`)]));
  return found.filter(([, some]) => some).map(([seed, some]) => ({ seed, ...some }));
}

/** A row written as study/row, with its study. */
function rowOf(reference) {
  const [name, ...rest] = reference.split("/");
  const study = studyOf.get(name);
  const row = study?.rows.find((each) => each.row === rest.join("/"));
  return row ? { study, row, reference, label: `${study.title}: ${row.label}` } : null;
}

const address = {
  study: (name) => `#/study/${encodeURIComponent(name)}`,
  run: (id) => `#/run/${id.split("/").map(encodeURIComponent).join("/")}`,
  runs: (query) => `#/runs?q=${encodeURIComponent(query)}`,
  compare: (references) => `#/compare/${references.map(encodeURIComponent).join(",")}`,
  table: (name) => `#/table/${encodeURIComponent(name)}`,
};

/** Where a number leads: to its run, or to the runs that it is the mean of. */
function origin(study, row) {
  if (!row.seeds.length) return null;
  if (row.seeds.length === 1) return address.run(`${row.run}/seed${row.seeds[0][0]}`);
  return address.runs(`row=${study.study}/${row.row}`);
}

/** A number that leads there; what was measured elsewhere leads nowhere. */
function linked(study, row, text) {
  const place = origin(study, row);
  return place ? h("a", { href: place }, text) : text;
}

/** Best accuracy of each run of a row, here or elsewhere. */
const accuraciesOf = (row) => row.elsewhere?.best ?? row.seeds.map(([, best]) => best);

/** Where the numbers of a row are from that was measured elsewhere, which its label says. */
const sourceOf = (row) => row.elsewhere?.source && h("span", { class: "below source" }, `From ${row.elsewhere.source}`);

/** The row that a row is compared with; null for what others are compared with. */
const controlOf = (study, row) => study.rows.find((each) => each.row === row.control) ?? null;
const isControl = (study, row) => study.rows.some((each) => each.control === row.row);
