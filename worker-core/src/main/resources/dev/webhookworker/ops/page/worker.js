// This replica: pause, resume, drain, and its log.

import { act, get, mayAct } from "./api.js";
import { ask, el, facts, field, replace, select, tell } from "./dom.js";
import { count, state } from "./format.js";

const POLL_MILLIS = 2000;
const LEVELS = ["error", "warn", "info", "debug", "trace"].map((level) => [level, level]);

export async function worker(root) {
  const place = el("div", {});
  const log = el("div", {});
  replace(root, el("div", { class: "title" }, el("h1", {}, "Worker")), el("div", { class: "columns" }, place, log));
  const now = await get("/worker");
  draw(place, now);
  drawLog(log, now);
  const timer = setInterval(() => get("/worker").then((later) => update(place, later)).catch(() => {}), POLL_MILLIS);
  return () => clearInterval(timer);
}

/** Leaves the buttons, and with them the focus, where they are unless they change. */
function update(place, now) {
  if (place.dataset.state !== now.state) {
    draw(place, now);
  } else {
    replace(place.querySelector(".figures"), figures(now));
  }
}

function draw(place, now) {
  place.dataset.state = now.state;
  replace(place, el("section", { class: "card" },
    el("div", { class: "title small" }, el("h2", { class: "mono" }, now.consumer), state(now.state)),
    el("div", { class: "figures" }, figures(now)),
    el("p", { class: "hint" }, "This replica alone. Paused, it takes no more events in: what it holds is finished, and the others take the rest."),
    mayAct() ? el("div", { class: "row" },
      now.paused
        ? el("button", { type: "button", class: "primary", onclick: () => change(place, "resume") }, "Resume")
        : [el("button", { type: "button", onclick: () => change(place, "pause", "Pause this replica?",
          "It takes no more events in until it is resumed.") }, "Pause …"),
        el("button", { type: "button", onclick: () => change(place, "drain", "Drain this replica?",
          "It takes no more events in, and tells when it holds none any more: then it can be ended.") }, "Drain …")]) : null));
}

function figures(now) {
  return facts([
    ["Consuming", now.consuming ? "yes" : "no"],
    ["Held events", count(now.held)],
    ["Handlers that run", count(now.active)],
    ["Stuck handlers", count(now.stuck_handlers)],
  ]);
}

async function change(place, what, title, text) {
  if (title && !await ask({ title, text, act: what === "drain" ? "Drain" : "Pause" })) {
    return;
  }
  try {
    const now = await act("/worker/" + what);
    draw(place, now);
    tell({ pause: "Paused.", drain: "Draining.", resume: "It takes events in again." }[what]
      + (now.audited ? "" : " The audit log could not be reached; the worker's log has it."));
  } catch (error) {
    tell(error.message, "bad");
  }
}

function drawLog(place, now) {
  if (now.log_levels === null) {
    replace(place, el("section", { class: "card" }, el("h2", {}, "Log"),
      el("p", { class: "empty" }, "The service that this worker is part of has not said how log levels are changed.")));
    return;
  }
  const logger = el("input", { name: "logger", value: "dev.webhookworker", required: true, list: "loggers", spellcheck: "false" });
  const form = el("form", {
    onsubmit: async (event) => {
      event.preventDefault();
      try {
        const later = await act("/worker/log-level", Object.fromEntries(new FormData(form)));
        tell("The level is changed until the process ends.");
        drawLog(place, later);
      } catch (error) {
        tell(error.message, "bad");
      }
    },
  },
  field("Logger", logger, "ROOT, a package or a class."),
  field("Level", select("level", LEVELS, now.log_levels["dev.webhookworker"] ?? "info")),
  el("div", { class: "row end" }, el("button", { type: "submit", class: "primary" }, "Change")));
  replace(place, el("section", { class: "card" }, el("h2", {}, "Log"),
    facts(Object.entries(now.log_levels).map(([name, level]) => [name, level ?? "not known"])),
    mayAct() ? form : null));
}
