// Acts on many dead letters: what would be done, then how far it is.

import { act, get, mayAct, part } from "./api.js";
import { ask, el, field, replace, tell } from "./dom.js";
import { count, state } from "./format.js";

const POLL_MILLIS = 1000;

export async function bulk(action, filter, place, whenDone) {
  let matching;
  try {
    matching = (await get("/dead-letters/count", filter)).count;
  } catch (error) {
    tell(error.message, "bad");
    return;
  }
  if (matching === 0) {
    tell("No dead letter matches.", "warn");
    return;
  }
  const number = (name, value, most) =>
    el("input", { name, type: "number", min: 1, max: most, required: true, value });
  const sure = await ask({
    title: `${action === "retry" ? "Retry" : "Discard"} ${count(matching)} dead letter${matching === 1 ? "" : "s"}?`,
    text: action === "retry"
      ? "As a canary: first one, then ten, then the rest; it ends when one of them fails again."
      : "Their events will not be processed.",
    fields: [
      field("At most", number("cap", Math.min(matching, 1000), 100000), "What is over that stays as it is."),
      action === "retry"
        ? [field("A second", number("per_second", 100, 10000)),
          el("label", { class: "check" }, el("input", { type: "checkbox", name: "canary", checked: true }), "As a canary")]
        : field("Reason", el("input", { name: "reason", required: true, maxlength: 500 })),
    ],
    act: action === "retry" ? "Retry them" : "Discard them",
    tone: action === "retry" ? "primary" : "danger",
  });
  if (!sure) {
    return;
  }
  try {
    const job = await act("/bulk-jobs", {
      action, filter, cap: Number(sure.cap), reason: sure.reason,
      ...(action === "retry" ? { per_second: Number(sure.per_second), canary: sure.canary === "on" } : {}),
    });
    follow(job, place, whenDone);
  } catch (error) {
    tell(error.message, "bad");
  }
}

/** Shows a job that runs already, or the last one; gives back how to stop looking. */
export async function runningJobs(place) {
  const jobs = (await get("/bulk-jobs")).items;
  const running = jobs.find((job) => job.ended_at === null);
  if (running) {
    return follow(running, place, () => {});
  }
  if (jobs.length && Date.now() - new Date(jobs[0].ended_at).getTime() < 60_000) {
    draw(jobs[0], place);
  }
  return () => {};
}

function follow(job, place, whenDone) {
  draw(job, place);
  const timer = setInterval(async () => {
    try {
      const now = await get("/bulk-jobs/" + part(job.id));
      draw(now, place);
      if (now.ended_at !== null) {
        clearInterval(timer);
        whenDone();
      }
    } catch {
      clearInterval(timer);
    }
  }, POLL_MILLIS);
  return () => clearInterval(timer);
}

function draw(job, place) {
  const goal = Math.min(job.matching, job.cap);
  const verb = job.action === "retry" ? "sent" : "discarded";
  replace(place, el("section", { class: "card job", "aria-live": "polite" },
    el("div", { class: "title small" },
      el("h2", {}, job.action === "retry" ? "Retrying dead letters" : "Discarding dead letters"), state(job.state),
      mayAct() && job.ended_at === null ? el("button", {
        type: "button", class: "small",
        onclick: () => act("/bulk-jobs/" + part(job.id) + "/cancel").catch((error) => tell(error.message, "bad")),
      }, "Cancel") : null),
    el("progress", { max: Math.max(1, goal), value: job.done + job.skipped, "aria-label": "Progress" }),
    el("p", { class: "hint" }, `${count(job.done)} of ${count(goal)} ${verb}`,
      job.skipped ? `, ${count(job.skipped)} skipped` : null, " · by ", job.actor),
    job.problem ? el("p", { class: "problem" }, job.problem) : null));
}
