/** Two more roles: whoever sends files for a department, and whoever reads numbers alone. */
import type { Knex } from 'knex';

const roles = `
ALTER TABLE role_grant
  DROP CONSTRAINT role_grant_role_check,
  ADD CONSTRAINT role_grant_role_check CHECK (role IN ('operator', 'steward', 'security', 'auditor', 'clerk', 'leader'));
`;

export async function up(knex: Knex): Promise<void> {
  await knex.raw(roles);
}
