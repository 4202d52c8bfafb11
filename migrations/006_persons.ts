/**
 * Persons, not tokens: a person has a name, a department and roles; what she proves herself by are credentials of hers. Whoever was a
 * bearer token so far becomes a person: tokens of one name and department are one person, each token keeping the roles it had.
 *
 * Nobody is let in by one person: an invitation has two halves, one shown to whoever invites and one to whoever confirms, and is accepted
 * with both. A role counts once another person than the one who granted it has confirmed it; `hub` stands for the machine's own operator
 * at `datong admin bootstrap`.
 */
import type { Knex } from 'knex';

const tables = `
CREATE TABLE person (
  id            text PRIMARY KEY,
  name          text NOT NULL,
  -- where she works; null: the data office
  department    text REFERENCES department (code),
  state         text NOT NULL CHECK (state IN ('invited', 'active', 'ended')),
  invited_by    text NOT NULL,
  confirmed_by  text,
  -- the entry of the invitation
  made_by       uuid NOT NULL,
  made_at       timestamptz NOT NULL DEFAULT now(),
  CHECK (confirmed_by IS NULL OR invited_by = 'hub' OR confirmed_by <> invited_by),
  CHECK (state <> 'active' OR confirmed_by IS NOT NULL)
);

CREATE TABLE role_grant (
  person        text NOT NULL REFERENCES person (id),
  role          text NOT NULL CHECK (role IN ('operator', 'steward', 'security', 'auditor')),
  -- null: the data office
  department    text REFERENCES department (code),
  granted_by    text NOT NULL,
  confirmed_by  text,
  made_by       uuid NOT NULL,
  UNIQUE NULLS NOT DISTINCT (person, role, department),
  CHECK (role <> 'operator' OR department IS NULL),
  CHECK (confirmed_by IS NULL OR granted_by = 'hub' OR confirmed_by <> granted_by)
);

CREATE TABLE invitation (
  person        text PRIMARY KEY REFERENCES person (id),
  -- hex SHA-256 of each half
  first         text NOT NULL UNIQUE,
  second        text,
  expires_at    timestamptz NOT NULL,
  used_at       timestamptz
);

ALTER TABLE staff_token RENAME TO credential;
ALTER TABLE credential RENAME COLUMN scopes TO roles;
ALTER TABLE credential
  ADD COLUMN person text REFERENCES person (id),
  ADD COLUMN kind text NOT NULL DEFAULT 'token' CHECK (kind IN ('token', 'passkey', 'oidc'));
-- narrower than her own; null: all of them
ALTER TABLE credential ALTER COLUMN roles DROP NOT NULL;

CREATE TEMPORARY TABLE token_person ON COMMIT DROP AS
  SELECT id, first_value(id) OVER (PARTITION BY name, department ORDER BY issued_at, id) AS person FROM credential;
INSERT INTO person (id, name, department, state, invited_by, confirmed_by, made_by, made_at)
  SELECT c.id, c.name, c.department, 'active', 'hub', 'hub', c.issued_by, c.issued_at
    FROM credential c JOIN token_person t ON t.id = c.id AND t.person = c.id;
INSERT INTO role_grant (person, role, department, granted_by, confirmed_by, made_by)
  SELECT DISTINCT ON (t.person, role, place) t.person, role, place, 'hub', 'hub', c.issued_by
    FROM credential c JOIN token_person t ON t.id = c.id
   CROSS JOIN LATERAL regexp_split_to_table(c.roles, ' ') AS role
   CROSS JOIN LATERAL (SELECT CASE WHEN role = 'operator' THEN NULL ELSE c.department END AS place) AS places
   WHERE role IN ('operator', 'steward', 'security', 'auditor')
   ORDER BY t.person, role, place, c.issued_at;
UPDATE credential SET person = t.person FROM token_person t WHERE t.id = credential.id;
ALTER TABLE credential ALTER COLUMN person SET NOT NULL, DROP COLUMN name, DROP COLUMN department;
CREATE INDEX credential_person ON credential (person);

-- where both were tokens of one person nobody approved; the entry of the decision (decided_by) keeps who it was
UPDATE policy_document d
   SET author = coalesce(a.person, d.author), approver = nullif(p.person, coalesce(a.person, d.author))
  FROM policy_document o
  LEFT JOIN token_person a ON a.id = o.author
  LEFT JOIN token_person p ON p.id = o.approver
 WHERE o.id = d.id AND o.version = d.version;
ALTER TABLE policy_document
  ADD CONSTRAINT policy_document_author_fkey FOREIGN KEY (author) REFERENCES person (id),
  ADD CONSTRAINT policy_document_approver_fkey FOREIGN KEY (approver) REFERENCES person (id);
`;

const grants = `
GRANT SELECT, INSERT ON person, role_grant, invitation TO datong_app;
GRANT UPDATE (state, confirmed_by) ON person TO datong_app;
GRANT UPDATE (confirmed_by) ON role_grant TO datong_app;
GRANT UPDATE (second, used_at) ON invitation TO datong_app;
`;

export async function up(knex: Knex): Promise<void> {
  await knex.raw(tables);
  await knex.raw(grants);
}
