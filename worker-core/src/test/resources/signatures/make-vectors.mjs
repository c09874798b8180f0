// Writes sdk-vectors.json: requests signed by the providers' own npm libraries. Not part of the
// build. npm install --ignore-scripts standardwebhooks svix stripe @octokit/webhooks-methods twilio
// discord-interactions && node make-vectors.mjs > sdk-vectors.json
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import crypto from "node:crypto";
const require = createRequire(import.meta.url);
const at = 1767225600;
const bodies = [
  '{"id":"evt_1","n":1}',
  '{ "text": "Grüße, 世界 \\u0000 🙂",\n  "big": 123456789012345678901234567890 }',
  "",
];
const vectors = [];
function add(pkg, verifier, secret, body, headers, url = "") {
  const { version, license } = JSON.parse(readFileSync(`node_modules/${pkg}/package.json`));
  vectors.push({ origin: `npm ${pkg} ${version} (${license})`, verifier, secret, at, url, body, headers });
}
const { Webhook: Standard } = require("standardwebhooks");
const { Webhook: Svix } = require("svix");
const stripe = new (require("stripe"))("sk_test_none");
const { sign, verify } = await import("@octokit/webhooks-methods");
const twilio = require("twilio");
const { verifyKey } = require("discord-interactions");
const whsec = "whsec_" + Buffer.from("a secret of twenty-four b").toString("base64");
for (const body of bodies) {
  const id = "msg_" + vectors.length;
  for (const [pkg, Webhook, family] of [["standardwebhooks", Standard, "webhook-"], ["svix", Svix, "svix-"]]) {
    const signature = new Webhook(whsec).sign(id, new Date(at * 1000), body);
    add(pkg, "standard-webhooks", whsec, body, {
      [family + "id"]: id, [family + "timestamp"]: `${at}`, [family + "signature"]: signature });
  }
  add("stripe", "stripe", "whsec_stripe", body, {
    "Stripe-Signature": stripe.webhooks.generateTestHeaderString({ payload: body, secret: "whsec_stripe", timestamp: at }) });
  if (body) {
    const signature = await sign("hush", body);
    if (!(await verify("hush", body, signature))) throw new Error("octokit");
    add("@octokit/webhooks-methods", "github", "hush", body, { "X-Hub-Signature-256": signature });
  }
  // The library only verifies: signed here, accepted by it.
  const pair = crypto.generateKeyPairSync("ed25519");
  const raw = pair.publicKey.export({ type: "spki", format: "der" }).subarray(-32).toString("hex");
  const signature = crypto.sign(null, Buffer.from(at + body), pair.privateKey).toString("hex");
  if (!(await verifyKey(body, signature, `${at}`, raw))) throw new Error("discord");
  add("discord-interactions", "discord", raw, body, {
    "X-Signature-Ed25519": signature, "X-Signature-Timestamp": `${at}` });
}
// No library on npm signs v1a; Node's Ed25519 is not ours either.
for (const body of bodies) {
  const pair = crypto.generateKeyPairSync("ed25519");
  const raw = pair.publicKey.export({ type: "spki", format: "der" }).subarray(-32).toString("base64");
  const id = "msg_" + vectors.length;
  const signature = crypto.sign(null, Buffer.from(`${id}.${at}.${body}`), pair.privateKey).toString("base64");
  vectors.push({ origin: `node:crypto ${process.version}`, verifier: "standard-webhooks", secret: "whpk_" + raw, at,
    url: "", body, headers: { "webhook-id": id, "webhook-timestamp": `${at}`, "webhook-signature": "v1a," + signature } });
}
const url = "https://hooks.example.com/sms?tenant=1";
const params = { From: "+14158675309", To: "+18005551212", Body: "Grüße & mehr = 100%", Empty: "" };
const form = new URLSearchParams(params).toString();
const { getExpectedTwilioSignature, getExpectedBodyHash } = require("twilio/lib/webhooks/webhooks");
add("twilio", "twilio", "token", form, {
  "Content-Type": "application/x-www-form-urlencoded",
  "X-Twilio-Signature": getExpectedTwilioSignature("token", url, params) }, url);
const json = '{"CallSid":"CA1","Grüße":1}';
const hashed = url + "&bodySHA256=" + getExpectedBodyHash(json);
const twilioSignature = getExpectedTwilioSignature("token", hashed, {});
if (!twilio.validateRequestWithBody("token", twilioSignature, hashed, json)) throw new Error("twilio");
add("twilio", "twilio", "token", json, {
  "Content-Type": "application/json", "X-Twilio-Signature": twilioSignature }, hashed);
console.log(JSON.stringify(vectors, null, 1));
