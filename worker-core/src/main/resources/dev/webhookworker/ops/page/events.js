// Processed events, and the story of one.

import { act, get, mayAct, part } from "./api.js";
import { badge, el, facts, field, replace, table, tell } from "./dom.js";
import { state, time } from "./format.js";

export async function events(root, { id, query }) {
  return id === null ? search(root, query) : story(root, id);
}

async function search(root, query) {
  const input = (name, more = {}) => el("input", { name, value: query[name] ?? "", ...more });
  const results = el("div", {});
  const form = el("form", {
    class: "card filter",
    onsubmit: (event) => {
      event.preventDefault();
      const values = new URLSearchParams([...new FormData(form)].filter(([, value]) => value));
      location.hash = "events?" + values;
    },
  },
  field("Event id", input("event_id")),
  field("Event type", input("event_type")),
  field("Tool", input("tool_id")),
  field("Received within", el("select", { name: "within", value: query.within ?? "3600" },
    [["900", "15 minutes"], ["3600", "1 hour"], ["86400", "1 day"], ["604800", "1 week"], ["", "any time"]]
      .map(([value, text]) => el("option", { value, selected: value === (query.within ?? "3600") }, text)))),
  el("div", { class: "row end" },
    el("button", { type: "submit", class: "primary" }, "Search"),
    el("button", {
      type: "button", onclick: () => {
        const wanted = form.elements.event_id.value.trim();
        if (wanted) {
          location.hash = "events/" + part(wanted);
        } else {
          form.elements.event_id.focus();
          tell("Enter an event id: its story is told, processed or not.", "warn");
        }
      },
    }, "Tell its story")));
  replace(root, el("div", { class: "title" }, el("h1", {}, "Events")), form, results);
  await page(results, parameters(query), null);
}

function parameters(query) {
  const within = query.within ?? "3600";
  return {
    event_id: query.event_id, event_type: query.event_type, tool_id: query.tool_id,
    from: query.event_id || !within ? null : new Date(Date.now() - Number(within) * 1000).toISOString(),
  };
}

async function page(results, wanted, cursor) {
  let found;
  try {
    found = await get("/events", { ...wanted, cursor });
  } catch (error) {
    replace(results, el("p", { class: error.status === 501 ? "notice" : "problem", role: "alert" }, error.message,
      error.status === 501 ? " The story of one event is told all the same." : null));
    return;
  }
  replace(results, table("Processed events", [
    { title: "Received", cell: (one) => time(one.received_at) },
    { title: "Event", cell: (one) => el("a", { class: "mono", href: "#events/" + part(one.event_id) }, one.event_id) },
    { title: "Type", cell: (one) => one.event_type },
    { title: "Tool", cell: (one) => one.tool_id },
    { title: "Source", cell: (one) => one.repo_name ?? one.sender_name ?? "–" },
    { title: "Attempt", numeric: true, cell: (one) => one.attempt },
    { title: "Processed", cell: (one) => time(one.processed_at) },
  ], found.items, "No processed event matches."),
  found.next ? el("button", { type: "button", onclick: () => page(results, wanted, found.next) }, "Next page") : null);
}

const ACTIONS = {
  processed: ["processed", "good"],
  retry_scheduled: ["failed, retry scheduled", "warn"],
  snoozed: ["put off", "plain"],
  duplicate: ["duplicate", "plain"],
  dead_letter: ["became a dead letter", "bad"],
  dlq_retry: ["retried as a dead letter", "info"],
  dlq_retry_edited: ["retried with another payload", "info"],
  dlq_discarded: ["discarded", "plain"],
  dlq_resolved: ["dead letter resolved", "good"],
  payload_revealed: ["somebody looked at the payload", "info"],
  replayed: ["replayed", "info"],
};

async function story(root, id) {
  const told = await get("/events/" + part(id));
  replace(root,
    el("p", {}, el("a", { href: "#events" }, "← Events")),
    el("div", { class: "title" }, el("h1", { class: "mono" }, told.event_id)),
    el("div", { class: "columns" },
      el("section", { class: "card" },
        el("h2", {}, "Story"),
        told.story.length
          ? el("ol", { class: "timeline" }, told.story.map(line))
          : el("p", { class: "empty" }, "There are no lines of the audit log about it.")),
      el("div", {},
        told.dead_letters.map(dead),
        told.stored.map((one) => stored(one, id)),
        told.stored.length ? null : el("p", { class: "empty" }, "It is not stored as processed."))));
}

function line(one) {
  const [text, tone] = ACTIONS[one.action] ?? [one.action.replaceAll("_", " "), "plain"];
  return el("li", { class: tone },
    el("div", { class: "row" }, badge(text, tone), time(one.at)),
    el("div", { class: "hint" }, one.attempt ? "attempt " + one.attempt + " · " : null, "by ", one.actor),
    one.detail ? el("p", { class: "detail" }, one.detail) : null);
}

function dead(one) {
  return el("section", { class: "card" },
    el("h2", {}, "Dead letter"),
    facts([
      ["State", state(one.status)],
      ["Reason", one.reason],
      ["Error", one.error_message],
      ["Since", time(one.dead_at)],
    ]),
    el("a", { href: "#dead-letters/" + part(one.id) }, "Show it"));
}

function stored(one, id) {
  const payload = el("pre", { tabindex: "0", "aria-label": "Payload" }, one.payload);
  return el("section", { class: "card" },
    el("h2", {}, "Processed"),
    facts([
      ["Type", one.event_type], ["Tool", one.tool_id], ["Tenant", one.tenant_id],
      ["Repository", one.repo_name], ["Sender", one.sender_name],
      ["Received", time(one.received_at)], ["Processed", time(one.processed_at)],
      ["Attempt", one.attempt], ["Worker", one.worker],
      ["Entry", el("span", { class: "mono" }, one.entry_id)],
      ["Correlation", el("span", { class: "mono" }, one.correlation_id)],
    ]),
    el("h3", {}, "Payload"),
    payload,
    mayAct() ? el("button", {
      type: "button", onclick: async (event) => {
        try {
          const revealed = await act("/events/" + part(id) + "/reveal");
          replace(payload, revealed.stored.find((row) => row.entry_id === one.entry_id)?.payload ?? "");
          event.target.remove();
          tell("Revealed; the audit log says that you looked.");
        } catch (error) {
          tell(error.message, "bad");
        }
      },
    }, "Reveal the payload") : null);
}
