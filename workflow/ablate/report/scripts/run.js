// One run, and several rows beside each other.
function runPage(id) {
  const run = runOf.get(id);
  if (!run) return missingPage();
  const shown = report.shown_in[run.run] ?? [];
  const rows = shown.map(rowOf).filter(Boolean);
  const name = rows.length ? `${rows[0].row.label}, seed ${run.seed}` : id;
  const compared = rows.map(({ study, row }) => controlOf(study, row)).find((row) => row && row.run !== run.run && report.settings[row.run]);
  const settings = report.settings[run.run];
  const place = h("div");
  fillRun(run, name, place);
  return [
    h("h1", {}, name),
    h("p", { class: "code" }, id),
    h("dl", { class: "facts" }, [
      ["Best test accuracy", `${number(run.best)} % at epoch ${run.epoch ?? "–"} of ${run.epochs}`],
      ["After the last epoch", `${number(run.last)} %`],
      ["Training images", `${number(run.train)} % over the last epoch`],
      ["Calibration error", known(run.ece) && `${number(100 * run.ece)} % (15 bins)`],
      ["Flags", run.flags.join(", ")],
      ["Time", `${inSeconds(run.seconds)} of training and evaluation on ${run.device}`],
      ["Size", `${large(run.parameters)} parameters, ${large(run.flops)} FLOP for one image`],
    ].filter(([, value]) => value).map(([what, value]) => [h("dt", {}, what), h("dd", {}, value)])),
    h("h2", {}, "Where it stands"),
    rows.length ? h("ul", {}, rows.map(({ study, row }) => h("li", {}, h("a", { href: address.study(study.study) }, titleOf(study)), `: ${row.label}`)))
      : h("p", {}, "In no study's table; a figure shows it."),
    place,
    h("h2", {}, compared ? `Settings beside those of ${compared.label}` : "Settings"),
    compared ? settingsTable([[compared.label, report.settings[compared.run]], ["this run", settings]]) : settingsTable([["", settings]]),
  ];
}

async function fillRun(run, name, place) {
  const found = await details(run.id);
  if (!found) {
    place.append(h("p", {}, `Its curves and provenance are not in this file, which would be too large: see ${report.results}/runs/${run.id}.`));
    return;
  }
  const file = run.id.replaceAll("/", "-");
  const rows = [{ label: name, colour: colourOf(0), runs: [found] }];
  const made = curves(rows, file);
  const matrix = chartBox("Confusion: mistakes are coloured", `${file}_confusion`);
  const command = `snakemake ${report.results}/${found.folder}/metrics.json --cores 1 --forcerun train${report.options && ` ${report.options}`}`;
  place.append(
    h("h2", {}, "Learning curves"), made.box, h("p", { class: "quiet" }, keyOf(rows)),
    h("h2", {}, "Confusion"), matrix.box,
    h("h2", {}, "Files"),
    h("dl", { class: "facts" }, [
      ["Folder", `${report.results}/${found.folder}`],
      ["Weights", `${report.results}/${found.folder}/checkpoint.pt`],
      ["History", `${report.results}/${found.folder}/history.csv`],
      ["Log", `${report.results}/${found.log}`],
    ].map(([what, value]) => [h("dt", {}, what), h("dd", { class: "code" }, value)])),
    h("p", {}, "Trained again by "), h("pre", {}, command), h("div", { class: "tools" }, copyButton("Copy the command", command, "Command")),
    h("h2", {}, "Provenance"),
    settingsTable([["", found.provenance]]));
  gridChart(matrix.place, "confusion", mistakes(found.confusion), { label: `Confusion matrix of ${name}` });
}

/** The cells of a confusion matrix; only mistakes are coloured. */
function mistakes(confusion) {
  return confusion.flatMap((line, i) => line.map((count, j) => ({
    true: report.classes[i] ?? `${i}`, predicted: report.classes[j] ?? `${j}`, count,
    difference: i === j ? 0 : -count, text: confusion.length > 20 ? "" : `${count || "·"}`,
  })));
}
