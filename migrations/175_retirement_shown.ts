/**
 * The first of two words by which a dataset is retired covers what whoever gave it was shown, and does not stand for ever. One that was given
 * before this covers nothing that could be told, and is asked for anew; so is one of somebody who has left.
 */
import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    ALTER TABLE dataset
      -- why it is to be retired; \`reason\` goes on saying why it is suspended
      ADD COLUMN ending_reason text,
      -- digest of what would go
      ADD COLUMN ending_shown text,
      -- the last day on which another person may agree
      ADD COLUMN ending_until date,
      -- the entry of the first word
      ADD COLUMN ending_entry uuid;
    UPDATE dataset SET ending_by = NULL WHERE state <> 'retired' AND ending_by IS NOT NULL;
    ALTER TABLE dataset ADD CONSTRAINT dataset_ending CHECK (state = 'retired' OR ending_by IS NULL
      OR ending_reason IS NOT NULL AND ending_shown IS NOT NULL AND ending_until IS NOT NULL AND ending_entry IS NOT NULL);
    UPDATE schema_version SET approver = NULL
     WHERE state = 'inReview' AND approver IN (SELECT id FROM person WHERE state = 'ended');
    UPDATE schema_version SET officer = NULL
     WHERE state = 'inReview' AND officer IN (SELECT id FROM person WHERE state = 'ended');
    UPDATE changeover SET approver = NULL
     WHERE state = 'open' AND approver IN (SELECT id FROM person WHERE state = 'ended');
    UPDATE changeover SET officer = NULL
     WHERE state = 'open' AND officer IN (SELECT id FROM person WHERE state = 'ended');
    GRANT UPDATE (ending_reason, ending_shown, ending_until, ending_entry) ON dataset TO datong_app;
  `);
}
