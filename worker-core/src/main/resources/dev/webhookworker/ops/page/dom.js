// Builds elements. Data only ever becomes text: there is no way from a string to markup here.

const SVG = "http://www.w3.org/2000/svg";

/** An element with attributes and children; strings become text nodes, null is left out. */
export function el(name, attributes = {}, ...children) {
  return fill(document.createElement(name), attributes, children);
}

export function svg(name, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, name), attributes, children);
}

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) {
      continue;
    }
    if (name.startsWith("on")) {
      element.addEventListener(name.slice(2), value);
    } else if (name === "value") {
      element.value = value;
    } else {
      element.setAttribute(name, value === true ? "" : String(value));
    }
  }
  append(element, children);
  return element;
}

export function append(element, children) {
  for (const child of children.flat(Infinity)) {
    if (child !== null && child !== undefined && child !== false) {
      element.append(child instanceof Node ? child : String(child));
    }
  }
}

export function replace(element, ...children) {
  element.replaceChildren();
  append(element, children);
}

/** A table with its head; on a small screen each row becomes a card with the names of the columns. */
export function table(caption, columns, rows, empty) {
  if (rows.length === 0) {
    return el("p", { class: "empty" }, empty);
  }
  return el("div", { class: "table-frame", tabindex: "0", role: "region", "aria-label": caption },
    el("table", {},
      el("caption", { class: "visually-hidden" }, caption),
      el("thead", {}, el("tr", {}, columns.map((column) =>
        el("th", { scope: "col", class: column.numeric ? "numeric" : null }, column.title)))),
      el("tbody", {}, rows.map((row) => el("tr", {}, columns.map((column) =>
        el("td", { "data-title": column.title, class: column.numeric ? "numeric" : null },
          column.cell(row))))))));
}

/** Names and values. */
export function facts(pairs) {
  return el("dl", { class: "facts" }, pairs
    .filter(([, value]) => value !== null && value !== undefined && value !== "")
    .map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value))));
}

export function badge(text, tone) {
  return el("span", { class: "badge " + (tone ?? "plain") }, text);
}

export function field(label, input, hint) {
  const id = input.id || "f" + Math.random().toString(36).slice(2);
  input.id = id;
  let note = null;
  if (hint) {
    note = el("p", { class: "hint", id: id + "-hint" }, hint);
    input.setAttribute("aria-describedby", note.id);
  }
  return el("div", { class: "field" }, el("label", { for: id }, label), input, note);
}

export function select(name, options, value) {
  const list = el("select", { name }, options.map(([key, text]) =>
    el("option", { value: key }, text)));
  list.value = value ?? options[0][0];
  return list;
}

let announcer = null;

/** Tells what came of an act, to eyes and to screen readers. */
export function tell(text, tone = "good") {
  announcer ??= document.body.appendChild(
    el("div", { class: "toasts", role: "status", "aria-live": "polite" }));
  const toast = el("div", { class: "toast " + tone }, text,
    el("button", { type: "button", class: "quiet small", onclick: () => toast.remove() }, "Dismiss"));
  announcer.append(toast);
  setTimeout(() => toast.remove(), tone === "good" ? 6000 : 20000);
}

/** Asks before an act; resolves with the form's values, or null when it was called off. */
export function ask({ title, text, fields = [], act, tone = "primary" }) {
  return new Promise((resolve) => {
    const id = "t" + Math.random().toString(36).slice(2);
    const dialog = el("dialog", { "aria-labelledby": id });
    let answer = null;
    const form = el("form", { method: "dialog" },
      el("h2", { id }, title),
      text ? el("p", {}, text) : null,
      fields,
      el("div", { class: "row end" },
        el("button", { type: "button", class: "quiet", onclick: () => dialog.close() }, "Cancel"),
        el("button", { type: "submit", class: tone }, act)));
    form.addEventListener("submit", () => {
      answer = Object.fromEntries(new FormData(form));
    });
    dialog.append(form);
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(answer);
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}
