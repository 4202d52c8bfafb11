/**
 * The pages of what grows with use are read by index, whoever asks and whatever the list is narrowed to: without, a rare state or a department
 * with few rows cost a reading of the whole table.
 */
import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE INDEX batch_of_department ON batch (department, id);
    CREATE INDEX batch_in_state ON batch (state, id);
    DROP INDEX batch_bytes;
    CREATE INDEX batch_bytes ON batch (sha256);
    CREATE INDEX duty_listed ON duty ((answered_by IS NOT NULL), due, received_from, id);
    CREATE INDEX ticket_of_dataset ON ticket (dataset, id);
    CREATE INDEX ticket_unanswered ON ticket (id) WHERE state = 'open';
    CREATE INDEX demand_in_state ON demand (state, id);
    CREATE INDEX dispute_about ON dispute (about);
    CREATE INDEX dispute_raised ON dispute (raised);
    CREATE INDEX dispute_other ON dispute (other);
    CREATE INDEX risk_listed ON risk ((state = 'acknowledged'), (CASE WHEN state <> 'acknowledged' THEN due END), due DESC, id DESC);
    CREATE INDEX risk_departments ON risk USING gin (departments);
    CREATE INDEX risk_consumer ON risk (consumer);
    CREATE INDEX evidence_in_state ON evidence (state, id);
  `);
}
