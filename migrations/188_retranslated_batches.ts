/** A batch that is made of the stored bytes of the one that readers see, by another version of its mapping. */
import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    ALTER TABLE batch ADD COLUMN retranslates uuid REFERENCES batch;
    CREATE INDEX batch_retranslates ON batch (retranslates) WHERE retranslates IS NOT NULL;
  `);
}
