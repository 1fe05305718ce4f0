// What a study's runs can tell: trained anew, on the same images, and factor by factor.
const percent = (share) => (share > 0.995 ? "> 99 %" : share < 0.005 ? "< 1 %" : `${(100 * share).toFixed(0)} %`);
/** p with two digits, and no zeros that nobody can know. */
const probability = (p) => (!known(p) ? "" : p < 0.001 ? "< 0.001" : p.toFixed(p < 0.1 ? 3 : 2));
const pValue = (p) => (!known(p) ? "" : p < 0.001 ? "p < 0.001" : `p = ${probability(p)}`);
const span = (low, high, text = signed) => known(low) && h("span", { class: "below" }, `[${text(low)}, ${text(high)}]`);

/** The study's comparisons in the order of its rows. */
const comparisonsOf = (study) => study.rows.map((row) => study.answer.comparisons[row.row]).filter(Boolean);

/** Would a row win again, trained anew? That takes seeds. */
function trainedAnew(study) {
  const all = comparisonsOf(study);
  const told = all.filter((one) => one.improvement);
  if (!all.length) return null;
  const heading = h("h2", {}, "Would it win again, trained anew?");
  if (!told.length) return [heading, h("p", {}, "That takes two seeds or more of a row and of its control: a single run may be a lucky one.")];
  return [heading,
    sortable(told, [
      { name: "row", left: true, value: (one) => one.label, cell: (one) => [one.label, h("span", { class: "below" }, `against ${one.control_label}`)] },
      { name: "runs", cell: (one) => `${one.n} and ${one.control_n}` },
      { name: "Δ control", value: (one) => one.difference, cell: (one) => [signed(one.difference), span(one.low, one.high), relation(one)] },
      { name: "beats the control", value: (one) => one.improvement[0],
        cell: ({ improvement: [share, low, high] }) => [percent(share), span(low, high, percent)] },
      told.some((one) => one.paired) && { name: "seed by seed", value: (one) => one.paired?.[0],
        cell: ({ paired }) => (paired ? [signed(paired[0]), span(paired[1], paired[2])] : "") },
    ].filter(Boolean), { caption: "Every row against its control, trained anew", id: "anew" }),
    h("p", { class: "quiet" },
      "The means over seeds answer that, each with its 95 % interval. Beats the control: how often a new run of the row would do better than a new run of its control, if runs scatter normally (Bouthillier et al. 2021). ",
      told.some((one) => one.paired) && "Seed by seed: runs of one seed share their first weights and the order of the images, so their differences can be averaged. ",
      sampled(study.answer.sampling))];
}

/** How much of the seeds' scatter so few test images alone would make. */
function sampled(share) {
  if (!known(share)) return null;
  return share >= 1
    ? "The seeds scatter no more than so few test images alone would make equally good networks scatter (Jordan 2024)."
    : `So few test images alone would make ${percent(share)} of the variance between seeds; the rest is the training (Jordan 2024).`;
}

/** Do two trained networks differ on such images? One seed tells, of these weights alone. */
function onTheSameImages(study) {
  const told = comparisonsOf(study).filter((one) => one.same_images);
  if (!told.length) return null;
  const { images } = told[0].same_images;
  const difference = ({ same_images: same }) => (100 * (same.only_row - same.only_control)) / same.images;
  return [h("h2", {}, "Do these trained networks differ on such images?"),
    sortable(told, [
      { name: "row", left: true, value: (one) => one.label, cell: (one) => [one.label, h("span", { class: "below" }, `against ${one.control_label}, seed ${one.same_images.seed}`)] },
      { name: "row alone right", value: (one) => one.same_images.only_row, cell: (one) => `${one.same_images.only_row}` },
      { name: "control alone right", value: (one) => one.same_images.only_control, cell: (one) => `${one.same_images.only_control}` },
      { name: "points", value: difference, cell: (one) => [signed(difference(one)), span(one.same_images.low, one.same_images.high)] },
      { name: "McNemar", value: (one) => one.same_images.p, cell: (one) => pValue(one.same_images.p) },
    ], { caption: "Every row against its control on the same test images", id: "images" }),
    h("p", { class: "quiet" }, `Two networks of one seed on the same ${images.toLocaleString("en")} test images, at their best epochs: how many images only the one, or only the other, gets right, the exact McNemar test, and a 95 % interval over images like these. It holds for these weights alone and says nothing of training anew.`)];
}

/** What each factor of a grid does, and two together. */
function factorEffects(study) {
  const { effects } = study.answer;
  if (!effects.length) return null;
  const scale = scaleOf(effects.flatMap((one) => [one.difference, one.low, one.high]), { zero: true });
  const colours = { "main effect": "var(--c0)", interaction: "var(--c1)" };
  const drawn = (one) => drawing(`${one.text}: ${signed(one.difference)} points`,
    scale.ticks.map((tick) => upright(scale.at(tick), "grid")),
    upright(scale.at(0), "zero"),
    known(one.low) && interval(scale, one.low, one.high, colours[one.kind]),
    shape(one.kind === "interaction" ? "diamond" : "circle", scale.at(one.difference), colours[one.kind], { hollow: !known(one.low) }));
  return [h("h2", {}, "Main effects and interactions"),
    sortable(effects, [
      { name: "effect", left: true, value: (one) => one.text, cell: (one) => [one.text, h("span", { class: "below" }, one.kind)] },
      { name: "percentage points", left: true, class: "plot", head: axis(scale, "percentage points"), cell: drawn },
      { name: "points", value: (one) => one.difference, cell: (one) => [signed(one.difference), span(one.low, one.high)] },
      effects.some((one) => known(one.p)) && { name: "p", value: (one) => one.p, cell: (one) => pValue(one.p) },
    ].filter(Boolean), { caption: "What each factor does, and two together", id: "effects" }),
    h("p", { class: "quiet" }, "Main effect (●): a level against the control's, averaged over the other factors. Interaction (◆): by how much more that gains at one level of a second factor than at its base level. Hollow: how far runs scatter is not known. p by Holm over all of them.")];
}
