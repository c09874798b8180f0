// How it is, live.

import { get } from "./api.js";
import { badge, el, replace, table } from "./dom.js";
import { chart } from "./chart.js";
import { count, duration, millis, percent, rate, state } from "./format.js";
import { showHealth } from "./app.js";

const POLL_MILLIS = 5000;

export async function overview(root) {
  const body = el("div", {});
  const live = el("span", { class: "live", role: "status" });
  replace(root, el("div", { class: "title" }, el("h1", {}, "Overview"), live), body);
  draw(body, await get("/overview"));
  return follow((now) => draw(body, now), (text, on) => {
    if (live.textContent !== text) {
      live.className = on ? "live on" : "live";
      replace(live, text);
    }
  });
}

/** By a stream where there is room for one, else by asking. */
function follow(draw, told) {
  let timer = null;
  const stream = new EventSource("api/live");
  stream.addEventListener("overview", (event) => {
    told("Live", true);
    draw(JSON.parse(event.data));
  });
  stream.addEventListener("error", () => {
    if (stream.readyState === EventSource.CLOSED && timer === null) {
      told("Every 5 s", false);
      timer = setInterval(() => get("/overview").then(draw).catch(() => told("No answer", false)), POLL_MILLIS);
    }
  });
  return () => {
    stream.close();
    clearInterval(timer);
  };
}

function draw(body, now) {
  showHealth(now.status);
  replace(body, advice(now), tiles(now), charts(now), el("div", { class: "columns" }, components(now), replicas(now)));
}

/** What is wrong, and where to go about it. */
function advice(now) {
  const wrong = now.components.filter((one) => one.status !== "healthy");
  if (wrong.length === 0) {
    return null;
  }
  return el("div", { class: "notice " + (now.status === "unhealthy" ? "bad" : "warn") },
    el("ul", {}, wrong.map((one) =>
      el("li", {}, el("strong", {}, one.name), ": ", one.message))));
}

function tiles(now) {
  const depth = now.depth;
  return el("div", { class: "tiles" },
    tile("Processed", rate(now.recent.processed_per_second), "a second",
      count(now.worker.processed) + " since the start"),
    tile("Failed runs", percent(now.recent.error_rate), "",
      rate(now.recent.failed_per_second) + " a second", now.recent.error_rate > 0.05 ? "bad" : null),
    tile("Handler time", millis(now.latency_ms.p50), "median",
      "p90 " + millis(now.latency_ms.p90) + " · p99 " + millis(now.latency_ms.p99)),
    tile("Waiting", depth ? count(depth.total) : "?", "",
      depth ? ["oldest " + duration(depth.oldest_waiting_seconds), trendOf(now.trend), count(depth.retries_waiting) + " retries"].filter(Boolean).join(" · ") : "not known now",
      depth && depth.oldest_waiting_seconds > 600 ? "warn" : null),
    tile("In flight", count(now.worker.active) + " / " + count(now.worker.max_concurrent), "handlers",
      count(now.worker.held) + " held" + (now.worker.stuck_handlers ? " · " + now.worker.stuck_handlers + " stuck" : ""),
      now.worker.stuck_handlers ? "bad" : null),
    el("a", { class: "tile link " + (depth?.dead_letters ? "warn" : ""), href: "#dead-letters" },
      el("span", { class: "tile-name" }, "Dead letters"),
      el("span", { class: "tile-value" }, depth ? count(depth.dead_letters) : "?", el("small", {}, " open")),
      el("span", { class: "tile-more" }, count(now.worker.dead_lettered) + " by this replica")));
}

function tile(name, value, unit, more, tone) {
  return el("div", { class: "tile " + (tone ?? "") },
    el("span", { class: "tile-name" }, name),
    el("span", { class: "tile-value" }, value, el("small", {}, " " + unit)),
    el("span", { class: "tile-more" }, more));
}

/** Whether the queue grew within the last minute. */
function trendOf(trend) {
  const known = trend.depth.slice(-12).filter((depth) => depth !== null);
  if (known.length < 2) {
    return "";
  }
  const change = known[known.length - 1] - known[0];
  return change === 0 ? "steady" : (change > 0 ? "▲ " : "▼ ") + count(Math.abs(change)) + "/min";
}

function charts(now) {
  const trend = now.trend;
  if (trend.at.length < 2) {
    return el("p", { class: "empty" }, "The trend begins in a few seconds.");
  }
  const clock = (seconds) => new Date(seconds * 1000).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
  const from = clock(trend.at[0]);
  const to = clock(trend.at[trend.at.length - 1]);
  const last = trend.at.length - 1;
  return el("div", { class: "columns" },
    el("section", { class: "card" },
      el("h2", {}, "Throughput"),
      el("p", { class: "legend" },
        el("span", { class: "key good" }, "processed"), el("span", { class: "key bad" }, "failed"), " a second, this replica"),
      chart([
        { values: trend.processed_per_second, tone: "good", area: true },
        { values: trend.failed_per_second, tone: "bad" },
      ], `Processed ${rate(trend.processed_per_second[last])} and failed ${rate(trend.failed_per_second[last])} runs a second at ${to}`, " /s", from, to)),
    el("section", { class: "card" },
      el("h2", {}, "Queue depth"),
      el("p", { class: "legend" }, el("span", { class: "key info" }, "waiting"), " events of the whole group"),
      chart([{ values: trend.depth, tone: "info", area: true }],
        `${trend.depth[last] ?? "An unknown number of"} events wait at ${to}`, "", from, to)));
}

function components(now) {
  return el("section", { class: "card" },
    el("h2", {}, "Health"),
    table("Components", [
      { title: "Component", cell: (one) => el("strong", {}, one.name) },
      { title: "State", cell: (one) => state(one.status) },
      { title: "Message", cell: (one) => one.message },
      { title: "Check", numeric: true, cell: (one) => millis(one.latency_ms) },
    ], now.components, ""));
}

function replicas(now) {
  return el("section", { class: "card" },
    el("h2", {}, "Replicas"),
    now.replicas.problem ? el("p", { class: "problem" }, now.replicas.problem) : null,
    table("Replicas", [
      { title: "Consumer", cell: (one) => [el("span", { class: "mono" }, one.name), one.this_replica ? badge("this one", "info") : null] },
      { title: "State", cell: (one) => one.alive ? badge("alive", "good") : badge(one.pending ? "gone, holds events" : "gone", one.pending ? "bad" : "plain") },
      { title: "Holds", numeric: true, cell: (one) => count(one.pending) },
      { title: "Asked", numeric: true, cell: (one) => duration(one.idle_ms / 1000) + " ago" },
    ], now.replicas.consumers, "No consumer has asked for events yet."),
    el("p", { class: "hint" }, "Group ", el("span", { class: "mono" }, now.group), " of stream ", el("span", { class: "mono" }, now.stream)));
}
