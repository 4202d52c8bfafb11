import type { Knex } from 'knex';

/**
 * What witnesses said of the log. `audit_cosignature` holds signature lines of checkpoints (`audit_checkpoint` has the notes);
 * `audit_witness` how far each witness has seen, and since when something is wrong with it or with the log that it was shown.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE audit_cosignature (
      size bigint NOT NULL,
      witness text NOT NULL,
      -- as it stands in a note, line feed included
      line text NOT NULL,
      -- the checkpoint that was cosigned, signed by the log
      note text NOT NULL,
      at timestamptz NOT NULL,
      PRIMARY KEY (size, witness)
    );
    CREATE TABLE audit_witness (
      name text PRIMARY KEY,
      size bigint NOT NULL,
      cosigned_at timestamptz,
      -- witness_unreachable, witness_ahead, witness_refused, witness_signature_invalid; null while all is well
      trouble text,
      trouble_since timestamptz
    );
    GRANT SELECT, INSERT, UPDATE, DELETE ON audit_cosignature TO datong_app;
    GRANT SELECT, INSERT, UPDATE ON audit_witness TO datong_app;
  `);
}
