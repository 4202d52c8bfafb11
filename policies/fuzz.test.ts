/**
 * Seeded fuzz, 25,000 inputs: broken documents and hostile rows never crash the engine, and no masked value shows a character that its
 * mask does not state. Pseudonyms, addresses, bands, steps and grids copy no characters in place and have a fuzz of their own (10,000
 * inputs each, in masks/). A failure prints the seed's counterexample.
 */
import assert from 'node:assert/strict';
import { shipped, shippedSurroundings } from '../machine/surroundings.ts';
import { test } from 'node:test';
import fc from 'fast-check';
import type { SchemaField } from '../schemas/datasetSchema.ts';
import { sharedSchema } from '../machine/shippedSchemas.ts';
import { Problem } from '../terms/problem.ts';
import { caseFile, registryFile, sampleContext } from './fixtures/sampleContext.ts';
import { decide } from './decide.ts';
import type { DecisionRequest, FieldGrant, MaskUse } from './decision.ts';
import { parsePolicyDocument, parsePolicyDocuments } from './documents/parseDocument.ts';
import { anyText } from './masks/fixtures/anyText.ts';
import { maskCatalogue } from './masks/catalogue.ts';
import { compileMasking } from './masks/rows/compileMasking.ts';
import type { MaskKind } from './masks/mask.ts';
import { pseudonymKeys } from './masks/pseudonyms/pseudonymKey.ts';
import { patternIds } from './masks/suppressed/redactScanner.ts';
import { readMaskRule } from './masks/readMaskRule.ts';
import { compilePlans, tryCompilePlans } from './plans.ts';
import { readPolicySet } from './policySet.ts';

const seed = 809;
const now = Date.parse('2026-06-01T09:00:00+08:00');
const household = sharedSchema('household@1');
const keys = pseudonymKeys(new Uint8Array(32).fill(9));
const enrolment = readPolicySet([registryFile, caseFile('worked/01-school-enrolment.yaml')], shipped);
const good: unknown = JSON.parse(enrolment.documents[0]?.canonical ?? '');
const texts = ['01-school-enrolment', '03-city-wide-floor', '07-statistics'].map(
  (name) => caseFile(`worked/${name}.yaml`).text.split('---')[0] ?? '',
);

const hostile = fc.constantFrom<unknown>(
  ...[
    '__proto__',
    'constructor',
    '\ud800',
    '',
    ' ',
    '0',
    '1e999',
    'clear',
    'keep',
    'own-region',
    'personName',
    '２０',
  ],
  ...[
    null,
    true,
    0,
    -1,
    1.5,
    2 ** 53,
    Number.MAX_VALUE,
    [],
    {},
    [[]],
    { mask: 'keep' },
    { mask: 'clear', head: 1 },
  ],
  JSON.parse('{"__proto__": {"mask": "clear"}}'),
);

/** Puts something hostile at a random place of a value, or takes the place away. */
function mutate(value: unknown, path: readonly number[], into: unknown): unknown {
  const [step, ...rest] = path;
  if (step === undefined || typeof value !== 'object' || value === null) return into;
  if (Array.isArray(value)) {
    const items: readonly unknown[] = value;
    const at = step % (items.length + 1);
    return [...items.slice(0, at), mutate(items[at], rest, into), ...items.slice(at + 1)];
  }
  const names = Object.keys(value);
  const name = names[step % (names.length + 1)] ?? (typeof into === 'string' ? into : 'surprise');
  const members = Object.entries(value).filter(([one]) => one !== name || step % 7 !== 0);
  return Object.fromEntries([
    ...members,
    [name, mutate((value as Record<string, unknown>)[name], rest, into)],
  ]);
}

/** Compiles it, or reports why not: with findings that have a code, a document and a sentence in both languages. */
function neverCrashes(read: () => ReturnType<typeof parsePolicyDocuments>): void {
  try {
    const { plans, findings } = tryCompilePlans(read(), sampleContext);
    assert.ok(plans !== undefined || findings.length > 0);
  } catch (error) {
    assert.ok(error instanceof Problem, String(error));
    assert.equal(error.code, 'policy_invalid');
    assert.ok((error.extras.findings ?? []).length > 0);
  }
}

test('7,000 broken documents as values', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(40), { minLength: 1, maxLength: 6 }), hostile, (path, into) => {
      neverCrashes(() => [parsePolicyDocument(mutate(good, path, into))]);
    }),
    { seed, numRuns: 7000 },
  );
});

test('1,500 broken documents as YAML text', () => {
  const scrap = fc.constantFrom(
    '&a ',
    '*a',
    '!!js ',
    ': ',
    '- ',
    '{',
    '}',
    '\t',
    '"',
    "'",
    '|',
    '\u0000',
    '012',
    '#',
    '\n',
    '__proto__: 1\n',
    '1.5',
    '\ud800',
  );
  fc.assert(
    fc.property(fc.constantFrom(...texts), fc.nat(2000), fc.nat(6), scrap, (text, at, cut, put) => {
      const place = at % text.length;
      neverCrashes(() => parsePolicyDocuments(text.slice(0, place) + put + text.slice(place + cut)));
    }),
    { seed, numRuns: 1500 },
  );
});

test('4,500 hostile requests are answered, and no answer repeats a value', () => {
  const plans = compilePlans(enrolment.documents, enrolment.context);
  const name = fc.constantFrom(
    'name',
    'person_id',
    'region_code',
    'income',
    '__proto__',
    'canary-7Q',
    'toString',
    '',
  );
  const value = fc.oneof(
    hostile,
    fc.constant('canary-7Q'),
    fc.constant(['canary-7Q']),
    fc.constant({ gte: 'canary-7Q' }),
  );
  const named = fc.constantFrom(
    undefined,
    'education',
    'agr-school-enrolment',
    'school-enrolment',
    'pub-security.household',
    'canary-7Q',
    '__proto__',
  );
  const request = fc.record({
    consumer: fc.constantFrom('education', 'transport', '__proto__'),
    dataset: fc.constantFrom('pub-security.household', 'ecology.air-quality-hourly', 'canary'),
    agreement: fc.oneof(
      { weight: 4, arbitrary: fc.constant('agr-school-enrolment') },
      { weight: 1, arbitrary: named },
    ),
    purpose: fc.oneof(
      { weight: 4, arbitrary: fc.constant('school-enrolment') },
      { weight: 1, arbitrary: named },
    ),
    onBehalfOf: fc.constantFrom(undefined, '', 'o'),
    matter: fc.constantFrom(undefined, 'm'),
    fields: fc.option(fc.array(name, { maxLength: 4 }), { nil: undefined }),
    filter: fc.array(fc.record({ field: name, op: fc.constantFrom('eq', 'in', 'range', 'like'), value }), {
      maxLength: 3,
    }),
    sort: fc.array(name, { maxLength: 2 }),
    limit: fc.constantFrom(undefined, 1, 100, 101, 0, -1, 1.5, NaN, Infinity),
  });
  fc.assert(
    fc.property(request, (ask) => {
      const decision = decide(ask as DecisionRequest, plans, now);
      const { effect, reasons } = decision;
      if (effect === 'deny') assert.ok(!JSON.stringify(decision).includes('canary-7Q'));
      else assert.ok(!ask.filter.some(({ op }) => op === 'like') && decision.fields.length > 0);
      assert.equal(reasons.at(-1)?.outcome, effect === 'deny' ? 'fail' : 'pass');
    }),
    { seed, numRuns: 4500 },
  );
});

const rules: readonly Record<string, unknown>[] = [
  { mask: 'personName' },
  { mask: 'personName', fixed: true },
  { mask: 'keep', head: 1, tail: 2 },
  { mask: 'keep', head: 3, tail: 0, from: 8 },
  { mask: 'idCard', head: 6, tail: 4 },
  { mask: 'phone' },
  { mask: 'bankCard', bin: 6, tail: 4 },
  { mask: 'plate' },
  { mask: 'email' },
  { mask: 'email', head: 0, domain: false },
  { mask: 'address', level: 'city' },
  { mask: 'redactText', patterns: [...patternIds] },
  { mask: 'redactText', patterns: ['phone'] },
  { mask: 'pseudonym', domain: 'person' },
  { mask: 'fixed' },
];
/** Of masks of any text that have no rule above: their examples. */
const examples = maskCatalogue
  .filter(({ name, copies, types, formats }) => {
    const takesAnyText = types.join() === 'string' && formats === undefined;
    return copies !== undefined && takesAnyText && !rules.some(({ mask }) => mask === name);
  })
  .flatMap(({ name, examples: all }) => all.map(({ params }) => ({ mask: name, ...params })));
/** Texts in the form that a mask expects: random texts seldom have it. */
const exampleTexts = maskCatalogue.flatMap((kind) =>
  kind.examples.flatMap(({ value }) => (typeof value === 'string' ? [value] : [])),
);
const uses: readonly { readonly kind: MaskKind; readonly use: MaskUse }[] = [...rules, ...examples].map(
  (rule) => {
    const read = readMaskRule(rule as { mask: string });
    assert.ok('use' in read);
    return { kind: read.mask, use: read.use };
  },
);

/** A text field without a format, so that any text may lie in it. */
const field = (name: string): SchemaField => ({
  ...(household.fields.find((one) => one.name === 'address') ?? assert.fail()),
  name,
});
const open = { ...household, digest: 'open', fields: [field('a')] };
const masker = (use: MaskUse) => {
  const grant: FieldGrant = { field: 'a', mask: use, floors: [] };
  return compileMasking([grant], open, keys, 'education', shippedSurroundings);
};

/** Another character of the same kind: a digit remains a digit, so that the form a mask searches is still there. */
function swapped(point: string): string {
  if (/[0-9]/.test(point)) return String((Number(point) + 3) % 10);
  if (/[a-z]/i.test(point))
    return point === 'X' || point === 'x' ? point : point.toLowerCase() === 'q' ? 'k' : 'q';
  if (/[\u4e00-\u9fff]/.test(point)) return point === '王' ? '李' : '王';
  return point;
}

test('10,000 texts: hidden characters do not matter, and shown ones are in the original', () => {
  // what these two show is no choice of characters: pseudonymFuzz.test.ts, addressFuzz.test.ts
  const pick = fc.constantFrom(
    ...uses.filter(({ kind }) => kind.name !== 'pseudonym' && kind.name !== 'address'),
  );
  fc.assert(
    fc.property(
      pick,
      fc.oneof({ weight: 9, arbitrary: anyText }, fc.constantFrom(...exampleTexts)),
      ({ kind, use }, text) => {
        const masking = masker(use);
        const out = masking.mask({ a: text })['a'];
        assert.ok(typeof out === 'string');
        const points = [...text];
        const copied = new Set(kind.copies?.(points, use.params) ?? []);
        const shown = points.filter((_, i) => copied.has(i)).join('');
        for (const sign of out)
          assert.ok(shown.includes(sign) || '*@-·. '.includes(sign), `${use.name} shows ${sign}`);
        if (kind.name === 'redactText') return;
        const other = points.map((point, i) => (copied.has(i) ? point : swapped(point)));
        const stillCopied = kind.copies?.([...other], use.params) ?? [];
        if (stillCopied.length !== copied.size) return; // the swap made another form of it
        const masked = masking.mask({ a: other.join('') })['a'];
        assert.equal(masked, out, `${use.name}: a hidden character changed the output`);
      },
    ),
    { seed, numRuns: 10_000 },
  );
});

test('every mask over rows of anything: a masked row, or a count of wrong types; never a crash', () => {
  const anything = fc.oneof(fc.anything({ withNullPrototype: true, maxDepth: 2 }), anyText);
  const grants = household.fields.flatMap(({ name }, i): FieldGrant[] => {
    const use = uses[i % uses.length]?.use;
    return use === undefined ? [] : [{ field: name, mask: use, floors: [] }];
  });
  const masking = compileMasking(grants, household, keys, 'education', shippedSurroundings, {
    maskTypeErrors: 1000,
  });
  fc.assert(
    fc.property(
      fc.dictionary(
        fc.constantFrom(...household.fields.map(({ name }) => name), '__proto__', 'extra'),
        anything,
      ),
      (row) => {
        const run = masking.begin(now);
        const masked = masking.mask(row, run);
        assert.ok(!Object.keys(masked).some((name) => !masking.storedFields.includes(name)));
        const wrong = Object.entries(row).filter(
          ([name, value]) =>
            typeof value !== 'string' &&
            value !== null &&
            value !== undefined &&
            masking.storedFields.includes(name),
        );
        assert.equal(run.typeErrors, wrong.length);
      },
    ),
    { seed, numRuns: 2000 },
  );
});

test('the catalogue states what each mask of texts copies', () => {
  const silent = maskCatalogue
    .filter((mask) => mask.types.includes('string') && mask.copies === undefined)
    .map(({ name }) => name);
  assert.deepEqual(silent, [
    'address',
    'ageBand',
    'floorTo',
    'band',
    'pseudonym',
    'presence',
    'fixed',
    'nullify',
    'drop',
  ]);
});
