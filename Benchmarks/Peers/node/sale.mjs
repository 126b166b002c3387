// What a queued sale carries, as this project's own rows do.
export const payload = `jsonb_build_object(
  'site_id', gen_random_uuid(), 'sale_id', gen_random_uuid(), 'gclid', gen_random_uuid() || '-' || n,
  'conversion_time', now() - interval '2 days', 'value_cents', 12345, 'currency', 'TRY')`;

export const slices = (jobs, size = 10_000) =>
  Array.from({ length: Math.ceil(jobs / size) }, (_, i) => [i * size + 1, Math.min((i + 1) * size, jobs)]);
