// Asks for the token.

import { login } from "./api.js";
import { el, field, replace } from "./dom.js";

const NAME = "worker-ops-name";

export function showLogin(root, done) {
  const problem = el("p", { class: "problem", role: "alert" });
  const name = el("input", {
    name: "name", required: true, maxlength: 64, autocomplete: "username", value: remembered(),
  });
  const token = el("input", {
    name: "token", type: "password", required: true, autocomplete: "current-password",
  });
  const button = el("button", { class: "primary wide", type: "submit" }, "Log in");
  const form = el("form", {
    class: "card login",
    onsubmit: async (event) => {
      event.preventDefault();
      button.disabled = true;
      replace(problem);
      try {
        await login(token.value, name.value);
        remember(name.value);
        done();
      } catch (error) {
        replace(problem, error.message);
        token.select();
      } finally {
        button.disabled = false;
      }
    },
  },
  el("img", { src: "icon.svg", alt: "", width: 44, height: 44 }),
  el("h1", {}, "Worker operations"),
  field("Your name", name, "Stands in the audit log beside whatever you do."),
  field("Token", token, "WORKER_ADMIN_TOKEN to act, WORKER_VIEWER_TOKEN to look."),
  button,
  problem);
  replace(root, el("main", { id: "main", class: "login-page" }, form));
  (name.value ? token : name).focus();
}

function remembered() {
  try {
    return localStorage.getItem(NAME) ?? "";
  } catch {
    return "";
  }
}

function remember(name) {
  try {
    localStorage.setItem(NAME, name);
  } catch {
    // Not remembered, then.
  }
}
