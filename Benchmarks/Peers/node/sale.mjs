// The sales that jobs stand for, and the work that every peer does with them: upload each site's in one call, and keep what
// the provider said.
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";

// What a queued sale carries, as this project's own rows do; n counts the jobs, so that the sites' sales are mixed. $3 is the
// number of sites.
export const payload = `jsonb_build_object(
  'site_id', md5('site ' || n % $3::int)::uuid, 'sale_id', gen_random_uuid(), 'gclid', gen_random_uuid() || '-' || n,
  'conversion_time', now() - interval '2 days', 'value_cents', 12345, 'currency', 'TRY')`;

export const slices = (jobs, size = 10_000) =>
  Array.from({ length: Math.ceil(jobs / size) }, (_, i) => [i * size + 1, Math.min((i + 1) * size, jobs)]);

// For our own look at what a drain left, which is not the peer's cost.
export const unseen = { options: "-c pg_stat_statements.track=none" };

// Prepared once a connection, so that it is planned once.
const writeOutcomes = {
  name: "write_outcomes",
  text: readFileSync(new URL("./WriteOutcomes.sql", import.meta.url), "utf8"),
};

// Answers at once: what is left is the queue's own cost. With `refuse`, every so many sales of a call must come again once, and
// none that was taken may: a throw outside the job ends the drain.
export class Provider {
  #answered = new Map();

  constructor(refuse) {
    this.refuse = refuse;
  }

  async upload(sales) {
    const requestId = randomUUID();
    return sales.map((sale, place) => ({
      status: this.refuse ? this.#answer(sale.sale_id, place) : "COMPLETED", ref: sale.sale_id, requestId,
    }));
  }

  #answer(sale, place) {
    const before = this.#answered.get(sale);
    if (before === "COMPLETED") setImmediate(() => { throw new Error(`${sale} was uploaded again`); });
    const status = before || place % this.refuse > 0 ? "COMPLETED" : "RETRY";
    this.#answered.set(sale, status);
    return status;
  }
}

// Uploads sales of any sites, one call a site, and writes what became of them by one statement. Returns the outcomes in the
// order of the sales. `query` takes what pg's does.
export async function upload(sales, provider, query) {
  const sites = new Map();
  sales.forEach((sale, place) => {
    const group = sites.get(sale.site_id);
    if (group) group.push(place);
    else sites.set(sale.site_id, [place]);
  });
  const outcomes = new Array(sales.length);
  const [siteIds, saleIds, statuses, refs, requestIds] = [[], [], [], [], []];
  // In the order of the sites, which is that of the index.
  for (const site of [...sites.keys()].sort()) {
    const places = sites.get(site);
    const answers = await provider.upload(places.map((place) => sales[place]));
    places.forEach((place, i) => {
      outcomes[place] = answers[i];
      siteIds.push(site);
      saleIds.push(sales[place].sale_id);
      statuses.push(answers[i].status);
      refs.push(answers[i].ref);
      requestIds.push(answers[i].requestId);
    });
  }
  await query({ ...writeOutcomes, values: [randomUUID(), siteIds, saleIds, statuses, refs, requestIds] });
  return outcomes;
}

// Gathers the sales of jobs that run side by side: `add` ends when its sale is written. One batch is written at a time, and
// what comes meanwhile makes the next, after `delay` milliseconds.
export class Batcher {
  #waiting = [];
  #flushing = false;

  constructor(provider, query, delay) {
    this.provider = provider;
    this.query = query;
    this.delay = delay;
  }

  add(sale) {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ sale, resolve, reject });
      if (!this.#flushing) void this.#flush();
    });
  }

  async #flush() {
    this.#flushing = true;
    while (this.#waiting.length > 0) {
      await new Promise((resolve) => setTimeout(resolve, this.delay));
      const batch = this.#waiting;
      this.#waiting = [];
      try {
        const outcomes = await upload(batch.map((entry) => entry.sale), this.provider, this.query);
        batch.forEach((entry, i) => entry.resolve(outcomes[i]));
      } catch (error) {
        batch.forEach((entry) => entry.reject(error));
      }
    }
    this.#flushing = false;
  }
}
