/** Pseudonyms of several providers: they differ by provider from format 2 on, and are the same only under a linkage that every provider signed. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { shippedSurroundings } from '../../machine/surroundings.ts';
import { sharedSchema } from '../../machine/shippedSchemas.ts';
import type { FieldGrant } from '../decision.ts';
import { sampleContext } from '../fixtures/sampleContext.ts';
import { parsePolicyDocument } from '../documents/parseDocument.ts';
import { lintPolicies } from '../lint/lintPolicies.ts';
import { compileMasking } from '../masks/rows/compileMasking.ts';
import { pseudonymKeys } from '../masks/pseudonyms/pseudonymKey.ts';
import { compilePlans } from '../plans.ts';
import { sharedWithLinked } from './linkages.ts';
import { diffPlans } from '../questions/diff.ts';
import { Problem } from '../../terms/problem.ts';

const now = Date.parse('2026-06-01T09:00:00+08:00');
const keys = pseudonymKeys(new Uint8Array(32).fill(9));
const household = sharedSchema('household@1');
/** One person, in the registers of two departments. */
const value = '330106199001010017';
const datasets = { 'pub-security': 'pub-security.household', education: 'education.pupils' } as const;
type Provider = keyof typeof datasets;
const context = {
  ...sampleContext,
  datasets: [...(sampleContext.datasets ?? []), datasets.education],
};
const linkage = {
  id: 'guardians',
  epoch: 1,
  members: Object.values(datasets).map((dataset) => ({ dataset, field: 'person_id' })),
};

const agreementOf = (provider: Provider, more: object = {}, mask: object = {}): object => ({
  kind: 'Agreement',
  format: 2,
  id: `agr-${provider}`,
  version: 1,
  provider,
  consumer: 'statistics',
  purposes: ['statistics'],
  basis: { type: 'statutory', reference: '统计法' },
  valid: { from: '2026-01-01T00:00:00+08:00', until: '2027-01-01T00:00:00+08:00' },
  grants: [
    {
      dataset: datasets[provider],
      schema: 'household@1',
      fields: { person_id: { mask: 'pseudonym', domain: 'person', ...mask } },
    },
  ],
  ...more,
});
const read = (documents: readonly object[]) => documents.map((one) => parsePolicyDocument(one));
const plansOf = (documents: readonly object[]) => compilePlans(read(documents), context);

/** Pseudonyms of the person, by the provider's agreement. */
function pseudonyms(
  documents: readonly object[],
  consumer = 'statistics',
): Readonly<Record<string, unknown>> {
  const masked = (fields: readonly FieldGrant[]): unknown => {
    const masking = compileMasking(fields, household, keys, consumer, shippedSurroundings);
    return masking.mask({ person_id: value }, masking.begin(now))['person_id'];
  };
  return Object.fromEntries(
    plansOf(documents)
      .all.filter(({ ref }) => ref.consumer === consumer)
      .map(({ ref, whole }) => [ref.provider, masked(whole.fields)]),
  );
}
const both = (more: object = {}, other: object = more): readonly object[] => [
  agreementOf('pub-security', more),
  agreementOf('education', other),
];
const isSame = (documents: readonly object[], consumer?: string): boolean => {
  const found = pseudonyms(documents, consumer);
  assert.equal(Object.keys(found).length, 2);
  return found['pub-security'] === found['education'];
};
const codes = (documents: readonly object[]): readonly string[] =>
  lintPolicies(read(documents), context, now).findings.map(({ code, document }) => `${document} ${code}`);

describe('linkages', () => {
  test('agreements of format 1 keep the pseudonyms that they had, the same for all providers', () => {
    const old = both({ format: undefined }).map((one) => JSON.parse(JSON.stringify(one)) as object);
    assert.equal(isSame(old), true);
    const masking = compileMasking(
      [
        {
          field: 'person_id',
          mask: { name: 'pseudonym', params: { domain: 'person', algorithm: 'sha256' } },
          floors: [],
        },
      ],
      ...([household, keys, 'statistics', shippedSurroundings] as const),
    );
    const before = masking.mask({ person_id: value }, masking.begin(now))['person_id'];
    assert.equal(pseudonyms(old)['education'], before);
    const named = codes(old).filter((one) => one.endsWith('pseudonym_format'));
    assert.deepEqual(named, ['agr-pub-security@1 pseudonym_format', 'agr-education@1 pseudonym_format']);
  });

  test('without a linkage the pseudonyms of one person differ by provider', () => {
    assert.equal(isSame(both()), false);
    assert.deepEqual(
      codes(both()).filter((one) => /pseudonym_format|linkage/.test(one)),
      [],
    );
  });

  test('a linkage applies where every provider names it with the same id, epoch and members', () => {
    const linked = both({ linkages: [linkage] });
    assert.equal(isSame(linked), true);
    assert.deepEqual(
      codes(linked).filter((one) => one.includes('linkage')),
      [],
    );
    const reversed = { ...linkage, members: [...linkage.members].reverse() };
    assert.equal(isSame(both({ linkages: [linkage] }, { linkages: [reversed] })), true);
    for (const other of [
      {},
      { linkages: [{ ...linkage, id: 'others' }] },
      { linkages: [{ ...linkage, epoch: 2 }] },
      {
        linkages: [{ ...linkage, members: [...linkage.members, { dataset: 'ecology.people', field: 'id' }] }],
      },
    ]) {
      const alone = both({ linkages: [linkage] }, other);
      assert.equal(isSame(alone), false, JSON.stringify(other));
      assert.deepEqual(pseudonyms(alone), pseudonyms(both()), 'each has those of its provider');
      assert.ok(codes(alone).includes('agr-pub-security@1 linkage_not_in_force'));
    }
  });

  test('another domain or another consumer is not linked', () => {
    const domain = [
      agreementOf('pub-security', { linkages: [linkage] }),
      agreementOf('education', { linkages: [linkage] }, { domain: 'pupil' }),
    ];
    assert.equal(isSame(domain), false);
    assert.ok(codes(domain).includes('agr-education@1 linkage_not_in_force'));
    const linked = both({ linkages: [linkage] });
    const others = both({ linkages: [linkage], consumer: 'transport' });
    assert.equal(isSame(others, 'transport'), true);
    assert.notEqual(pseudonyms(others, 'transport')['education'], pseudonyms(linked)['education']);
    const [first] = linked;
    const apart = [first ?? {}, ...both({ linkages: [linkage], consumer: 'transport' }).slice(1)];
    assert.equal(pseudonyms(apart)['pub-security'], pseudonyms(both())['pub-security']);
  });

  test('pseudonyms of format 1 next to a linkage keep their place in the next version of their agreement', () => {
    const shared = (version: number): ReadonlyMap<string, string> => {
      const old = agreementOf('education', { id: 'agr-old', format: undefined, version });
      const written = JSON.parse(JSON.stringify(old)) as object;
      return sharedWithLinked(plansOf([...both({ linkages: [linkage] }), written]).all);
    };
    const place = 'agr-old statistics education.pupils';
    assert.deepEqual([...shared(1)], [[place, 'agr-old@1']]);
    assert.deepEqual([...shared(2)], [[place, 'agr-old@2']]);
  });

  test('withdrawing tightens, linking and a new format loosen', () => {
    const kinds = (before: readonly object[], after: readonly object[]): unknown =>
      diffPlans(plansOf(before), plansOf(after)).cells.map(({ kind, from, to }) => [kind, from, to]);
    const mask = (scope: string): string => `pseudonym(domain=person, algorithm=sha256${scope})`;
    const [linked, own] = [mask(', linked guardians#1'), mask(', per pub-security')];
    const withdrawn = kinds(both({ linkages: [linkage] }), both({}, { linkages: [linkage] }));
    const words = 'guardians#1:education.pupils/person_id,pub-security.household/person_id';
    assert.deepEqual(withdrawn, [
      ['tightened', linked, own],
      ['tightened', words, undefined],
      ['tightened', linked, mask(', per education')],
    ]);
    const made = kinds(both({}, { linkages: [linkage] }), both({ linkages: [linkage] })) as string[][];
    assert.deepEqual(
      made.map(([kind]) => kind),
      ['loosened', 'loosened', 'loosened'],
    );
    assert.deepEqual(
      kinds(both({}), both({ linkages: [linkage] }, {})),
      [['loosened', undefined, words]],
      'a linkage that the other provider has not named yet',
    );
    const old = JSON.parse(JSON.stringify(agreementOf('education', { format: undefined }))) as object;
    const renewed = kinds([old], [agreementOf('education')]) as string[][];
    assert.deepEqual(renewed, [['loosened', mask(''), mask(', per education')]]);
  });

  for (const [code, more] of [
    ['linkage_format', { format: undefined, linkages: [linkage] }],
    ['duplicate_linkage', { linkages: [linkage, { ...linkage, epoch: 2 }] }],
    ['linkage_field_twice', { linkages: [linkage, { ...linkage, id: 'others' }] }],
    [
      'linkage_no_pseudonym',
      { linkages: [{ ...linkage, members: linkage.members.map((one) => ({ ...one, field: 'name' })) }] },
    ],
    [
      'linkage_of_one_provider',
      {
        linkages: [
          {
            ...linkage,
            members: ['person_id', 'guardian_id'].map((field) => ({ dataset: datasets.education, field })),
          },
        ],
      },
    ],
  ] as const) {
    test(`${code} is refused`, () => {
      const document = JSON.parse(JSON.stringify(agreementOf('education', more))) as object;
      assert.throws(
        () => parsePolicyDocument(document),
        (error) => error instanceof Problem && JSON.stringify(error.extras).includes(`"${code}"`),
      );
    });
  }
});
