/**
 * A person leaves: what she granted and nobody has confirmed goes with her. A role that was confirmed is never taken out of the table: it
 * says who could do what, and counts no more because the person has ended.
 */
import type { Knex } from 'knex';

const statements = `
CREATE FUNCTION refuse_role_loss() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a role that was confirmed is not taken out' USING ERRCODE = '23514';
END $$;
CREATE TRIGGER role_grant_confirmed_stays BEFORE DELETE ON role_grant
  FOR EACH ROW WHEN (OLD.confirmed_by IS NOT NULL) EXECUTE FUNCTION refuse_role_loss();
GRANT DELETE ON role_grant TO datong_app;
ALTER TABLE person ADD COLUMN ended_by uuid;
GRANT UPDATE (ended_by) ON person TO datong_app;
`;

export async function up(knex: Knex): Promise<void> {
  await knex.raw(statements);
}
