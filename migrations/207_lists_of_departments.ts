/** The newest rows of one department are found from the end of its own stretch of an index, however few and old they are. */
import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    DROP INDEX demand_consumer, demand_provider, dispute_raised, dispute_other, request_consumer, request_provider;
    CREATE INDEX demand_consumer ON demand (consumer, id);
    CREATE INDEX demand_provider ON demand (provider, id);
    CREATE INDEX dispute_raised ON dispute (raised, id);
    CREATE INDEX dispute_other ON dispute (other, id);
    CREATE INDEX request_consumer ON request (consumer, id);
    CREATE INDEX request_provider ON request (provider, id);
    CREATE INDEX batch_newest_of_dataset ON batch (dataset, id);
  `);
}
