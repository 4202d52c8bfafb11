/**
 * Whether the security officer agrees to a changeover is worked out with each word anew, not once at its beginning: what she is asked for is what
 * it loosens when it is decided. Words that were given before cover nothing of that, and are asked for anew. One that is ended stays as it ended.
 */
import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    UPDATE changeover SET approver = NULL, officer = NULL, agreed = NULL WHERE state = 'open';
    GRANT UPDATE (needs_officer) ON changeover TO datong_app;
    -- a word without the digest of what it covers is none
    ALTER TABLE changeover ADD CONSTRAINT changeover_agreed
      CHECK (state <> 'open' OR approver IS NULL AND officer IS NULL OR agreed IS NOT NULL);
  `);
}
