// graphile-worker as its page on performance recommends: a local queue, completions in batches.
// https://worker.graphile.org/docs/performance
import { setTimeout } from "node:timers/promises";
import { Logger, run, runMigrations } from "graphile-worker";
import pg from "pg";
import { Batcher, payload, Provider, slices, unseen, upload } from "./sale.mjs";

const connectionString = process.env.DATABASE_URL;
const logger = new Logger(() => (level, message) => {
  if (level === "error") console.error(message);
});

// With `bySite`, a job has all sales of a site as an array: a batch job, https://worker.graphile.org/docs/tasks
export async function fill({ jobs, sites, bySite }) {
  await runMigrations({ connectionString, logger });
  const client = new pg.Client({ connectionString });
  await client.connect();
  const add = (payloads, values) => client.query(
    `select count(*) from graphile_worker.add_jobs((
       select array_agg(row('upload', payload::json, null, now(), 3, null, 0, null)::graphile_worker.job_spec)
       from (${payloads}) p (payload)))`, values);
  if (bySite)
    await add(
      `select jsonb_agg(sale) from (select n, ${payload} as sale from generate_series($1::int, $2::int) n) s
       group by sale ->> 'site_id' order by min(n)`, [1, jobs, sites]);
  else
    for (const [from, to] of slices(jobs))
      await add(`select ${payload} from generate_series($1::int, $2::int) n`, [from, to, sites]);
  await client.end();
}

// `done` counts the sales of all threads: one that finds no more of them is not yet at the end.
export async function open({ jobs, concurrency, batch, delay, work, refuse }, done) {
  const pgPool = new pg.Pool({ connectionString, max: Math.max(10, Math.min(concurrency + 2, 40)) });
  pgPool.on("error", (error) => console.error(error));
  // Connections stand before the clock starts.
  await Promise.all(Array.from({ length: 4 }, () => pgPool.query("select 1")));
  const count = (sales) => void Atomics.add(done, 0, sales);
  return {
    async drain() {
      const runner = await run({
        pgPool,
        noHandleSignals: true,
        taskList: { upload: work ? sameWork(new Provider(refuse), pgPool, delay, count) : () => count(1) },
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

// A job that fails is retried alone: its outcome is that of one sale, whichever batch it was written with. Outcomes of jobs that
// run side by side are gathered, as their completions are: a statement for each took 3.6 times as long. There is no way to
// complete a job in a transaction of one's own, so a job whose worker dies between the two is done again, and changes nothing.
// A batch job names the sales that failed by rejected promises, and is retried with those alone.
// https://worker.graphile.org/docs/tasks
function sameWork(provider, pool, delay, count) {
  const query = (statement) => pool.query(statement);
  const batcher = new Batcher(provider, query, delay);
  return async (payload) => {
    if (!Array.isArray(payload)) return finish(await batcher.add(payload), count);
    const outcomes = await upload(payload, provider, query);
    return outcomes.map((outcome) => finish(outcome, count));
  };
}

async function finish({ status }, count) {
  if (status === "RETRY") throw new Error("the provider asks for another attempt");
  count(1);
}

export async function check() {
  const client = new pg.Client({ connectionString, ...unseen });
  await client.connect();
  const { rows } = await client.query("select count(*)::int as left from graphile_worker._private_jobs");
  await client.end();
  if (rows[0].left !== 0) throw new Error(`graphile-worker left ${rows[0].left} jobs`);
}
