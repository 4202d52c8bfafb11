import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Linter } from 'eslint';
import tseslint from 'typescript-eslint';
import { sqlInStore } from './sqlInStore.mjs';

/** Findings in a text, were it this file. */
function findings(text: string, file = 'hub/pipeline/example.ts'): number {
  const parser = { files: ['**/*.ts'], languageOptions: { parser: tseslint.parser } };
  return new Linter().verify(text, [parser, ...sqlInStore], file).length;
}

test('statements, transactions, SQLSTATEs and the driver outside the store are findings', () => {
  for (const text of [
    "pool.query('SELECT 1');",
    'pool.query(`\n  UPDATE batch SET state = ${state}`);',
    "client.query('BEGIN');",
    "client.query('ROLLBACK TO SAVEPOINT before');",
    "if (error.code === '23505') again();",
    "import pg from 'pg';",
    'const sql = `WITH u AS (SELECT 1) SELECT * FROM u`;',
  ])
    assert.ok(findings(text) > 0, text);
});

test('however a statement is written, no other part of the hub queries a connection', () => {
  for (const text of [
    "pool.query('select 1 from batch');",
    'services.database.app.query(text);',
    "pool?.query(['SEL', 'ECT'].join(''));",
  ])
    assert.equal(findings(text), 1, text);
  assert.equal(findings('const found = checks.query(parameters);'), 0);
  assert.equal(findings('const page = client.query(dataset, {});', 'clients/cli/fetch.ts'), 0);
});

test('in the store and in tests they are none, nor are words of a sentence', () => {
  for (const file of ['hub/pipeline/store/example.ts', 'hub/pipeline/example.test.ts', 'migrations/999_x.ts'])
    assert.equal(findings("pool.query('SELECT 1');", file), 0, file);
  for (const text of ["say('select a dataset');", "const pem = '-----BEGIN X';", "const port = '8443';"])
    assert.equal(findings(text), 0, text);
});

test('a private member is declared in one way, where statements are searched too', () => {
  assert.equal(findings('class A { #count = 0; }'), 1);
  assert.equal(findings('class A { private count = 0; }'), 0);
});
