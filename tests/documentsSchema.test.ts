/**
 * api/documents.json: it names every kind of `datong catalogue apply`, accepts the documents of the samples and of the guide, and rejects
 * wrong ones.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parseAllDocuments } from 'yaml';
import { kinds } from '../clients/cli/apply/readDocuments.ts';
import { documentsSchema } from '../machine/documentsSchema.ts';
import { samples } from './hub.ts';
import { nonEmpty } from './nonEmpty.ts';

const schema = JSON.parse(documentsSchema()) as { properties: { kind: { enum: string[] } } };
const check = new Ajv2020({ strict: false, allErrors: true, validateFormats: false, logger: false }).compile(
  schema,
);
const fits = (value: unknown): string => (check(value) ? '' : JSON.stringify(check.errors?.slice(0, 5)));
const documentsIn = (text: string): object[] =>
  parseAllDocuments(text).map((document) => document.toJS() as object);

test('it names every kind that apply takes, and no other', () => {
  assert.deepEqual(schema.properties.kind.enum, [...kinds].sort());
});

test('every document of the samples and of the steward’s guide fits it', () => {
  const files = readdirSync(samples, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => join(samples, name));
  const guide = readFileSync(join(samples, '../docs/guides/steward.md'), 'utf8');
  const texts = [
    ...files.map((name): [string, string] => [name, readFileSync(name, 'utf8')]),
    ...[...guide.matchAll(/```yaml\n([^]*?)```/g)].map(([, text = '']): [string, string] => ['guide', text]),
  ];
  const seen = new Set<string>();
  for (const [name, text] of nonEmpty(texts))
    for (const document of documentsIn(text)) {
      const { kind } = document as { kind?: string };
      if (kind === undefined || !(kinds as readonly string[]).includes(kind)) continue;
      seen.add(kind);
      assert.equal(fits(document), '', `${name}: ${kind}`);
    }
  for (const kind of ['Department', 'Schema', 'Dataset', 'Mapping', 'Agreement', 'CatalogueEntry'])
    assert.ok(seen.has(kind), kind);
});

test('a wrong word, a missing member and an unknown keyword are errors', () => {
  const purpose = { kind: 'Purpose', code: 'school', title: { zh: '入学', en: 'school' } };
  assert.equal(fits(purpose), '');
  for (const wrong of [
    { ...purpose, kind: 'Porpoise' },
    { ...purpose, tilte: 'x' },
    { kind: 'Purpose', code: 'school' },
    { kind: 'Department', code: 'x-one', name: purpose.title, type: 'club' },
    { kind: 'Schema', document: { properties: { a: { type: 'string', 'x-sensitivty': 'L1' } } } },
    { kind: 'Schema', document: { properties: { a: { type: 'string', 'x-sensitivity': 'L9' } } } },
    { kind: 'Schema', shared: 'household@1', file: 'a.json' },
    { kind: 'Mapping', dataset: 'civil.relief', document: { mapping: 'civil/relief@1', felds: {} } },
    { kind: 'CodeList', id: 'list', version: '1', from: '2026-01-01', title: purpose.title },
  ])
    assert.notEqual(fits(wrong), '', JSON.stringify(wrong));
});
