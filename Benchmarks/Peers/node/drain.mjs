// Drains one peer's queue: `node drain.mjs <peer> <step> <settings as JSON>`, the database in DATABASE_URL.
// Step `fill` installs the peer's schema and enqueues; step `drain` prints the seconds from the first claim to the last
// completion, in JSON. The start of Node and of its connections is not in it.
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import * as graphile from "./graphile.mjs";
import * as pgboss from "./pgboss.mjs";

const peers = { "graphile-worker": graphile, "pg-boss": pgboss };

if (isMainThread) {
  const [, , name, step, json] = process.argv;
  const peer = peers[name];
  const settings = JSON.parse(json);
  if (step === "fill") await peer.fill(settings);
  else console.log(JSON.stringify({ seconds: await drain(name, peer, settings) }));
} else {
  const { name, settings, done } = workerData;
  const worker = await peers[name].open(settings, new Int32Array(done));
  parentPort.postMessage("ready");
  await new Promise((start) => parentPort.once("message", start));
  await worker.drain();
  parentPort.postMessage("drained");
  await worker.close();
  parentPort.close();
}

// Threads stand for worker processes: each has its own JavaScript engine, its own pool and its own worker.
async function drain(name, peer, settings) {
  const done = new SharedArrayBuffer(4);
  const threads = Array.from({ length: settings.threads }, () =>
    new Worker(new URL(import.meta.url), { workerData: { name, settings, done } }));
  await Promise.all(threads.map(next));
  const started = performance.now();
  const drained = threads.map(next);
  threads.forEach((thread) => thread.postMessage("start"));
  await Promise.all(drained);
  const seconds = (performance.now() - started) / 1000;
  await peer.check(settings.jobs);
  return seconds;
}

function next(thread) {
  return new Promise((resolve, reject) => {
    thread.once("message", resolve);
    thread.once("error", reject);
  });
}
