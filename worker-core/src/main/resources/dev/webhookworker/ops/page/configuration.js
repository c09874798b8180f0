// The settings in force and where each came from.

import { get } from "./api.js";
import { badge, el, field, replace, table } from "./dom.js";

const SOURCES = {
  environment: ["environment", "info"], file: ["secret file", "info"],
  code: ["code", "warn"], derived: ["derived", "plain"], default: ["default", "plain"],
};

export async function configuration(root) {
  const { items, warnings } = await get("/configuration");
  const found = el("div", {});
  const text = el("input", { type: "search", name: "text", oninput: () => draw() });
  const changed = el("input", { type: "checkbox", name: "changed", onchange: () => draw() });
  const draw = () => {
    const wanted = text.value.toLowerCase();
    replace(found, table("Settings", [
      { title: "Setting", cell: (one) => el("span", { class: "mono" }, one.name) },
      { title: "Value", cell: (one) => el("span", { class: "mono value" }, one.value) },
      { title: "From", cell: (one) => badge(...(SOURCES[one.source] ?? [one.source])) },
      { title: "Variable", cell: (one) => one.variable ? el("span", { class: "mono hint" }, one.variable) : "–" },
    ], items.filter((one) => (!changed.checked || one.source !== "default")
      && (one.name + " " + (one.variable ?? "") + " " + one.value).toLowerCase().includes(wanted)), "No setting matches."));
  };
  replace(root,
    el("div", { class: "title" }, el("h1", {}, "Configuration")),
    warnings.length ? el("div", { class: "notice warn" }, el("ul", {}, warnings.map((one) => el("li", {}, one)))) : null,
    el("form", { class: "card filter", onsubmit: (event) => event.preventDefault() },
      field("Setting, variable or value has", text),
      el("label", { class: "check" }, changed, "Only what is not the default")),
    found);
  draw();
}
