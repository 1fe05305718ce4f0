// Elements, numbers as text, and getting text out of the page.
const DRAWN = new Set(["svg", "g", "line", "circle", "path", "rect", "text", "title", "svg:a"]);

/** An element: h("a", {href: "#/"}, "text", element, [more]). A function as an attribute listens. */
function h(tag, attributes = {}, ...children) {
  const element = DRAWN.has(tag)
    ? document.createElementNS("http://www.w3.org/2000/svg", tag.replace("svg:", ""))
    : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    if (typeof value === "function") element.addEventListener(name, value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(3).filter((child) => ![null, undefined, false, ""].includes(child)));
  return element;
}

const known = (value) => value !== null && value !== undefined;
const number = (value, digits = 2) => (known(value) ? value.toFixed(digits) : "");
const plural = (count, one, many = `${one}s`) => `${count.toLocaleString("en")} ${count === 1 ? one : many}`;
const short = (value) => (known(value) ? `${Number(value.toPrecision(4))}` : "");

function signed(value, digits = 2) {
  if (!known(value)) return "";
  const text = Math.abs(value).toFixed(digits);
  return `${value < 0 && Number(text) !== 0 ? "−" : "+"}${text}`;
}

function inSeconds(value) {
  if (!known(value)) return "";
  if (value >= 5400) return `${(value / 3600).toFixed(1)} h`;
  return value >= 100 ? `${Math.round(value).toLocaleString("en")} s` : `${value.toFixed(1)} s`;
}

function large(value) {
  if (!known(value)) return "";
  for (const [size, letter] of [[1e9, "G"], [1e6, "M"], [1e3, "k"]]) {
    if (Number(value.toPrecision(3)) >= size) return `${(value / size).toPrecision(3)} ${letter}`;
  }
  return `${value}`;
}

/** A setting's name, which may go on in the next line after a dot or an underscore. */
const dotted = (key) => key.split(/(?<=[._])/).flatMap((part, i) => (i ? [h("wbr"), part] : [part]));

/** A line of text for assistive technology and for what was just done. */
function say(text) {
  document.getElementById("said").textContent = text;
}

/** Copy text. The clipboard is closed to a page inside another page's frame; a selection is not. */
async function copy(text, what) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const field = h("textarea", { class: "away", "aria-hidden": "true" });
    field.value = text;
    document.body.append(field);
    field.select();
    document.execCommand("copy");
    field.remove();
  }
  say(`${what} copied`);
}

function download(name, text, kind) {
  const address = URL.createObjectURL(new Blob([text], { type: kind }));
  const link = h("a", { href: address, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
}

const copyButton = (label, text, what) =>
  h("button", { type: "button", click: () => copy(text, what) }, label);

/** A table that its headers sort. Columns: name, value(row) to sort by, cell(row), left, head. */
function sortable(rows, columns, { caption, id, most = MOST_ROWS, rowClass = () => "" } = {}) {
  const body = h("tbody");
  let order = [...rows];
  let shown = most;
  const more = h("button", { type: "button", class: "more", click: () => { shown = Infinity; fill(); } });
  function fill() {
    body.replaceChildren(
      ...order.slice(0, shown).map((row) =>
        h("tr", { class: rowClass(row) || null },
          columns.map((column, i) =>
            h(i ? "td" : "th", {
              class: column.class ?? (column.left ? null : "number"),
              scope: i ? null : "row",
              "data-label": column.name,
            }, column.cell(row))))));
    more.hidden = order.length <= shown;
    more.textContent = `Show all ${order.length.toLocaleString("en")} rows`;
  }
  const heads = columns.map((column) => {
    const head = h("th", { scope: "col", class: column.class ?? (column.left ? null : "number") });
    if (!column.value) {
      head.append(...[column.head ?? column.name].flat());
      return head;
    }
    head.setAttribute("aria-sort", "none");
    const sort = () => {
      const now = head.getAttribute("aria-sort");
      const first = column.left ? "ascending" : "descending";
      const second = column.left ? "descending" : "ascending";
      const next = now === "none" ? first : now === first ? second : "none";
      heads.forEach((other) => other.hasAttribute("aria-sort") && other.setAttribute("aria-sort", "none"));
      head.setAttribute("aria-sort", next);
      order = [...rows];
      if (next !== "none") order.sort(compared(column.value, next === "ascending" ? 1 : -1));
      fill();
    };
    head.append(h("button", { type: "button", click: sort }, column.head ?? column.name));
    return head;
  });
  fill();
  return h("div", { class: "table" },
    scrolling(caption, h("table", { id }, h("caption", { class: "away" }, caption), h("thead", {}, h("tr", {}, heads)), body)),
    more);
}

/** A table's place; where it is wider than the screen it moves sideways beneath its first column. */
function scrolling(caption, table) {
  const place = h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": caption }, table);
  const sizes = new ResizeObserver(() => place.classList.toggle("moves", place.scrollWidth > place.clientWidth + 1));
  sizes.observe(place);
  sizes.observe(table);
  return place;
}

/** Numbers by size, texts that are numbers too ("1e-5"), other texts by alphabet; blanks last. */
function compared(value, sign) {
  return (a, b) => {
    const [x, y] = [value(a), value(b)];
    const [blankX, blankY] = [!known(x) || x === "", !known(y) || y === ""];
    if (blankX || blankY) return blankX - blankY;
    const [m, n] = [Number(x), Number(y)];
    if (!Number.isNaN(m) && !Number.isNaN(n)) return sign * (m - n);
    return sign * String(x).localeCompare(String(y), "en", { numeric: true });
  };
}
