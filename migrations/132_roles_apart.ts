/**
 * 三员分立: the operator, the security officer and the auditor are three different persons. Whichever of the three somebody has been granted
 * stands with the person, once, and each such grant refers to it: two processes that grant at once cannot make two of her.
 *
 * Whoever held several before keeps what was confirmed, and is granted none of the three any more; what was not confirmed is taken back.
 */
import type { Knex } from 'knex';

const statements = `
ALTER TABLE person
  ADD COLUMN guard text CHECK (guard IN ('operator', 'security', 'auditor', 'several')),
  ADD CONSTRAINT person_guard UNIQUE (id, guard);
ALTER TABLE role_grant ADD COLUMN guard text;
DELETE FROM role_grant g
 WHERE confirmed_by IS NULL AND role IN ('operator', 'security', 'auditor')
   AND EXISTS (SELECT FROM role_grant o WHERE o.person = g.person AND o.role IN ('operator', 'security', 'auditor') AND o.role <> g.role);
UPDATE person p SET guard = CASE WHEN h.least = h.most THEN h.least ELSE 'several' END
  FROM (SELECT person, min(role) AS least, max(role) AS most FROM role_grant
         WHERE role IN ('operator', 'security', 'auditor') GROUP BY person) h
 WHERE h.person = p.id;
UPDATE role_grant g SET guard = g.role FROM person p WHERE p.id = g.person AND p.guard = g.role;
ALTER TABLE role_grant
  ADD CONSTRAINT role_grant_guarded CHECK (guard IS NOT DISTINCT FROM
    CASE WHEN role IN ('operator', 'security', 'auditor') THEN role END) NOT VALID,
  ADD CONSTRAINT role_grant_apart FOREIGN KEY (person, guard) REFERENCES person (id, guard);
GRANT UPDATE (guard) ON person TO datong_app;
`;

export async function up(knex: Knex): Promise<void> {
  await knex.raw(statements);
}
