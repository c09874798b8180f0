// Talks to the API. Keeps who is logged in, and what an act has to bring along.

export let session = null;
let onLoggedOut = () => {};

export function whenLoggedOut(listener) {
  onLoggedOut = listener;
}

export function mayAct() {
  return session?.role === "operator";
}

export class ApiError extends Error {
  constructor(status, code, message) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

async function request(method, path, body) {
  const headers = {};
  if (method !== "GET") {
    headers["Content-Type"] = "application/json";
    if (session?.csrf_token) {
      headers["X-CSRF-Token"] = session.csrf_token;
    }
  }
  let response;
  try {
    response = await fetch("api" + path, {
      method,
      headers,
      body: method === "GET" ? undefined : JSON.stringify(body ?? {}),
      credentials: "same-origin",
      cache: "no-store",
    });
  } catch {
    throw new ApiError(0, "unreachable", "The worker does not answer. It may be starting again.");
  }
  const text = await response.text();
  let answer = null;
  try {
    answer = text ? JSON.parse(text) : null;
  } catch {
    throw new ApiError(response.status, "no_json", "Something between you and the worker answered.");
  }
  if (response.ok) {
    return answer;
  }
  if (response.status === 401 && path !== "/session") {
    session = null;
    onLoggedOut();
  }
  throw new ApiError(response.status, answer?.code ?? "error", answer?.message ?? response.statusText);
}

export const get = (path, parameters = {}) => {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== null && value !== undefined && value !== "") {
      query.set(name, value);
    }
  }
  const text = query.toString();
  return request("GET", path + (text ? "?" + text : ""));
};

export const act = (path, body) => request("POST", path, body);

/** Who is logged in; null when nobody is. */
export async function resumeSession() {
  try {
    session = await request("GET", "/session");
  } catch (error) {
    if (error.status !== 401) {
      throw error;
    }
    session = null;
  }
  return session;
}

export async function login(token, name) {
  session = await request("POST", "/session", { token, name });
}

export async function logout() {
  await request("DELETE", "/session");
  session = null;
  onLoggedOut();
}

export const part = (text) => encodeURIComponent(text);
