// The frame: who is logged in, the navigation, and which view is shown.

import { get, logout, resumeSession, session, whenLoggedOut } from "./api.js";
import { badge, el, replace, tell } from "./dom.js";
import { state } from "./format.js";
import { showLogin } from "./login.js";
import { overview } from "./overview.js";
import { events } from "./events.js";
import { deadLetters } from "./deadletters.js";
import { deadLetter } from "./deadletter.js";
import { tools } from "./tools.js";
import { worker } from "./worker.js";
import { configuration } from "./configuration.js";

const VIEWS = [
  ["overview", "Overview", overview],
  ["events", "Events", events],
  ["dead-letters", "Dead letters", deadLetters],
  ["tools", "Tools", tools],
  ["worker", "Worker", worker],
  ["configuration", "Configuration", configuration],
];

const root = document.getElementById("app");
let end = () => {};
let shown = 0;

function place() {
  const [path, query] = location.hash.slice(1).split("?", 2);
  const [view, ...rest] = path.split("/");
  return {
    view: VIEWS.some(([id]) => id === view) ? view : "overview",
    id: rest.length ? decodeURIComponent(rest.join("/")) : null,
    query: Object.fromEntries(new URLSearchParams(query ?? "")),
  };
}

async function start() {
  end();
  end = () => {};
  try {
    await resumeSession();
  } catch (error) {
    replace(root, el("main", { id: "main", class: "login-page" },
      el("div", { class: "card login" },
        el("h1", {}, "The worker does not answer"),
        el("p", {}, error.message),
        el("button", { class: "primary", type: "button", onclick: start }, "Try again"))));
    return;
  }
  if (session) {
    frame();
    show();
  } else {
    showLogin(root, start);
  }
}

function frame() {
  replace(root,
    el("header", { class: "top" },
      el("a", { class: "brand", href: "#overview" },
        el("img", { src: "icon.svg", alt: "", width: 26, height: 26 }), "Worker"),
      el("nav", { "aria-label": "Views" },
        VIEWS.map(([id, title]) => el("a", { href: "./#" + id, "data-view": id }, title))),
      el("div", { class: "who" },
        el("span", { id: "health-badge" }),
        el("span", { class: "name", title: "Role: " + session.role }, session.name),
        session.role === "viewer" ? badge("viewer", "plain") : null,
        session.authenticated_by === "session"
          ? el("button", { type: "button", class: "quiet small", onclick: leave }, "Log out")
          : null)),
    el("main", { id: "main", tabindex: "-1" }));
}

async function leave() {
  try {
    await logout();
  } catch (error) {
    tell(error.message, "bad");
  }
}

/** The state of health in the head, whichever view is shown. */
export function showHealth(status) {
  const place = document.getElementById("health-badge");
  if (place && place.textContent !== status) {
    replace(place, state(status));
  }
}

async function show() {
  if (!session) {
    return;
  }
  const turn = ++shown;
  end();
  end = () => {};
  const { view, id, query } = place();
  const [, title, render] = VIEWS.find(([name]) => name === view);
  document.title = title + " – Worker operations";
  for (const link of document.querySelectorAll("nav a")) {
    if (link.dataset.view === view) {
      link.setAttribute("aria-current", "page");
      link.scrollIntoView({ block: "nearest", inline: "center" });
    } else {
      link.removeAttribute("aria-current");
    }
  }
  const main = document.getElementById("main");
  replace(main, el("p", { class: "loading" }, "Loading …"));
  try {
    const content = el("div", { class: "view" });
    const stop = await (view === "dead-letters" && id ? deadLetter : render)(content, { id, query });
    if (turn !== shown) {
      stop?.();
      return;
    }
    end = stop ?? (() => {});
    replace(main, content);
  } catch (error) {
    if (turn === shown && session) {
      replace(main, el("h1", {}, title), el("p", { class: "problem", role: "alert" }, error.message),
        el("button", { type: "button", onclick: show }, "Try again"));
    }
  }
  if (view !== "overview") {
    get("/overview").then((now) => showHealth(now.status)).catch(() => {});
  }
}

window.addEventListener("hashchange", show);
window.addEventListener("show-again", show);
whenLoggedOut(() => {
  end();
  end = () => {};
  showLogin(root, start);
});
start();
