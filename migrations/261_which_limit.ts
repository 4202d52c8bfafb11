/** A batch with too many bad rows says of how many records and beyond which limit; one that was held before the hub kept that says so too. */
import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    UPDATE batch SET findings = (
      SELECT jsonb_agg(CASE WHEN f.finding->>'code' = 'too_many_bad_rows' AND NOT f.finding->'facts' \\? 'limit'
                            THEN jsonb_set(f.finding, '{facts}', '{"records": "–", "limit": "–", "allowed": "–"}'::jsonb || (f.finding->'facts'))
                            ELSE f.finding END ORDER BY f.nth)
        FROM jsonb_array_elements(findings) WITH ORDINALITY AS f(finding, nth))
     WHERE findings @> '[{"code": "too_many_bad_rows"}]';
  `);
}
