// Tools, how their limits stand, and their pause; destinations, and the end of being disabled.

import { act, get, mayAct, part } from "./api.js";
import { ask, badge, el, replace, table, tell } from "./dom.js";
import { count, state, time } from "./format.js";

export async function tools(root) {
  const [{ items }, destinations] = await Promise.all([get("/tools"), get("/destinations")]);
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
    ], items, "No tool is known yet."),
    el("h2", {}, "Destinations"),
    el("p", { class: "hint" }, "Those that this replica has forwarded to. One that has failed for days is disabled in all replicas: its events become dead letters until it is enabled."),
    table("Destinations", [
      { title: "Destination", cell: (one) => el("strong", {}, one.name) },
      { title: "Tool", cell: (one) => el("span", { class: "mono" }, one.tool_id) },
      { title: "Circuit", cell: (one) => state(one.circuit) },
      { title: "Disabled", cell: (one) => one.disabled_at ? [badge("disabled", "bad"), " since ", time(one.disabled_at)] : "no" },
      ...(mayAct() ? [{ title: "Act", cell: enabling }] : []),
    ], destinations.items, "Nothing has been forwarded yet."));
}

function enabling(one) {
  return one.disabled_at && el("button", {
    type: "button", class: "small", "aria-label": "Enable " + one.name + " of " + one.tool_id,
    onclick: () => enable(one),
  }, "Enable");
}

async function enable(one) {
  try {
    await act("/destinations/" + part(one.tool_id) + "/" + part(one.name) + "/enable");
    tell("Enabled. Retry its dead letters now.");
  } catch (error) {
    tell(error.message, "bad");
  }
  window.dispatchEvent(new Event("show-again"));
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
