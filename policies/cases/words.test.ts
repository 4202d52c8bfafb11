/**
 * Accepted is enforced: every word of a document changes an answer, and words.yaml shows by which change. A word that is only passed on
 * unchanged affects no answer here: it names the test in which it acts.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { shippedSurroundings } from '../../machine/surroundings.ts';
import { decide } from '../decide.ts';
import { agreementSchema, restrictionSchema } from '../documents/documentSchemas.ts';
import { documentWords } from '../fixtures/documentWords.ts';
import { check } from '../documents/parseDocument.ts';
import { entryFacts } from '../entryFacts.ts';
import { explain } from '../explain.ts';
import { factAnswer } from '../factAnswer.ts';
import { lintPolicies } from '../lint/lintPolicies.ts';
import { maskCatalogue } from '../masks/catalogue.ts';
import { pseudonymKeys } from '../masks/pseudonyms/pseudonymKey.ts';
import { readMaskRule } from '../masks/readMaskRule.ts';
import { valueMasker } from '../masks/rows/valueMasker.ts';
import { describedObligations } from '../obligations/describedObligations.ts';
import { tryCompilePlans } from '../plans.ts';
import { requestOf } from './policyCase.ts';
import { sampleContext } from '../fixtures/sampleContext.ts';
import { faultOfWord } from '../../scripts/faultOfWord.ts';
import { wordProbes, type WordProbe } from '../../scripts/wordProbes.ts';
import { meetsCondition } from '../meetsCondition.ts';
import { nonEmpty } from '../../tests/nonEmpty.ts';

const now = Date.parse('2026-06-01T09:00:00+08:00');
const context = { ...sampleContext, datasets: [...(sampleContext.datasets ?? []), 'pub-security.other', 'transport.vehicles'] };
const probes = wordProbes();
const root = fileURLToPath(new URL('../../', import.meta.url));

const agreement = {
  kind: 'Agreement',
  id: 'agr-w',
  version: 1,
  provider: 'pub-security',
  consumer: 'education',
  purposes: ['school-enrolment', 'school-meals'],
  basis: { type: 'statutory', reference: '义务教育法' },
  valid: { from: '2026-01-01T00:00:00+08:00', until: '2027-01-01T00:00:00+08:00' },
  grants: [
    {
      dataset: 'pub-security.household',
      schema: 'household@1',
      limits: { rowsPerCall: 1000, callsPerDay: 50 },
      fields: { name: { mask: 'clear' }, birth_date: { mask: 'clear' }, region_code: { mask: 'clear' } },
    },
  ],
};
/** The other provider of the linkages in words.yaml. */
const linked = {
  ...agreement,
  format: 2, id: 'agr-linked', provider: 'transport',
  linkages: [
    {
      id: 'plates', epoch: 1,
      members: [
        { dataset: 'pub-security.household', field: 'person_id' },
        { dataset: 'transport.vehicles', field: 'guardian_id' },
      ],
    },
  ],
  grants: [
    {
      dataset: 'transport.vehicles', schema: 'household@1',
      fields: { guardian_id: { mask: 'pseudonym', domain: 'person' } },
    },
  ],
};
/** What restrictions apply to. */
const restricted = {
  ...agreement,
  grants: agreement.grants.map((grant) => ({
    ...grant,
    lookupBy: ['person_id'],
    deliveries: ['batch', 'stream'],
    limits: { maskTypeErrors: 9, cacheSeconds: 60 },
  })),
};
const restriction = {
  kind: 'Restriction',
  id: 'res-w',
  version: 1,
  when: { dataset: ['pub-security.household'] },
  floor: { mask: 'fixed' },
};
const ask = {
  consumer: 'education',
  dataset: 'pub-security.household',
  agreement: 'agr-w',
  purpose: 'school-enrolment',
};

type Value = Readonly<Record<string, unknown>>;

/** Rows over which conditions and facts are tried. */
const stored: readonly Value[] = [
  { region_code: '990101', household_no: '990101', birth_date: '2000-01-01', name: '王伟' },
  { region_code: '990102', household_no: '1', birth_date: '2019-01-01', name: '李娜' },
  { region_code: '990101', household_no: '2', birth_date: '2006-01-01', name: '王伟' },
  { region_code: '880101', household_no: '3', birth_date: '2000-01-02' },
  { region_code: '990101' },
];

/** Every text, number and flag in a value. */
function scalarsIn(value: unknown): ReadonlySet<unknown> {
  if (value === null || typeof value !== 'object') return new Set([value]);
  return new Set(Object.values(value).flatMap((one) => [...scalarsIn(one)]));
}

/** An answer without what the document says word for word: what is left was altered, and not merely handed on. */
function withoutEchoes(value: unknown, reported: ReadonlySet<unknown>): unknown {
  if (value === null || typeof value !== 'object') return reported.has(value) ? undefined : value;
  const retained = Object.entries(value)
    .map(([name, one]) => [name, withoutEchoes(one, reported)] as const)
    .filter(([, one]) => one !== undefined);
  if (retained.length === 0) return undefined;
  return Array.isArray(value) ? retained.map(([, one]) => one) : Object.fromEntries(retained);
}

/** A copy with values put at JSON pointers; what lies on the way is there. */
function put(document: Value, values: Value): Value {
  const copy = structuredClone(document) as Record<string, unknown>;
  for (const [pointer, value] of Object.entries(values)) {
    const steps = pointer.slice(1).split('/');
    let at = copy;
    for (const step of steps.slice(0, -1)) {
      at[step] ??= {};
      at = at[step] as Record<string, unknown>;
    }
    at[steps.at(-1) ?? ''] = value;
  }
  return copy;
}

/** Everything that is answered under a set of documents: findings, the decision, its entry, obligations, the explanation, rows and facts. */
function answer(documents: readonly Value[], { ask: more }: WordProbe): unknown {
  const read = documents.map((value) => check({ value, file: 'w' }));
  const unread = read.flatMap(({ findings }) => findings.map(({ code, path }) => `${code} ${path}`));
  if (unread.length > 0) return unread;
  const parsed = read.flatMap(({ document }) => document ?? []);
  const { plans, findings } = tryCompilePlans(parsed, context);
  if (plans === undefined) return findings.map(({ code, document, message }) => [code, document, message]);
  const request = requestOf({ ...ask, ...more });
  const { policy: _digest, ...decision } = decide(request, plans, now);
  const { policy: _of, ...entry } = entryFacts(request, { ...decision, policy: '' });
  const { policy: _set, ...explanation } = explain(request, plans, now, 'auditor', {
    callsToday: 2,
  });
  const obligations = decision.effect === 'allow' ? describedObligations(decision.obligations, now) : [];
  const lint = lintPolicies(parsed, context, now).findings.map(({ code, path }) => `${code} ${path}`);
  const { rowFilter, fact } = decision.effect === 'allow' ? decision : { rowFilter: [], fact: undefined };
  // reported by words that no document holds, so that none of it passes for an echo
  const seen = stored.map((row) =>
    rowFilter.every((rule) => meetsCondition(rule, {}, row[rule.field])) ? 'row seen' : 'row left out',
  );
  const facts = fact === undefined ? [] : stored.map((row) => `fact ${factAnswer(fact, [row], now)}`);
  return { decision, entry, explanation, obligations, lint, seen, facts };
}

for (const [kind, schema, tags, base] of [
  ['Agreement', agreementSchema, [], agreement],
  [
    'Restriction',
    restrictionSchema,
    ['when.semantic[]', 'when.sensitivity[]', 'when.personal[]', 'when.classification[]'],
    restriction,
  ],
] as const) {
  describe(`the words of ${kind}`, () => {
    test('all are in words.yaml, and no others', () => {
      const words = probes[kind].map(({ word }) => word);
      assert.deepEqual([...words].sort(), [...documentWords(schema, tags)].sort());
    });

    for (const probe of probes[kind]) {
      test(probe.word, () => {
        const given = put(base, probe.given);
        const isLinkage = probe.word.startsWith('linkages');
        const others = kind === 'Restriction' ? [restricted] : isLinkage ? [linked] : [];
        const [before, after] = [given, put(given, probe.set)].map((document) =>
          answer([...others, document], probe),
        );
        assert.notDeepEqual(after, before, 'the word changes no answer');
        const reported = scalarsIn([given, probe.set]);
        const echoed = isDeepStrictEqual(withoutEchoes(after, reported), withoutEchoes(before, reported));
        assert.equal(
          echoed,
          probe.acts !== undefined,
          echoed ? 'it is handed on as it stands: by which test does it act?' : 'it acts here: no other test is named',
        );
      });
    }
  });
}

describe('the parameters of masks', () => {
  const environment = {
    consumer: 'education',
    keys: pseudonymKeys(new Uint8Array(32)),
    dictionary: shippedSurroundings.codeLists,
    path: 'value',
  };
  const masked = (rule: { readonly mask: string }, value: unknown, row: Value): unknown => {
    const read = readMaskRule(rule);
    assert.ok('mask' in read, JSON.stringify(read));
    const run = { now, typeErrors: 0, memo: new Map<string, Map<string, string>>() };
    return read.mask.whole === true || Object.keys(row).length > 0
      ? read.mask.compile(read.use.params, environment)(value, row, run)
      : valueMasker(read.mask, read.use.params, environment)(value, run);
  };

  test('all are in words.yaml, and no others', () => {
    const params = maskCatalogue.flatMap(({ name, params: shape }) =>
      Object.keys(shape).map((param) => `${name}.${param}`),
    );
    const words = probes.Masks.map(({ word }) => word);
    assert.deepEqual(
      params.filter((param) => !words.includes(param)),
      [],
      'add a row to «Masks» of policies/cases/words.yaml: two rules that differ in the parameter, and a value that they mask differently',
    );
    assert.deepEqual([...words].sort(), params.sort());
  });

  for (const { word, rule, other, value, row, acts } of probes.Masks) {
    test(word, () => {
      const isSame = isDeepStrictEqual(masked(other, value, row), masked(rule, value, row));
      assert.equal(isSame, acts !== undefined, 'the value shows it, or another test is named');
    });
  }
});

test('the file that enforces a word is there and speaks of it, and so does the test by which it acts', () => {
  for (const probe of nonEmpty([...probes.Agreement, ...probes.Restriction, ...probes.Masks])) {
    assert.equal(faultOfWord(probe.word, probe.in, probe.acts, root), undefined);
  }
});
