import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nonEmpty } from '../../tests/nonEmpty.ts';
import { sqlStatements } from './sqlTokens.ts';

const names = (sql: string): readonly (readonly string[])[] =>
  sqlStatements(sql).map((tokens) => tokens.flatMap(({ kind, text }) => (kind === 'quoted' ? [text] : [])));

test('a column or a text that ends with COMMENT makes no MySQL of a script', () => {
  for (const sql of [
    'create table "T" ("ID" int, "COMMENT" varchar(20))',
    'create table "T" ("ID" int); comment on column "T"."ID" is \'the comment\'',
  ])
    assert.ok(
      nonEmpty(names(sql)).every((found) => found.includes('T') && found.includes('ID')),
      sql,
    );
  for (const sql of ["create table t (a int comment 'it\\'s')", 'create table t (a int comment="it\\"s")']) {
    const texts = sqlStatements(sql)
      .flat()
      .filter(({ kind }) => kind === 'string');
    assert.deepEqual(
      texts.map(({ text }) => text.length),
      [4],
      sql,
    );
  }
});

test('what never ends is read once: ten times the length takes no hundred times as long', () => {
  for (const [start, piece] of [
    ['', '/*'],
    ['', '['],
    ['', "e'\\"],
    ['comment', ' '],
    ['comment=', ' '],
    ['`a` /', '*/*'],
    ["`a` '", "\\'"],
    ['`a` "', '\\"'],
  ] as const) {
    const began = performance.now();
    sqlStatements(start + piece.repeat(200_000));
    const spent = performance.now() - began;
    assert.ok(spent < 4_000, `${start}${piece}: ${spent} ms`);
  }
});
