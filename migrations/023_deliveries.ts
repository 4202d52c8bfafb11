/** Deliveries: what the limits of a day have counted goes when its day is long over. */
import type { Knex } from 'knex';

const statements = `
CREATE INDEX agreement_quota_day ON agreement_quota (day);
GRANT DELETE ON agreement_quota TO datong_app;
`;

export async function up(knex: Knex): Promise<void> {
  await knex.raw(statements);
}
