/** The schemas that ship: inside the profile, with cases that hold, and types that compile under the project's flags. */
import { shippedSurroundings } from '../../machine/surroundings.ts';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { typeErrors } from '../../tests/typeErrors.ts';
import { compileSchema } from '../compile.ts';
import { lintSchema } from '../lint/lintSchema.ts';
import { breakRecords, sampleRecords } from '../sample/sampleRecords.ts';
import { sharedSchema, sharedSchemas } from '../../machine/shippedSchemas.ts';
import { schemaTypes } from '../../machine/schemaTypes.ts';

interface Case {
  readonly why: string;
  readonly set?: Readonly<Record<string, unknown>>;
  readonly remove?: readonly string[];
  readonly rule?: string;
  readonly at?: string;
}

interface Cases {
  readonly record: Readonly<Record<string, unknown>>;
  readonly good: readonly Case[];
  readonly bad: readonly Case[];
}

function casesOf(name: string): Cases {
  return JSON.parse(readFileSync(new URL(`cases/${name}.json`, import.meta.url), 'utf8')) as Cases;
}

function recordOf({ record }: Cases, { set = {}, remove = [] }: Case): Record<string, unknown> {
  return Object.fromEntries(Object.entries({ ...record, ...set }).filter(([name]) => !remove.includes(name)));
}

for (const schema of sharedSchemas()) {
  describe(schema.urn, () => {
    const cases = casesOf(schema.name);
    const compiled = compileSchema(schema, shippedSurroundings);

    test('lies inside the profile, with a title for every field and a primary key', () => {
      assert.deepEqual(lintSchema(schema.document, shippedSurroundings), []);
      assert.ok(schema.primaryKey.length > 0);
      for (const { title } of schema.fields) assert.match(title.zh, /\p{Script=Han}/u);
    });

    test('takes at least ten good records', () => {
      assert.ok(cases.good.length >= 10);
      for (const one of cases.good) {
        const record = recordOf(cases, one);
        assert.deepEqual(compiled.explain(record), [], one.why);
        assert.equal(compiled.check(record), true, one.why);
      }
    });

    test('taken apart into checks of fields it says the same', () => {
      const parts = compiled.fields();
      assert.ok(parts !== undefined);
      const known = new Set(schema.fields.map(({ name }) => name));
      for (const one of [...cases.good, ...cases.bad]) {
        const record = recordOf(cases, one);
        if (!Object.keys(record).every((name) => known.has(name))) continue;
        const sound: boolean = schema.fields.every(({ name, required }) =>
          Object.hasOwn(record, name) ? parts.ofField.get(name)?.(record[name]) === true : !required,
        );
        assert.equal(sound && (parts.together?.(record) ?? true), compiled.check(record), one.why);
      }
    });

    test('refuses at least ten bad records, each for the reason given', () => {
      assert.ok(cases.bad.length >= 10);
      for (const one of cases.bad) {
        const record = recordOf(cases, one);
        assert.equal(compiled.check(record), false, one.why);
        const found = compiled.explain(record).map(({ rule, pointer }) => `${rule} ${pointer}`);
        assert.ok(found.includes(`${one.rule ?? ''} ${one.at ?? ''}`), `${one.why}: ${found.join(', ')}`);
      }
    });

    test('a thousand samples have a thousand keys', () => {
      const keys = sampleRecords(schema, shippedSurroundings, { seed: 3, count: 1000 }).map((record) =>
        JSON.stringify(schema.primaryKey.map((name) => record[name])),
      );
      assert.equal(new Set(keys).size, 1000);
    });

    test('samples are valid, and broken samples break the rule they name', () => {
      for (const record of sampleRecords(schema, shippedSurroundings, { seed: 11, count: 25 }))
        assert.deepEqual(compiled.explain(record), []);
      const broken = breakRecords(schema, shippedSurroundings, { seed: 11, count: 25 });
      assert.ok(new Set(broken.map(({ rule }) => rule)).size >= 4);
      for (const { record, rule, pointer } of broken) {
        assert.equal(compiled.check(record), false);
        assert.ok(
          compiled.explain(record).some((one) => one.rule === rule && one.pointer === pointer),
          `${rule} ${pointer}`,
        );
      }
    });
  });
}

test('the types of every shipped schema compile under the project’s strict flags, take its samples, and have titles as comments', async () => {
  const files = new Map<string, string>();
  for (const schema of sharedSchemas()) {
    const text = await schemaTypes(schema);
    assert.match(text, /\p{Script=Han}/u, schema.name);
    assert.doesNotMatch(text, /never\[\]|\bany\b/, schema.name);
    const type = /(?:interface|type) (\w+Record)\b/.exec(text)?.[1] ?? '';
    const records = JSON.stringify(sampleRecords(schema, shippedSurroundings, { seed: 5, count: 20 }));
    files.set(`/${schema.name}.mts`, `${text}\nexport const records: ${type}[] = ${records};`);
  }
  assert.deepEqual(typeErrors(files), []);
  assert.match(files.get('/household.mts') ?? '', /export interface HouseholdRecord \{/);
  assert.match(files.get('/emergency-alert.mts') ?? '', /areas: Area\[\]/);
  assert.equal(sharedSchema('household@1').fields.length, 12);
});
