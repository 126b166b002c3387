// graphile-worker as its page on performance recommends: a local queue, completions in batches.
// https://worker.graphile.org/docs/performance
import { setTimeout } from "node:timers/promises";
import { Logger, run, runMigrations } from "graphile-worker";
import pg from "pg";
import { payload, slices } from "./sale.mjs";

const connectionString = process.env.DATABASE_URL;
const logger = new Logger(() => (level, message) => {
  if (level === "error") console.error(message);
});

export async function fill(jobs) {
  await runMigrations({ connectionString, logger });
  const client = new pg.Client({ connectionString });
  await client.connect();
  for (const [from, to] of slices(jobs))
    await client.query(
      `select count(*) from graphile_worker.add_jobs((
         select array_agg(row('upload', ${payload}::json, null, now(), 3, null, 0, null)::graphile_worker.job_spec)
         from generate_series($1::int, $2::int) n))`, [from, to]);
  await client.end();
}

// `done` counts the jobs of all threads: one that finds no more of them is not yet at the end.
export async function open({ jobs, concurrency, batch, delay }, done) {
  const pgPool = new pg.Pool({ connectionString, max: Math.max(10, Math.min(concurrency + 2, 40)) });
  pgPool.on("error", (error) => console.error(error));
  // Connections stand before the clock starts.
  await Promise.all(Array.from({ length: 4 }, () => pgPool.query("select 1")));
  return {
    async drain() {
      const runner = await run({
        pgPool,
        noHandleSignals: true,
        taskList: { upload: () => void Atomics.add(done, 0, 1) },
        preset: {
          worker: {
            concurrentJobs: concurrency,
            localQueue: { size: batch },
            completeJobBatchDelay: delay,
            failJobBatchDelay: delay,
            logger,
          },
        },
      });
      while (Atomics.load(done, 0) < jobs) await setTimeout(5);
      // Writes the completions that still wait for their batch.
      await runner.stop();
    },
    close: () => pgPool.end(),
  };
}

export async function check() {
  const client = new pg.Client({ connectionString });
  await client.connect();
  const { rows } = await client.query("select count(*)::int as left from graphile_worker._private_jobs");
  await client.end();
  if (rows[0].left !== 0) throw new Error(`graphile-worker left ${rows[0].left} jobs`);
}
