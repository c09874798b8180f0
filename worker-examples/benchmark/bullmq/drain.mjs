// Drains jobs whose id is the event's:
//   node drain.mjs REDIS_PORT EVENTS BYTES CONCURRENCY [POSTGRES_PORT]
// With a port of PostgreSQL each job's event is inserted, as a user would in a processor.
// Prints what a cell's JVM prints (CellMain).
import { Queue, Worker } from "bullmq";
import { Redis } from "ioredis";
import pg from "pg";
import { readFileSync } from "node:fs";

const [port, events, bytes, concurrency, postgresPort] = process.argv.slice(2).map(Number);
const pool = postgresPort
  ? new pg.Pool({ host: "127.0.0.1", port: postgresPort, user: "postgres", database: "postgres" })
  : null;
const insert = {
  name: "insert",
  text: `INSERT INTO worker.webhook_events (event_id, received_at, entry_id, event_type, tool_id,
      payload, correlation_id, attempt, processed_at, worker)
    VALUES ($1, now(), $1, $2, 'default', $3, $1, 1, now(), 'peer')
    ON CONFLICT DO NOTHING`,
};
const connection = new Redis({ host: "127.0.0.1", port, maxRetriesPerRequest: null });
const queue = new Queue("events", { connection });
const payload = JSON.stringify({ text: "x".repeat(Math.max(0, bytes - 11)) });
for (let from = 0; from < events; from += 1000) {
  const some = Array.from({ length: Math.min(1000, events - from) }, (_, i) => ({
    name: "push",
    data: payload,
    opts: { jobId: `event-${from + i}`, removeOnComplete: true },
  }));
  await queue.addBulk(some);
}

const cpuBefore = process.cpuUsage();
const start = process.hrtime.bigint();
console.log("READY");
let left = events;
await new Promise((done, failed) => {
  const worker = new Worker(
    "events",
    async (job) => {
      await connection.set(`webhook:idempotency:${job.id}`, "1", "EX", 86400, "NX");
      const size = JSON.parse(job.data).text.length;
      if (pool) {
        await pool.query({ ...insert, values: [job.id, job.name, job.data] });
      }
      return size;
    },
    { connection, concurrency },
  );
  worker.on("completed", () => {
    left -= 1;
    if (left === 0) {
      done();
    }
  });
  worker.on("failed", (job, error) => failed(error));
  worker.on("error", failed);
});
const seconds = Number(process.hrtime.bigint() - start) / 1e9;
const cpu = process.cpuUsage(cpuBefore);
const peakKib = Number(/VmHWM:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))[1]);
console.log(
  JSON.stringify({
    events,
    seconds,
    cpu_seconds: (cpu.user + cpu.system) / 1e6,
    peak_rss_mib: peakKib / 1024,
    p50_ms: 0,
    p99_ms: 0,
  }),
);
process.exit(0);
