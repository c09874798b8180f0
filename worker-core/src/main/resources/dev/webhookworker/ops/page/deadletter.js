// One dead letter, and what is done about it.

import { act, get, mayAct, part } from "./api.js";
import { ask, el, facts, field, replace, tell } from "./dom.js";
import { className, state, time } from "./format.js";

export async function deadLetter(root, { id }) {
  draw(root, await get("/dead-letters/" + part(id)));
}

function draw(root, one) {
  const open = ["pending", "retrying", "failed"].includes(one.status);
  replace(root,
    el("p", {}, el("a", { href: "#dead-letters" }, "← Dead letters")),
    el("div", { class: "title" },
      el("h1", { class: "mono" }, one.event_id || one.id), state(one.status),
      mayAct() && open ? el("div", { class: "row" },
        el("button", { type: "button", onclick: () => discard(one) }, "Discard …"),
        el("button", { type: "button", onclick: () => edit(one) }, "Edit and retry …"),
        el("button", { type: "button", class: "primary", onclick: () => retry(one) }, "Retry …")) : null),
    one.warnings.length ? el("div", { class: "notice warn" }, one.warnings.map((text) => el("p", {}, text))) : null,
    el("div", { class: "columns" },
      el("div", {},
        el("section", { class: "card" },
          el("h2", {}, "What happened"),
          el("p", { class: "error-text" }, one.error_message || one.reason.replaceAll("_", " ")),
          facts([
            ["Reason", one.reason.replaceAll("_", " ")],
            ["Error", one.error_class ? className(one.error_class) : null],
            ["Type", one.event_type], ["Tool", one.tool_id], ["Tenant", one.tenant_id],
            ["Received", time(one.first_received_at)], ["Dead since", time(one.dead_at)],
            ["Failed runs", one.failures],
            ["Retries", one.retry_count],
            ["Last retry", one.last_retry_at ? time(one.last_retry_at) : null],
            ["Worker", one.worker],
            ["Entry", el("span", { class: "mono" }, one.id)],
          ]),
          one.event_id ? el("a", { href: "#events/" + part(one.event_id) }, "Its whole story") : null),
        runs(one)),
      el("section", { class: "card" },
        el("div", { class: "title small" }, el("h2", {}, "Payload"),
          mayAct() && !one.revealed ? el("button", { type: "button", onclick: () => reveal(root, one) }, "Reveal") : null),
        one.revealed ? null : el("p", { class: "hint" }, "Its values are masked. Who reveals them stands in the audit log."),
        el("pre", { tabindex: "0", "aria-label": "Payload" }, one.payload),
        Object.entries(one.fields).map(([name, value]) =>
          [el("h3", { class: "mono" }, name), el("pre", { tabindex: "0", "aria-label": name }, value)]))));
}

function runs(one) {
  if (one.attempts.length === 0 && one.retries.length === 0) {
    return null;
  }
  return el("section", { class: "card" },
    el("h2", {}, "Runs"),
    el("ol", { class: "timeline" },
      one.attempts.map((run) => el("li", { class: "bad" },
        el("div", { class: "row" }, el("strong", {}, "Attempt " + run.number), className(run.error_class), time(run.at)),
        el("p", { class: "detail" }, run.message))),
      one.retries.map((run) => el("li", { class: "info" },
        el("div", { class: "row" }, el("strong", {}, "Retried as a dead letter"), time(run.at)),
        el("div", { class: "hint" }, "by ", run.actor)))));
}

const again = () => window.dispatchEvent(new Event("show-again"));

async function done(promise, text) {
  try {
    await promise;
    tell(text);
  } catch (error) {
    tell(error.message, "bad");
  }
  again();
}

async function reveal(root, one) {
  try {
    draw(root, await act("/dead-letters/" + part(one.id) + "/reveal"));
    tell("Revealed; the audit log says that you looked.");
  } catch (error) {
    tell(error.message, "bad");
  }
}

async function retry(one) {
  const sure = await ask({
    title: "Retry this event?",
    text: "It runs again with a fresh budget of attempts, and stays open until it was processed.",
    act: "Retry",
  });
  if (sure) {
    await done(act("/dead-letters/" + part(one.id) + "/retry"), "It is being retried.");
  }
}

async function edit(one) {
  let payload;
  try {
    payload = (one.revealed ? one : await act("/dead-letters/" + part(one.id) + "/reveal")).payload;
  } catch (error) {
    tell(error.message, "bad");
    return;
  }
  const text = el("textarea", { name: "payload", rows: 14, required: true, spellcheck: "false" });
  text.value = payload;
  const sure = await ask({
    title: "Retry with another payload",
    text: "Both payloads are kept in the audit log. *** stands for an encrypted value that is there now.",
    fields: [field("Payload", text), field("Reason", el("input", { name: "reason", required: true, maxlength: 500 }))],
    act: "Retry with this",
  });
  if (sure) {
    await done(act("/dead-letters/" + part(one.id) + "/retry", sure), "It is being retried with the edited payload.");
  }
}

async function discard(one) {
  const sure = await ask({
    title: "Discard this dead letter?",
    text: "Its event will not be processed.",
    fields: [field("Reason", el("input", { name: "reason", required: true, maxlength: 500 }))],
    act: "Discard",
    tone: "danger",
  });
  if (sure) {
    await done(act("/dead-letters/" + part(one.id) + "/discard", sure), "It is discarded.");
  }
}
