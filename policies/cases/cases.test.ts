/** The built-in cases: what a steward reads as documentation is what the engine is held to. */
import assert from 'node:assert/strict';
import { shipped } from '../../machine/surroundings.ts';
import { readdirSync } from 'node:fs';
import { describe, test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { editorSchema } from '../documents/editorSchema.ts';
import { compilePlans, tryCompilePlans } from '../plans.ts';
import { denialCodes } from '../plans/plan.ts';
import { readPolicySet, type PolicySet } from '../policySet.ts';
import { problemCatalogue } from '../../terms/problemCatalogue.ts';
import { runCase } from './runCase.ts';
import { caseFile, registryFile } from '../fixtures/sampleContext.ts';
import { agreement } from '../fixtures/smallSets.ts';

const namesIn = (folder: string): string[] => readdirSync(new URL(folder, import.meta.url)).sort();

function runAll(set: PolicySet): void {
  assert.deepEqual(set.findings, []);
  const plans = compilePlans(set.documents, set.context);
  for (const one of set.cases) {
    test(one.name, () => {
      assert.deepEqual(runCase(one, plans, set.surroundings).differences, []);
    });
  }
}

const worked = namesIn('worked/');
for (const name of worked) {
  describe(`worked case ${name}`, () => {
    runAll(readPolicySet([registryFile, caseFile(`worked/${name}`)], shipped));
  });
}

describe('every code that a denial can have', () => {
  const set = readPolicySet([
    registryFile,
    caseFile('worked/01-school-enrolment.yaml'),
    caseFile('codes.yaml'),
  ], shipped);
  runAll(set);

  test('is in a case with its entry', () => {
    const all = worked.flatMap((name) => readPolicySet([registryFile, caseFile(`worked/${name}`)], shipped).cases);
    const covered = new Set([...set.cases, ...all].map((one) => one.expect['code']));
    const lookupMissing = denialCodes.filter((code) => !covered.has(code));
    assert.deepEqual(lookupMissing, []);
    for (const code of denialCodes) assert.ok(Object.hasOwn(problemCatalogue, code));
  });
});

test('the schema for editors takes every document of the worked cases', () => {
  const ajv = new Ajv2020({ strict: true, strictRequired: false, logger: false });
  const validators = {
    Agreement: ajv.compile(editorSchema('Agreement')),
    Restriction: ajv.compile(editorSchema('Restriction')),
  };
  for (const name of worked) {
    for (const document of readPolicySet([registryFile, caseFile(`worked/${name}`)], shipped).documents) {
      const validate = validators[document.kind];
      assert.ok(
        validate(JSON.parse(document.canonical)),
        `${document.id}: ${JSON.stringify(validate.errors)}`,
      );
    }
  }
  const { canonical } =
    readPolicySet([registryFile, caseFile('worked/01-school-enrolment.yaml')], shipped).documents[0] ?? assert.fail();
  assert.ok(!validators.Agreement(JSON.parse(canonical.replace('personName', 'personNames'))));
});

test('there are twelve worked cases', () => assert.equal(worked.length, 12));

describe('documents that are refused', () => {
  for (const name of namesIn('refused/')) {
    test(name, () => {
      const file = caseFile(`refused/${name}`);
      const expected = /^# refused: ([a-z_]+)/.exec(file.text)?.[1];
      const set = readPolicySet([registryFile, file], shipped);
      const found = [...set.findings, ...tryCompilePlans(set.documents, set.context).findings];
      assert.deepEqual([...new Set(found.map((one) => one.code))], [expected]);
      for (const one of found) assert.ok(one.line !== undefined && one.line > 1, JSON.stringify(one));
    });
  }
});

test('changes are not agreed on rows without a distinguishing key', () => {
  const file = caseFile('refused/export-on-consent.yaml');
  const set = readPolicySet([registryFile, { ...file, text: file.text.replace('[export]', '[changes]') }], shipped);
  const codes = (context: typeof set.context): readonly string[] =>
    tryCompilePlans(set.documents, context).findings.map(({ code }) => code);
  const { schemas } = set.context;
  const keyless = (name: string): ReturnType<typeof schemas> => {
    const schema = schemas(name);
    return schema && { ...schema, primaryKey: [] };
  };
  assert.equal(codes(set.context).includes('changes_without_key'), false);
  assert.equal(codes({ ...set.context, schemas: keyless }).includes('changes_without_key'), true);
});

test('a row whose values have a wrong type is a difference of its case, unless the agreement tolerates it', () => {
  const written = (limits: string, expected: string): readonly string[] => {
    const set = readPolicySet(
      [
        registryFile,
        {
          name: 'wrong.yaml',
          text: `${agreement({ grant: limits })}kind: Cases
now: '2026-06-01T09:00:00+08:00'
ask: { consumer: education, dataset: pub-security.household, agreement: agr-a, purpose: school-enrolment }
cases:
  - name: a number as name
    row: { name: 5, region_code: '110105' }
    expect: { effect: allow, ${expected}entry: { decision: allow } }
`,
        },
      ],
      shipped,
    );
    assert.deepEqual(set.findings, []);
    return runCase(
      set.cases[0] ?? assert.fail(),
      compilePlans(set.documents, set.context),
      set.surroundings,
    ).differences;
  };
  for (const expected of ['', 'row: { name: 张* }, '])
    assert.match(written('', expected).join(), /^row: .*mask_type_errors/);
  assert.deepEqual(written('    limits: { maskTypeErrors: 1 }\n', 'row: { name: null }, '), []);
});
