// Opens every page of the operations page in a real browser, does every act, and looks for what
// must not be: errors in the console, strings of events that became markup, barriers that axe
// finds. The worker that it looks at is OperationsStage in worker-examples/standalone.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { delimiter } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const EXAMPLES = fileURLToPath(new URL("..", import.meta.url));
const OPERATOR = randomBytes(24).toString("base64url");
const VIEWER = randomBytes(24).toString("base64url");
const PICTURES = process.env.SCREENSHOTS;
const HOSTILE = `<img src=x onerror=alert(1)>"'&{{7*7}}`;

let failures = 0;
let passed = 0;

async function startStage() {
  const stage = spawn("java", ["-cp", ["standalone/target/test-classes", "standalone/target/worker-standalone.jar",
    "quickstart/target/lib/*"].join(delimiter), "dev.webhookworker.standalone.OperationsStage"],
  { cwd: EXAMPLES, env: { ...process.env, WORKER_ADMIN_TOKEN: OPERATOR, WORKER_VIEWER_TOKEN: VIEWER }, stdio: ["pipe", "pipe", "inherit"] });
  const address = await new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("the stage did not begin within 3 minutes")), 180_000);
    stage.on("exit", (code) => reject(new Error("the stage ended with " + code)));
    createInterface({ input: stage.stdout }).on("line", (line) => {
      if (line.startsWith("STAGE ")) {
        clearTimeout(timer);
        resolve(line.slice(6).trim());
      } else if (process.env.STAGE_LOG) {
        console.log(line);
      }
    });
  });
  return { address, end: () => new Promise((resolve) => {
    stage.removeAllListeners("exit");
    stage.on("exit", resolve);
    stage.stdin.end();
    setTimeout(() => stage.kill("SIGTERM"), 20_000).unref();
  }) };
}

async function step(name, run) {
  try {
    await run();
    passed++;
    console.log("ok      " + name);
  } catch (error) {
    failures++;
    console.log("FAILED  " + name + "\n        " + String(error.stack ?? error).split("\n").slice(0, 12).join("\n        "));
  }
}

/** A page that fails its step for every error of the console, dialog of a script, or policy breach. */
async function open(browser, options) {
  const context = await browser.newContext({ locale: "en-GB", ...options });
  const page = await context.newPage();
  page.problems = [];
  page.expected = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type()) && !page.expected.some((one) => message.text().includes(one))) {
      page.problems.push(message.text());
    }
  });
  page.on("pageerror", (error) => page.problems.push("uncaught " + error.message));
  page.on("dialog", (dialog) => {
    page.problems.push("A SCRIPT OF AN EVENT RAN: " + dialog.message());
    dialog.dismiss();
  });
  page.on("request", (request) => {
    if (!request.url().startsWith(new URL(stage.address).origin)) {
      page.problems.push("asked elsewhere: " + request.url());
    }
  });
  return page;
}

async function login(page, token, name) {
  page.expected.push("401");
  await page.goto(stage.address);
  await page.getByLabel("Your name").fill(name);
  await page.getByLabel("Token").fill(token);
  await page.getByRole("button", { name: "Log in" }).click();
  await page.getByRole("heading", { name: "Overview" }).waitFor();
  page.expected = [];
}

async function go(page, hash, heading) {
  await page.evaluate((to) => { location.hash = to; }, hash);
  await page.getByRole("heading", { name: heading, level: 1 }).waitFor();
  await page.waitForFunction(() => !document.querySelector(".loading"));
}

function clean(page) {
  assert.deepEqual(page.problems, []);
}

async function barriers(page) {
  // What the head covers of a page that is scrolled is no barrier.
  await page.evaluate(() => window.scrollTo(0, 0));
  await page.waitForTimeout(150);
  const result = await page.evaluate(`${AXE}; axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] })`);
  assert.deepEqual(result.violations.map((one) => one.id + ": " + one.nodes.slice(0, 3).map((node) => node.html.slice(0, 160) + " " + (node.any[0]?.message ?? "")).join(" | ")), []);
}

async function harmless(page) {
  assert.equal(await page.locator("main img:not([src='icon.svg']), main script, main iframe, main svg[onload], main b, main u").count(), 0);
}

async function confirm(page, act, fields = {}) {
  const dialog = page.getByRole("dialog");
  await dialog.waitFor();
  for (const [label, value] of Object.entries(fields)) {
    await dialog.getByLabel(label).fill(value);
  }
  await dialog.getByRole("button", { name: act, exact: true }).click();
  await dialog.waitFor({ state: "detached" });
}

async function told(page, text) {
  await page.locator(".toast", { hasText: text }).first().waitFor();
  await page.evaluate(() => document.querySelectorAll(".toast").forEach((one) => one.remove()));
}

async function picture(page, name) {
  if (PICTURES) {
    mkdirSync(PICTURES, { recursive: true });
    await page.evaluate(() => document.querySelectorAll(".toast").forEach((one) => one.remove()));
    await page.screenshot({ path: `${PICTURES}/ops-${name}.png` });
  }
}

console.log("Starting two workers, Redis and PostgreSQL ...");
const stage = await startStage();
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ["--no-sandbox"] });
try {
  const page = await open(browser, { viewport: { width: 1360, height: 900 }, colorScheme: "light" });
  page.setDefaultTimeout(15_000);

  await step("login refuses a wrong token and says so", async () => {
    page.expected = ["401"];
    await page.goto(stage.address);
    await page.getByLabel("Your name").fill("ann");
    await page.getByLabel("Token").fill("not the token of this worker");
    await page.getByRole("button", { name: "Log in" }).click();
    await page.getByRole("alert").filter({ hasText: "no valid token" }).waitFor();
    await barriers(page);
    await picture(page, "login-light");
    clean(page);
  });

  await step("login with the keyboard alone", async () => {
    await page.getByLabel("Token").fill("");
    await page.getByLabel("Token").focus();
    await page.keyboard.type(OPERATOR);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Overview" }).waitFor();
    page.expected = [];
    const cookie = (await page.context().cookies(stage.address)).find((one) => one.name === "worker_ops");
    assert.ok(cookie.httpOnly && cookie.sameSite === "Strict");
    assert.equal(await page.evaluate(() => document.cookie), "");
    clean(page);
  });

  await step("overview is live, with figures, trend, health and replicas", async () => {
    await page.getByText("Live", { exact: true }).waitFor();
    await page.getByText("worker-1").waitFor();
    await page.locator("svg.chart").first().waitFor();
    await page.waitForTimeout(Number(process.env.TREND_MILLIS ?? 25_000));
    assert.ok(await page.locator("svg.chart").count() === 2);
    const processed = Number((await page.locator(".tile-more").first().textContent()).replaceAll(/[^0-9]/g, ""));
    assert.ok(processed > 10, "processed " + processed);
    assert.equal(await page.locator(".badge.good", { hasText: "alive" }).count(), 2);
    await barriers(page);
    await picture(page, "overview-light");
    clean(page);
  });

  await step("events are searched", async () => {
    await go(page, "events", "Events");
    await page.getByLabel("Event type").fill("invoice.paid");
    await page.getByRole("button", { name: "Search" }).click();
    await page.waitForFunction(() => location.hash.includes("invoice.paid"));
    await page.getByRole("link", { name: /^invoice\.paid-/ }).first().waitFor();
    assert.equal(await page.locator("tbody tr").count(), 50);
    await page.getByRole("button", { name: "Next page" }).click();
    await barriers(page);
    await picture(page, "events-light");
    clean(page);
  });

  await step("an event's story is told and its payload revealed", async () => {
    const link = page.getByRole("link", { name: /^invoice\.paid-/ }).first();
    await link.click();
    await page.getByRole("heading", { name: "Story" }).waitFor();
    await page.locator(".timeline li.good", { hasText: "processed" }).waitFor();
    assert.match(await page.getByLabel("Payload", { exact: true }).textContent(), /\*\*\*/);
    await page.getByRole("button", { name: "Reveal the payload" }).click();
    await told(page, "you looked");
    assert.match(await page.getByLabel("Payload", { exact: true }).textContent(), /"number":\d/);
    await barriers(page);
    clean(page);
  });

  await step("dead letters are grouped and filtered", async () => {
    await go(page, "dead-letters", "Dead letters");
    await page.getByRole("link", { name: "order-7", exact: true }).waitFor();
    await barriers(page);
    await picture(page, "dead-letters-light");
    await page.getByRole("button", { name: /Only these: no customer/ }).click();
    await page.waitForFunction(() => location.hash.includes("fingerprint"));
    await page.getByRole("textbox", { name: "Cause" }).waitFor();
    assert.equal(await page.locator("tbody tr", { hasText: "cut-off" }).count(), 0);
    clean(page);
  });

  await step("a dead letter is shown masked and revealed", async () => {
    await page.getByRole("link", { name: "order-7", exact: true }).click();
    await page.getByRole("heading", { name: "order-7" }).waitFor();
    const payload = page.getByLabel("Payload", { exact: true });
    assert.doesNotMatch(await payload.textContent(), /ada@example/);
    await barriers(page);
    await picture(page, "dead-letter-light");
    await page.getByRole("button", { name: "Reveal" }).click();
    await told(page, "you looked");
    assert.match(await payload.textContent(), /ada@example/);
    clean(page);
  });

  await step("a dead letter is retried", async () => {
    await page.getByRole("button", { name: "Retry …", exact: true }).click();
    await confirm(page, "Retry");
    await told(page, "being retried");
    await page.evaluate(() => { location.hash = "events/order-7"; });
    await page.getByRole("heading", { name: "Story" }).waitFor();
    for (let i = 0; i < 20 && !await page.locator(".timeline li.good").count(); i++) {
      await page.waitForTimeout(500);
      await page.evaluate(() => window.dispatchEvent(new Event("show-again")));
      await page.getByRole("heading", { name: "Story" }).waitFor();
    }
    await page.locator(".timeline li.good").first().waitFor();
    clean(page);
  });

  await step("a dead letter is edited and retried", async () => {
    await go(page, "dead-letters?text=order-9", "Dead letters");
    await page.getByRole("link", { name: "order-9", exact: true }).click();
    await page.getByRole("button", { name: "Edit and retry …" }).click();
    await page.getByRole("dialog").waitFor();
    await barriers(page);
    await picture(page, "edit-light");
    await confirm(page, "Retry with this", { Payload: '{"order":{"number":9}}', Reason: "wrong number" });
    await told(page, "edited payload");
    clean(page);
  });

  await step("a dead letter is discarded, and a dialog is called off", async () => {
    await go(page, "dead-letters?text=order-11", "Dead letters");
    await page.getByRole("link", { name: "order-11", exact: true }).click();
    await page.getByRole("button", { name: "Discard …" }).click();
    await page.getByRole("dialog").waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Discard …" }).click();
    await confirm(page, "Discard", { Reason: "a test order" });
    await told(page, "discarded");
    await page.locator(".title .badge", { hasText: "discarded" }).waitFor();
    clean(page);
  });

  await step("what matches is retried in bulk, with preview and progress", async () => {
    await go(page, "dead-letters?event_type=order.created", "Dead letters");
    await page.getByRole("button", { name: "Retry all that match" }).click();
    await page.getByRole("heading", { name: /^Retry \d+ dead letters\?/ }).waitFor();
    await barriers(page);
    await confirm(page, "Retry them", { "At most": "25" });
    await page.locator(".job .badge", { hasText: /capped|complete/ }).waitFor({ timeout: 60_000 });
    await barriers(page);
    await picture(page, "bulk-light");
    clean(page);
  });

  await step("a bulk job is cancelled", async () => {
    await go(page, "dead-letters", "Dead letters");
    await page.getByRole("button", { name: "Retry all that match" }).click();
    await confirm(page, "Retry them", { "A second": "1" });
    await page.getByRole("button", { name: "Cancel", exact: true }).click();
    await page.locator(".job .badge", { hasText: /cancelled|failed/ }).waitFor({ timeout: 30_000 });
    clean(page);
  });

  await step("what matches is discarded in bulk", async () => {
    await go(page, "dead-letters?event_type=deployment.requested", "Dead letters");
    await page.getByRole("button", { name: "Discard all that match" }).click();
    await confirm(page, "Discard them", { Reason: "of a test" });
    await page.locator(".job .badge", { hasText: /complete/ }).waitFor({ timeout: 30_000 });
    clean(page);
  });

  await step("a tool is paused everywhere and resumed", async () => {
    await go(page, "tools", "Tools");
    await page.getByText("GitHub", { exact: true }).waitFor();
    await page.getByRole("button", { name: "Pause Slack" }).click();
    await confirm(page, "Pause");
    await told(page, "in all replicas");
    await page.locator("tr", { hasText: "Slack" }).getByText("paused").waitFor();
    await barriers(page);
    await harmless(page);
    await picture(page, "tools-light");
    await page.getByRole("button", { name: "Resume Slack" }).click();
    await told(page, "Resumed");
    clean(page);
  });

  await step("a destination that was disabled is enabled", async () => {
    await go(page, "tools", "Tools");
    await page.getByRole("button", { name: "Enable crm of relay" }).click();
    await told(page, "Enabled");
    await page.locator("tr", { hasText: "crm" }).getByText("no", { exact: true }).waitFor();
    clean(page);
  });

  await step("the worker is paused, resumed, drained and resumed", async () => {
    await go(page, "worker", "Worker");
    await page.getByRole("button", { name: "Pause …" }).click();
    await confirm(page, "Pause");
    await told(page, "Paused");
    await page.getByRole("button", { name: "Resume" }).click();
    await told(page, "takes events in again");
    await page.getByRole("button", { name: "Drain …" }).click();
    await confirm(page, "Drain");
    await page.locator(".badge", { hasText: "drained" }).waitFor();
    await barriers(page);
    await page.getByRole("button", { name: "Resume" }).click();
    await page.locator(".badge", { hasText: "running" }).waitFor();
    clean(page);
  });

  await step("a log level is changed", async () => {
    await page.getByLabel("Level").selectOption("debug");
    await page.getByRole("button", { name: "Change" }).click();
    await told(page, "level is changed");
    await page.locator(".facts", { hasText: "debug" }).waitFor();
    await page.getByLabel("Level").selectOption("info");
    await page.getByRole("button", { name: "Change" }).click();
    await told(page, "level is changed");
    await barriers(page);
    await picture(page, "worker-light");
    clean(page);
  });

  await step("the configuration is shown without a secret", async () => {
    await go(page, "configuration", "Configuration");
    await page.getByLabel("Only what is not the default").check();
    const text = await page.locator("main").textContent();
    assert.ok(!text.includes(OPERATOR) && !text.includes(VIEWER));
    assert.match(text, /WORKER_ADMIN_TOKEN/);
    await barriers(page);
    await picture(page, "configuration-light");
    clean(page);
  });

  await step("strings of events that look like markup are shown as text", async () => {
    await go(page, "dead-letters?event_type=hostile", "Dead letters");
    const link = page.getByRole("link", { name: HOSTILE, exact: true });
    await link.waitFor();
    await harmless(page);
    await link.click();
    await page.getByRole("heading", { name: HOSTILE }).waitFor();
    await page.getByRole("button", { name: "Reveal" }).click();
    await told(page, "you looked");
    assert.match(await page.locator("main").textContent(), /<script>alert\(4\)<\/script>/);
    await harmless(page);
    await barriers(page);
    await page.getByRole("link", { name: "Its whole story" }).click();
    await page.getByRole("heading", { name: "Story" }).waitFor();
    await harmless(page);
    await page.evaluate(() => { location.hash = "events/hostile-stored"; });
    await page.getByRole("heading", { name: "hostile-stored" }).waitFor();
    await harmless(page);
    await go(page, "events/" + encodeURIComponent("<script>alert(9)</script>"), "Events");
    page.problems = page.problems.filter((text) => !text.includes("404"));
    clean(page);
  });

  await step("logging out leads to the login and ends the session", async () => {
    await go(page, "overview", "Overview");
    await page.getByRole("button", { name: "Log out" }).click();
    await page.getByLabel("Token").waitFor();
    assert.equal((await page.context().cookies(stage.address)).length, 0);
    clean(page);
  });

  await step("a viewer sees no act", async () => {
    const viewer = await open(browser, { viewport: { width: 1360, height: 900 } });
    await login(viewer, VIEWER, "victor");
    for (const [hash, heading] of [["dead-letters", "Dead letters"], ["tools", "Tools"], ["worker", "Worker"]]) {
      await go(viewer, hash, heading);
      assert.equal(await viewer.getByRole("button", { name: /Retry|Discard|Pause|Drain|Change/ }).count(), 0);
    }
    clean(viewer);
  });

  for (const [name, options] of [
    ["dark", { viewport: { width: 1360, height: 900 }, colorScheme: "dark" }],
    ["phone-light", { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true }],
    ["phone-dark", { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true, colorScheme: "dark" }],
  ]) {
    await step("every page in " + name, async () => {
      const other = await open(browser, options);
      await login(other, OPERATOR, "ann");
      await other.locator("svg.chart").first().waitFor();
      for (const [hash, heading] of [["overview", "Overview"], ["events", "Events"], ["dead-letters?status=all", "Dead letters"],
        ["tools", "Tools"], ["worker", "Worker"], ["configuration", "Configuration"]]) {
        await go(other, hash, heading);
        if (hash === "overview") {
          await other.locator("svg.chart").first().waitFor();
        }
        await barriers(other);
        const wide = await other.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        assert.ok(wide <= 0, `${hash} is ${wide} px too wide`);
        await picture(other, hash.replace(/\?.*/, "") + "-" + name);
      }
      await go(other, "dead-letters?status=all&text=order-12", "Dead letters");
      await other.getByRole("link", { name: "order-12", exact: true }).click();
      await other.getByRole("heading", { name: "order-12" }).waitFor();
      await barriers(other);
      await picture(other, "dead-letter-" + name);
      clean(other);
      await other.context().close();
    });
  }
} finally {
  await browser.close();
  await stage.end();
}
console.log(`${passed} passed, ${failures} failed`);
process.exit(failures ? 1 : 0);
