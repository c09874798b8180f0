// Dead letters: by cause, and as a list.

import { get, mayAct, part } from "./api.js";
import { el, field, replace, select, table } from "./dom.js";
import { className, count, state, time } from "./format.js";
import { bulk, runningJobs } from "./bulk.js";

const FIELDS = ["status", "text", "event_type", "tool_id", "error_class", "fingerprint"];

export async function deadLetters(root, { query }) {
  const filter = Object.fromEntries(FIELDS.map((name) => [name, query[name]]).filter(([, value]) => value));
  const jobs = el("div", {});
  const causes = el("section", { class: "card" });
  const list = el("div", {});
  const again = () => window.dispatchEvent(new Event("show-again"));
  replace(root,
    el("div", { class: "title" }, el("h1", {}, "Dead letters"),
      mayAct() ? el("div", { class: "row" },
        el("button", { type: "button", onclick: () => bulk("discard", filter, jobs, again) }, "Discard all that match"),
        el("button", { type: "button", class: "primary", onclick: () => bulk("retry", filter, jobs, again) }, "Retry all that match")) : null),
    jobs, form(filter), causes, list);
  const stop = await runningJobs(jobs, again);
  await Promise.all([groups(causes, filter), page(list, filter, null)]);
  return stop;
}

function form(filter) {
  const input = (name) => el("input", { name, value: filter[name] ?? "" });
  const element = el("form", {
    class: "card filter",
    onsubmit: (event) => {
      event.preventDefault();
      go(Object.fromEntries(new FormData(element)));
    },
  },
  field("State", select("status", [["open", "open"], ["pending", "pending"], ["retrying", "retrying"],
    ["failed", "failed"], ["resolved", "resolved"], ["discarded", "discarded"], ["all", "all"]], filter.status ?? "open")),
  field("Event id or error has", input("text")),
  field("Event type", input("event_type")),
  field("Tool", input("tool_id")),
  filter.fingerprint ? field("Cause", input("fingerprint")) : null,
  el("div", { class: "row end" },
    Object.keys(filter).length ? el("a", { class: "button quiet", href: "#dead-letters" }, "Show all") : null,
    el("button", { type: "submit", class: "primary" }, "Filter")));
  return element;
}

function go(filter) {
  const values = new URLSearchParams(Object.entries(filter).filter(([, value]) => value));
  location.hash = "dead-letters?" + values;
}

async function groups(card, filter) {
  const found = await get("/dead-letters/groups", { ...filter, limit: 10 });
  replace(card, el("h2", {}, "By cause"), table("Dead letters by cause", [
    { title: "Count", numeric: true, cell: (one) => el("strong", {}, count(one.count)) },
    { title: "Reason", cell: (one) => one.sample.reason.replaceAll("_", " ") },
    { title: "Error", cell: (one) => [className(one.sample.error_class), el("span", { class: "message" }, one.sample.error_message)] },
    { title: "First", cell: (one) => time(one.first_seen) },
    { title: "Last", cell: (one) => time(one.last_seen) },
    { title: "Show", cell: (one) => filter.fingerprint ? null : el("button", {
      type: "button", class: "small", onclick: () => go({ ...filter, fingerprint: one.fingerprint }),
      "aria-label": "Only these: " + one.sample.error_message.slice(0, 80),
    }, "Only these") },
  ], found.items, "Nothing matches. That is as it should be."));
}

async function page(list, filter, cursor) {
  const found = await get("/dead-letters", { ...filter, cursor });
  replace(list, table("Dead letters", [
    { title: "Dead since", cell: (one) => time(one.dead_at) },
    { title: "Event", cell: (one) => el("a", { class: "mono", href: "#dead-letters/" + part(one.id) }, one.event_id || one.id) },
    { title: "Type", cell: (one) => one.event_type || "–" },
    { title: "Tool", cell: (one) => one.tool_id ?? "–" },
    { title: "State", cell: (one) => state(one.status) },
    { title: "Reason", cell: (one) => one.reason.replaceAll("_", " ") },
    { title: "Error", cell: (one) => el("span", { class: "message", title: one.error_message }, one.error_message || "–") },
    { title: "Retried", numeric: true, cell: (one) => one.retry_count },
  ], found.items, "No dead letter matches."),
  found.next ? el("button", { type: "button", onclick: () => page(list, filter, found.next) }, "Next page") : null,
  cursor ? el("button", { type: "button", onclick: () => page(list, filter, null) }, "First page") : null);
}
