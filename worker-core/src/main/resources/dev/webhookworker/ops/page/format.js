// Numbers, times and states as people read them.

import { badge, el } from "./dom.js";

const whole = new Intl.NumberFormat("en-GB");
const short = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 1 });

export const count = (number) => whole.format(number);

export function rate(number) {
  return number === 0 ? "0" : number < 10 ? short.format(number) : whole.format(Math.round(number));
}

export function percent(share) {
  const value = share * 100;
  return (value === 0 || value >= 10 ? Math.round(value) : value.toFixed(1)) + " %";
}

export function millis(ms) {
  if (ms === 0) {
    return "–";
  }
  if (ms < 1) {
    return Math.max(1, Math.round(ms * 1000)) + " µs";
  }
  if (ms < 1000) {
    return (ms < 10 ? ms.toFixed(1) : Math.round(ms)) + " ms";
  }
  return duration(ms / 1000);
}

export function duration(seconds) {
  if (seconds < 60) {
    return (seconds < 10 && seconds % 1 !== 0 ? seconds.toFixed(1) : Math.round(seconds)) + " s";
  }
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) {
    return minutes + " min";
  }
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? hours + " h " + (minutes % 60) + " min" : Math.floor(hours / 24) + " days";
}

/** A time as the reader's clock has it, with how long ago it was; the exact one is its title. */
export function time(iso) {
  if (!iso) {
    return "–";
  }
  const date = new Date(iso);
  const today = date.toDateString() === new Date().toDateString();
  const text = today
    ? date.toLocaleTimeString("en-GB")
    : date.toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "medium" });
  return el("time", { datetime: iso, title: iso }, text);
}

export function ago(iso) {
  const seconds = Math.max(0, (Date.now() - new Date(iso).getTime()) / 1000);
  return el("time", { datetime: iso, title: iso }, seconds < 2 ? "now" : duration(seconds) + " ago");
}

const TONES = {
  healthy: "good", degraded: "warn", unhealthy: "bad",
  pending: "warn", retrying: "info", failed: "bad", resolved: "good", discarded: "plain",
  running: "info", complete: "good", capped: "warn", cancelled: "plain",
  canary_failed: "bad", canary_timed_out: "bad",
  active: "good", inactive: "plain", disabled: "plain",
  closed: "good", open: "bad", half_open: "warn",
  paused: "warn", draining: "warn", drained: "warn",
};

export function state(name) {
  return badge(name.replaceAll("_", " "), TONES[name]);
}

/** The last part of a class name; the whole is its title. */
export function className(name) {
  return name ? el("span", { title: name, class: "mono" }, name.slice(name.lastIndexOf(".") + 1)) : "–";
}
