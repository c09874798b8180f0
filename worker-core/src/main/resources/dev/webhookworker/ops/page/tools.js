// Tools, how their limits stand, and their pause.

import { act, get, mayAct, part } from "./api.js";
import { ask, badge, el, replace, table, tell } from "./dom.js";
import { count, state } from "./format.js";

export async function tools(root) {
  const { items } = await get("/tools");
  replace(root,
    el("div", { class: "title" }, el("h1", {}, "Tools")),
    el("p", { class: "hint" }, "Limits and circuits are those of this replica. A paused tool's events wait and use up no attempt."),
    table("Tools", [
      { title: "Tool", cell: (one) => [el("strong", {}, one.name), one.name === one.id ? null : el("div", { class: "mono hint" }, one.id)] },
      { title: "Provider", cell: (one) => one.provider || "–" },
      { title: "From", cell: (one) => one.source === "seen" ? "its events" : one.source },
      { title: "State", cell: (one) => [state(one.status), one.paused === "no" ? null
        : badge(one.paused === "here" ? "paused here" : "paused", "warn")] },
      { title: "Running", numeric: true, cell: (one) => lines(one, (limit) =>
        limit.max_concurrent === null ? "–" : limit.running + " / " + limit.max_concurrent) },
      { title: "Held back", numeric: true, cell: (one) => lines(one, (limit) => count(limit.held_back)) },
      { title: "Circuit", cell: (one) => lines(one, (limit) => limit.circuit ? state(limit.circuit) : "–") },
      ...(mayAct() ? [{ title: "Act", cell: button }] : []),
    ], items, "No tool is known yet."));
}

function lines(one, text) {
  if (one.limits.length === 0) {
    return "–";
  }
  return one.limits.map((limit) => el("div", {},
    limit.event_types ? el("span", { class: "hint" }, limit.event_types + " ") : null, text(limit)));
}

function button(one) {
  const pause = one.paused === "no";
  return el("button", {
    type: "button", class: "small", "aria-label": (pause ? "Pause " : "Resume ") + one.name,
    onclick: () => change(one, pause),
  }, pause ? "Pause …" : "Resume");
}

async function change(one, pause) {
  if (pause && !await ask({
    title: "Pause this tool?",
    text: one.source === "registry"
      ? "Its events wait in all replicas until it is resumed."
      : "Its events wait in this replica until it is resumed or the process ends. Other replicas go on: pause it on each of them as well.",
    act: "Pause",
  })) {
    return;
  }
  try {
    const changed = await act("/tools/" + part(one.id) + (pause ? "/pause" : "/resume"));
    tell((pause ? "Paused" : "Resumed") + (changed.scope === "everywhere" ? " in all replicas." : " in this replica."));
  } catch (error) {
    tell(error.message, "bad");
  }
  window.dispatchEvent(new Event("show-again"));
}
