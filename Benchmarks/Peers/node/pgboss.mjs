// pg-boss as its documentation has it for throughput: fetch with batchSize, complete with an array of ids, no ordering by
// priority. https://timgit.github.io/pg-boss/
import pg from "pg";
import PgBoss from "pg-boss";
import { payload, slices } from "./sale.mjs";

const connectionString = process.env.DATABASE_URL;
const queue = "upload";

// Nothing but the work itself: no maintenance, no schedules.
async function start(max) {
  const boss = new PgBoss({ connectionString, max, supervise: false, schedule: false });
  boss.on("error", (error) => console.error(error));
  await boss.start();
  return boss;
}

export async function fill(jobs) {
  const boss = await start(2);
  await boss.createQueue(queue);
  const client = new pg.Client({ connectionString });
  await client.connect();
  for (const [from, to] of slices(jobs)) {
    const { rows } = await client.query(
      `select '${queue}' as name, ${payload} as data from generate_series($1::int, $2::int) n`, [from, to]);
    await boss.insert(rows);
  }
  await client.end();
  await boss.stop({ graceful: false });
}

export async function open({ concurrency, batch }) {
  const boss = await start(concurrency);
  return {
    drain: () => Promise.all(Array.from({ length: concurrency }, async () => {
      for (;;) {
        const jobs = await boss.fetch(queue, { batchSize: batch, priority: false });
        if (jobs.length === 0) return;
        await boss.complete(queue, jobs.map((job) => job.id));
      }
    })),
    close: () => boss.stop({ graceful: false }),
  };
}

export async function check(jobs) {
  const client = new pg.Client({ connectionString });
  await client.connect();
  const { rows } = await client.query("select count(*)::int as done from pgboss.job where state = 'completed'");
  await client.end();
  if (rows[0].done !== jobs) throw new Error(`pg-boss completed ${rows[0].done} of ${jobs} jobs`);
}
