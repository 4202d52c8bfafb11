/** One consumer, several agreements: what they reveal together, by an attacker's arithmetic. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { agreement, plans, restriction, set, type Writing } from '../fixtures/smallSets.ts';
import type { MaskUse } from '../decision.ts';
import { pseudonymKeys } from '../masks/pseudonyms/pseudonymKey.ts';
import { readMaskRule } from '../masks/readMaskRule.ts';
import { valueMasker } from '../masks/rows/valueMasker.ts';
import { compilePlans } from '../plans.ts';
import { effectOf } from '../questions/effectOf.ts';
import { jointViews, viewsWith } from './jointViews.ts';
import { unionMask } from './unionMask.ts';
import { nonEmpty } from '../../tests/nonEmpty.ts';

const head = '{ person_id: { mask: idCard, head: 6, tail: 0 } }';
const tail = '{ person_id: { mask: idCard, head: 0, tail: 4 } }';
const birth = '{ birth_date: { mask: clear } }';
const granted = (id: string, fields: string, more: Writing = {}): string =>
  agreement({ id, fields, ...more });
const reported = (...texts: readonly string[]): string[] =>
  jointViews(plans(...texts)).map(({ consumer, about, tells }) => `${consumer} ${about} ${tells}`);

describe('the joint view of one consumer', () => {
  test('990101**** here, the birth date there, ****2318 elsewhere: the whole identity number', () => {
    assert.deepEqual(reported(granted('agr-a', head), granted('agr-b', birth), granted('agr-c', tail)), [
      'education cn.resident-id keep(head=6, tail=4, from=0)',
      'education cn.resident-id clear',
    ]);
  });

  test('two of the three leave numbers, and say how many', () => {
    assert.deepEqual(reported(granted('agr-a', head), granted('agr-c', tail)), [
      'education cn.resident-id keep(head=6, tail=4, from=0)',
    ]);
    assert.deepEqual(reported(granted('agr-a', birth), granted('agr-c', tail)), [
      'education cn.resident-id about 270 numbers',
    ]);
  });

  test('an entrusted party sees for its principal, another department for itself', () => {
    const by = (consumer: string): string[] =>
      reported(granted('agr-a', head), granted('agr-b', tail, { consumer }));
    const contractor = `kind: Agreement
id: agr-c
version: 1
provider: pub-security
consumer: education
purposes: [school-meals]
basis: { type: contract, reference: 委托合同 2026-17 }
assessment: 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'
valid: { from: '2026-01-01T00:00:00+08:00', until: '2027-01-01T00:00:00+08:00' }
entrusted: [{ department: city-software }]
grants:
  - { dataset: pub-security.household, schema: household@1, fields: ${tail} }
---
`;
    assert.deepEqual(by('transport'), []);
    assert.deepEqual(reported(granted('agr-a', head), contractor), [
      'education cn.resident-id keep(head=6, tail=4, from=0)',
    ]);
  });

  test('another dataset about the same kind of subject counts, a guardian’s number does not', () => {
    const other =
      "kind: Dataset\nid: pub-security.residence\nschema: 'urn:datong:residence-permit:1.0'\n---\n";
    const elsewhere = granted('agr-b', tail)
      .replace('pub-security.household', 'pub-security.residence')
      .replace('household@1', 'residence-permit@1');
    const schema = set(other, elsewhere).context.schemas('residence-permit@1') ?? assert.fail();
    const field = schema.fields.find(({ semantic }) => semantic === 'cn.resident-id')?.name ?? assert.fail();
    assert.equal(schema.subject?.field, field);
    assert.deepEqual(reported(granted('agr-a', head), other, elsewhere.replace('person_id', field)), [
      'education cn.resident-id keep(head=6, tail=4, from=0)',
    ]);
    const guardian = tail.replace('person_id', 'guardian_id');
    assert.deepEqual(reported(granted('agr-a', head), granted('agr-b', guardian)), []);
  });

  test('a floor on the parts closes the view', () => {
    const floor = restriction(
      'when: { semantic: [cn.resident-id] }\nfloor: { mask: idCard, head: 6, tail: 0 }',
    );
    assert.deepEqual(
      reported(granted('agr-a', head), granted('agr-b', birth), granted('agr-c', tail), floor),
      [],
    );
  });

  test('a pair that is not in the table is taken to reveal everything', () => {
    const [first, second] = [
      '{ birth_date: { mask: ageBand, width: 5 } }',
      '{ birth_date: { mask: dateTrunc, to: year } }',
    ];
    assert.deepEqual(reported(granted('agr-a', first), granted('agr-b', second)), [
      'education household.birth_date clear',
    ]);
  });

  test('each provider sees its own parts, and how many are others’', () => {
    const views = jointViews(plans(granted('agr-a', head), granted('agr-c', tail)));
    const [own] = viewsWith(views, ({ provider }) => provider === 'pub-security');
    assert.deepEqual([own?.parts.length, own?.others], [2, 0]);
    assert.deepEqual(
      viewsWith(views, ({ provider }) => provider === 'ecology'),
      [],
    );
    const [view] = views;
    assert.ok(view !== undefined);
    const parts = view.parts.map((part, i) => (i === 0 ? { ...part, provider: 'ecology' } : part));
    const shared = viewsWith([{ ...view, parts }], ({ provider }) => provider === 'ecology');
    assert.deepEqual([shared[0]?.parts.length, shared[0]?.others], [1, 1]);
  });
});

describe('an approval', () => {
  const effect = (...texts: readonly string[]) => {
    const { documents, context } = set(...texts.slice(0, -1));
    const [candidate] = set(texts.at(-1) ?? '').documents;
    assert.ok(candidate !== undefined);
    return effectOf(compilePlans(documents, context), candidate, context);
  };

  test('is of what the union reveals, too: another agreement in between voids it', () => {
    const next = granted('agr-c', tail);
    const alone = effect(granted('agr-x', birth, { consumer: 'transport' }), next);
    const joint = effect(granted('agr-a', head), next);
    assert.deepEqual(alone.unions, []);
    assert.deepEqual(
      joint.unions.map(({ tells }) => tells),
      ['keep(head=6, tail=4, from=0)'],
    );
    assert.notEqual(alone.digest, joint.digest);
  });

  test('of a version that gives no more is not of the union that was there', () => {
    const before = [granted('agr-a', head), granted('agr-c', tail)];
    const same = effect(
      ...before,
      granted('agr-c', tail, { version: 2, until: '2027-02-01T00:00:00+08:00' }),
    );
    assert.deepEqual(same.unions, []);
    assert.deepEqual(
      same.loosens.map(({ cell }) => cell),
      ['(valid)'],
    );
  });
});

describe('the table of pairs', () => {
  const use = (rule: { readonly mask: string }): MaskUse => {
    const read = readMaskRule(rule);
    assert.ok('use' in read);
    return read.use;
  };
  const numbers = [
    { mask: 'floorTo', step: 300 },
    { mask: 'floorTo', step: 1000 },
    { mask: 'band', edges: [0, 500] },
    { mask: 'band', edges: [250, 900] },
    { mask: 'fixed' },
    { mask: 'clear' },
  ].map(use);
  const digits = [
    { mask: 'idCard', head: 6, tail: 0 },
    { mask: 'idCard', head: 0, tail: 4 },
    { mask: 'keep', head: 3, tail: 2 },
    { mask: 'presence' },
    { mask: 'nullify' },
  ].map(use);
  const environment = {
    consumer: 'education',
    keys: pseudonymKeys(new Uint8Array(32)),
    dictionary: { list: () => undefined, entries: () => [] },
    path: 'v',
  };
  const shown = (mask: MaskUse, value: unknown): string => {
    const read = readMaskRule({ ...mask.params, mask: mask.name });
    assert.ok('mask' in read);
    const run = { now: 0, typeErrors: 0, memo: new Map<string, Map<string, string>>() };
    return JSON.stringify(valueMasker(read.mask, read.use.params, environment)(value, run));
  };

  test('never reveals less than one of the two, in either order', () => {
    const value = fc.integer({ min: -3000, max: 3000 });
    const number = fc
      .array(fc.integer({ min: 0, max: 9 }), { minLength: 17, maxLength: 17 })
      .map((points) => `${points.join('')}X`);
    for (const [masks, type, values] of [
      [numbers, 'integer', value],
      [digits, 'string', number],
    ] as const) {
      for (const a of nonEmpty(masks)) {
        for (const b of nonEmpty(masks)) {
          const union = unionMask(a, b, { type }, type === 'string' ? 17 : undefined);
          assert.deepEqual(unionMask(b, a, { type }, type === 'string' ? 17 : undefined), union);
          fc.assert(
            fc.property(values as fc.Arbitrary<unknown>, values as fc.Arbitrary<unknown>, (x, y) => {
              if (shown(a, x) === shown(a, y)) return;
              assert.notEqual(shown(union, x), shown(union, y), JSON.stringify([a, b, union]));
            }),
            { seed: 7, numRuns: 60 },
          );
        }
      }
    }
  });

  test('what both texts hide remains hidden, the rest is revealed', () => {
    const redact = (...patterns: string[]): MaskUse => ({ name: 'redactText', params: { patterns } });
    assert.deepEqual(
      unionMask(redact('email', 'phone'), redact('id', 'phone'), { type: 'string' }),
      redact('phone'),
    );
    assert.equal(unionMask(redact('phone'), redact('email'), { type: 'string' }).name, 'clear');
  });
});
