// pg-boss as its documentation has it for throughput: fetch with batchSize, complete with an array of ids, no ordering by
// priority. With the work, outcomes and completion commit together, by the `db` option.
// https://timgit.github.io/pg-boss/
import pg from "pg";
import PgBoss from "pg-boss";
import { payload, Provider, slices, unseen, upload } from "./sale.mjs";

const connectionString = process.env.DATABASE_URL;
const queue = "upload";

// Nothing but the work itself: no maintenance, no schedules.
async function start(max) {
  const boss = new PgBoss({ connectionString, max, supervise: false, schedule: false });
  boss.on("error", (error) => console.error(error));
  await boss.start();
  return boss;
}

export async function fill({ jobs, sites }) {
  const boss = await start(2);
  await boss.createQueue(queue);
  const client = new pg.Client({ connectionString });
  await client.connect();
  for (const [from, to] of slices(jobs)) {
    const { rows } = await client.query(
      `select '${queue}' as name, ${payload} as data from generate_series($1::int, $2::int) n`, [from, to, sites]);
    await boss.insert(rows);
  }
  await client.end();
  await boss.stop({ graceful: false });
}

export async function open({ concurrency, batch, work, refuse }) {
  const boss = await start(concurrency);
  const pool = new pg.Pool({ connectionString, max: concurrency });
  await Promise.all(Array.from({ length: work ? concurrency : 0 }, () => pool.query("select 1")));
  const provider = new Provider(refuse);
  const finish = work
    ? (jobs) => sameWork(boss, pool, provider, jobs)
    : (jobs) => boss.complete(queue, jobs.map((job) => job.id));
  return {
    drain: () => Promise.all(Array.from({ length: concurrency }, async () => {
      for (;;) {
        const jobs = await boss.fetch(queue, { batchSize: batch, priority: false });
        if (jobs.length === 0) return;
        await finish(jobs);
      }
    })),
    close: async () => {
      await pool.end();
      await boss.stop({ graceful: false });
    },
  };
}

async function sameWork(boss, pool, provider, jobs) {
  let write;
  const outcomes = await upload(jobs.map((job) => job.data), provider, (statement) => (write = statement));
  const ids = (...statuses) => jobs.filter((_, i) => statuses.includes(outcomes[i].status)).map((job) => job.id);
  const client = await pool.connect();
  const db = { executeSql: (text, values) => client.query(text, values) };
  try {
    await client.query("begin");
    await boss.complete(queue, ids("COMPLETED", "FAILED"), {}, { db });
    // Retried one by one, whichever batch they came in.
    const again = ids("RETRY");
    if (again.length > 0) await boss.fail(queue, again, {}, { db });
    // The counters last: other batches wait for them until the commit.
    await client.query(write);
    await client.query("commit");
    client.release();
  } catch (error) {
    // Closed, which rolls back: the jobs expire and are fetched again.
    client.release(error);
    throw error;
  }
}

export async function check(jobs) {
  const client = new pg.Client({ connectionString, ...unseen });
  await client.connect();
  const { rows } = await client.query("select count(*)::int as done from pgboss.job where state = 'completed'");
  await client.end();
  if (rows[0].done !== jobs) throw new Error(`pg-boss completed ${rows[0].done} of ${jobs} jobs`);
}
