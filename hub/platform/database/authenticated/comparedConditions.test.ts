/** Conditions of statements that are computed from the row again. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { comparedChange, metConditions } from './comparedConditions.ts';

test('the conditions of a read are repeated one by one, with those of joins', () => {
  for (const [text, met] of [
    ['SELECT a FROM person ORDER BY id', 'true'],
    ['SELECT a FROM person WHERE id = $1', '(id = $1) IS TRUE'],
    [
      "select p.a from person p JOIN department AS d ON d.code = p.department where p.id = $1 and p.state <> 'x AND y' order by p.id limit 1",
      "(d.code = p.department) IS NOT FALSE AND (p.id = $1) IS TRUE AND (p.state <> 'x AND y') IS TRUE",
    ],
    [
      'SELECT a FROM person WHERE n BETWEEN $1 AND $2 AND id = $3',
      '(n BETWEEN $1 AND $2) IS TRUE AND (id = $3) IS TRUE',
    ],
    ['SELECT a FROM person WHERE id = $1 OR name = $2 AND b', '(id = $1 OR name = $2 AND b) IS TRUE'],
    [
      'SELECT a FROM person WHERE CASE WHEN b AND c THEN d END AND id = $1 FOR UPDATE',
      '(CASE WHEN b AND c THEN d END) IS TRUE AND (id = $1) IS TRUE',
    ],
    ['SELECT (SELECT x FROM batch WHERE y) AS z FROM person WHERE id = $1', '(id = $1) IS TRUE'],
    [
      'SELECT a FROM person WHERE left(id, 2) = $1 -- the\n AND b',
      '(left(id, 2) = $1) IS TRUE AND (b) IS TRUE',
    ],
  ] as const)
    assert.equal(metConditions(text), met, text);
});

test('a condition that reads another table is not repeated, one over values of the call is', () => {
  assert.equal(
    metConditions('SELECT a FROM person WHERE id IN (SELECT person FROM role_grant) AND b'),
    '(b) IS TRUE',
  );
  assert.equal(
    metConditions('SELECT a FROM person WHERE (id, b) IN (SELECT * FROM unnest($1::text[], $2::text[]))'),
    '((id, b) IN (SELECT * FROM unnest($1::text[], $2::text[]))) IS TRUE',
  );
});

test('a read whose conditions are not those of its rows is refused', () => {
  for (const text of [
    'SELECT a FROM person JOIN role_grant USING (person) WHERE id = $1',
    'SELECT a FROM person WHERE id = $1 UNION SELECT a FROM person',
    'SELECT count(*) FROM person WHERE id = $1 GROUP BY a',
  ])
    assert.throws(() => metConditions(text), TypeError, text);
});

test('a change is limited to rows that meet its conditions, wherever it is in the statement', () => {
  assert.equal(
    comparedChange(
      'UPDATE person SET state = $2 WHERE id = $1 AND NOT EXISTS (SELECT FROM batch) RETURNING id',
    ),
    'UPDATE person SET state = $2 WHERE ( id = $1 AND NOT EXISTS (SELECT FROM batch)  ) AND CASE WHEN (id = $1) THEN true ELSE false END RETURNING id',
  );
  assert.equal(
    comparedChange('WITH gone AS (DELETE FROM role_grant AS r WHERE r.person = $1) SELECT FROM gone WHERE x'),
    'WITH gone AS (DELETE FROM role_grant AS r WHERE ( r.person = $1 ) AND CASE WHEN (r.person = $1) THEN true ELSE false END ) SELECT FROM gone WHERE x',
  );
  for (const same of [
    'UPDATE job SET state = $2 WHERE name = $1',
    'SELECT id FROM person WHERE id = $1 FOR UPDATE',
    'INSERT INTO person (id) VALUES ($1) ON CONFLICT DO NOTHING',
    'UPDATE person SET state = $1',
  ])
    assert.equal(comparedChange(same), same);
});

test('a row that ON CONFLICT finds under another key fails the statement', () => {
  const insert = 'INSERT INTO person_service AS s (department, appointed) VALUES ($1, $2)';
  const test = '1 / (s.department IS NOT DISTINCT FROM EXCLUDED.department)::integer = 1';
  assert.equal(
    comparedChange(
      `${insert} ON CONFLICT (department) DO UPDATE SET appointed = EXCLUDED.appointed RETURNING 1`,
    ),
    `${insert} ON CONFLICT (department) DO UPDATE SET appointed = EXCLUDED.appointed  WHERE ${test} RETURNING 1`,
  );
  assert.equal(
    comparedChange(`${insert} ON CONFLICT (department) DO UPDATE SET appointed = true WHERE NOT s.appointed`),
    `${insert} ON CONFLICT (department) DO UPDATE SET appointed = true WHERE ( NOT s.appointed ) AND ${test} `,
  );
});
