/** The same plate in datasets of two providers, over real TLS and PostgreSQL: its pseudonyms differ unless both providers sign a linkage. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { applyDocuments } from '../../clients/cli/apply/applyDocuments.ts';
import { staffClient } from '../../clients/cli/apply/staffCall.ts';
import type { AppliedDocument } from '../../clients/cli/apply/readDocuments.ts';
import type { Machine } from '../hub.ts';
import { cityHub } from '../cityHub.ts';
import { validTerm } from '../newYear.ts';

const { hub, city } = await cityHub();
const transport = await hub.enrol('transport');
const { education, publicSecurity, ecology } = city;
const plate = '浙A12345';
const [stops, emissions] = ['pub-security.stops', 'ecology.emissions'] as const;
const sources = [
  [publicSecurity, stops],
  [ecology, emissions],
] as const;
const linkage = {
  id: 'plates',
  epoch: 1,
  members: [stops, emissions].map((dataset) => ({ dataset, field: 'plate' })),
};

const client = staffClient({ origin: hub.hub.origins.staff, ca: hub.ca, token: city.operator });
after(() => client.close());

/** @returns the outcome, or the code of the refusal */
async function apply(
  { kind, ...members }: Readonly<Record<string, unknown>> & Pick<AppliedDocument, 'kind'>,
  signers: readonly Machine[] = [],
): Promise<string> {
  const [applied] = await applyDocuments([{ file: 'test', line: 1, kind, members }], {
    client,
    signers: signers.map(({ department, signing: key }) => ({ department, key })),
    approveWith: city.security,
  });
  return applied?.code ?? applied?.outcome ?? 'nothing';
}

/** An agreement on one of the two datasets. */
const agreement = (provider: Machine, consumer: Machine, version: number, more: object = {}) => ({
  kind: 'Agreement' as const,
  format: 2,
  id: `agr-${consumer.department}-${provider.department}-plates`,
  version,
  title: { zh: '车牌', en: 'Plates' },
  provider: provider.department,
  consumer: consumer.department,
  purposes: ['school-enrolment'],
  basis: { type: 'statutory', reference: '道路交通安全法' },
  valid: validTerm,
  grants: [
    {
      dataset: provider === publicSecurity ? stops : emissions,
      schema: 'plates@1',
      limits: { rowsPerCall: 10, callsPerDay: 1000 },
      fields: { plate: { mask: 'pseudonym', domain: 'plate' }, place: { mask: 'clear' } },
    },
  ],
  ...more,
});
const agree = (provider: Machine, consumer: Machine, version: number, more: object = {}): Promise<string> =>
  apply(agreement(provider, consumer, version, more), [provider, consumer]);

/** Pseudonyms of the plate as a consumer gets them: of the police, of the ecology bureau. */
async function seen({ department, client: caller }: Machine): Promise<readonly string[]> {
  const found: string[] = [];
  for (const [provider, dataset] of sources) {
    const under = `agr-${department}-${provider.department}-plates`;
    const { json } = await caller.query(
      dataset,
      {},
      { purpose: 'school-enrolment', agreement: under, onBehalfOf: 'official-1' },
    );
    assert.equal(json.records.length, 1);
    found.push(String(json.records[0]?.['plate']));
  }
  return found;
}

before(async () => {
  const titled = (zh: string, en: string): object => ({
    'x-title': { zh, en },
    'x-sensitivity': 'L2',
    'x-personal': 'none',
  });
  const done = [
    await apply({
      kind: 'Schema',
      document: {
        $schema: 'https://json-schema.org/draft/2020-12/schema',
        $id: 'urn:datong:plates:1.0',
        title: 'Plates',
        'x-title': { zh: '车牌', en: 'Plates' },
        'x-class': 'general',
        'x-primary-key': ['/plate'],
        type: 'object',
        additionalProperties: false,
        required: ['plate', 'place'],
        properties: {
          plate: { ...titled('车牌', 'Plate'), type: 'string', maxLength: 20 },
          place: { ...titled('地点', 'Place'), type: 'string', maxLength: 40 },
        },
      },
    }),
  ];
  for (const [provider, id] of sources) {
    done.push(
      await apply({
        kind: 'Dataset',
        id,
        title: { zh: '车牌', en: 'Plates' },
        schema: 'urn:datong:plates:1.0',
        mode: 'upsert',
        sharing: { type: 'conditional', conditions: '仅限法定职责所需' },
        intake: { byCall: {} },
      }),
    );
    const { problem } = await provider.client.rows(id).deliver({ plate, place: '文一路' });
    assert.equal(problem, undefined);
  }
  assert.ok(
    done.every((one) => one === 'granted' || one === 'made' || one === 'registered'),
    done.join(),
  );
});

test('an agreement with pseudonyms needs format 2', async () => {
  assert.equal(await agree(publicSecurity, education, 1, { format: undefined }), 'pseudonym_format');
});

test('without a linkage the plate has two pseudonyms, with one of both providers it has one', async () => {
  for (const provider of [publicSecurity, ecology])
    for (const consumer of [education, transport])
      assert.equal(await agree(provider, consumer, 1), 'granted');
  const own = await seen(education);
  assert.notEqual(own[0], own[1]);
  // it changes nothing yet, and still no one names a linkage alone: neither the consumer nor the data office
  for (const signers of [[], [education]])
    assert.equal(
      await apply(agreement(publicSecurity, education, 2, { linkages: [linkage] }), signers),
      'submitted',
      signers.map(({ department }) => department).join(),
    );
  assert.equal(await agree(publicSecurity, education, 2, { linkages: [linkage] }), 'granted');
  assert.deepEqual(await seen(education), own, 'one signature changes nothing');
  assert.equal(await agree(ecology, education, 2, { linkages: [linkage] }), 'granted');
  const linked = await seen(education);
  assert.equal(linked[0], linked[1]);
  assert.ok(!own.includes(linked[0] ?? ''));
  const others = await seen(transport);
  assert.notEqual(others[0], others[1]);
  assert.equal(
    new Set([...own, ...linked, ...others]).size,
    5,
    'no pseudonym of one consumer is one of another',
  );
});

test('one provider withdraws alone and at once; the linkage begins again only with a new epoch, and new pseudonyms', async () => {
  const linked = await seen(education);
  // no signature of the consumer: the version only tightens
  const withdrawn = await hub.staff(city.operator, 'POST', '/v1/policy/documents', {
    document: agreement(publicSecurity, education, 3),
  });
  assert.deepEqual(
    [withdrawn.status, withdrawn.json['state']],
    [201, 'active'],
    JSON.stringify(withdrawn.json),
  );
  const apart = await seen(education);
  assert.notEqual(apart[0], apart[1]);
  assert.ok(!apart.some((one) => linked.includes(one)));
  assert.equal(await agree(publicSecurity, education, 4, { linkages: [linkage] }), 'linkage_ended');
  const next = [{ ...linkage, epoch: 2 }];
  assert.equal(await agree(publicSecurity, education, 4, { linkages: next }), 'granted');
  assert.deepEqual(await seen(education), apart);
  assert.equal(await agree(ecology, education, 3, { linkages: next }), 'granted');
  const again = await seen(education);
  assert.equal(again[0], again[1]);
  assert.ok(![...linked, ...apart].includes(again[0] ?? ''));
});

test('a restriction does not bring pseudonyms of format 1 to the consumer of a linkage', async () => {
  const clear = { id: 'agr-old-plates', format: undefined };
  const [grant] = agreement(ecology, education, 1).grants;
  const grants = [{ ...grant, fields: { plate: { mask: 'clear' } } }];
  assert.equal(await agree(ecology, education, 1, { ...clear, grants }), 'granted');
  const floor = (when: object): Promise<string> =>
    apply({
      kind: 'Restriction',
      id: 'res-plates',
      version: 1,
      title: { zh: '车牌', en: 'Plates' },
      when: { field: ['plate'], ...when },
      floor: { mask: 'pseudonym', domain: 'plate' },
    });
  assert.equal(await floor({ dataset: [emissions] }), 'pseudonym_format');
  // without the linkage the former agreement keeps the pseudonyms that its format has
  assert.equal(await agree(ecology, education, 4), 'granted');
  assert.equal(await floor({ dataset: [emissions] }), 'granted');
  const again = { linkages: [{ ...linkage, epoch: 3 }] };
  assert.equal(await agree(publicSecurity, education, 5, again), 'granted');
  assert.equal(await agree(ecology, education, 5, again), 'pseudonym_format', 'nor a linkage next to them');
});

test('a linkage that ended by other parameters of the mask does not begin again with the former ones', async () => {
  const made = (params: object): object => ({
    linkages: [linkage],
    grants: agreement(publicSecurity, transport, 0).grants.map((grant) => ({
      ...grant,
      fields: { ...grant.fields, plate: { ...grant.fields.plate, ...params } },
    })),
  });
  assert.equal(await agree(publicSecurity, transport, 2, made({})), 'granted');
  assert.equal(await agree(ecology, transport, 2, { linkages: [linkage] }), 'granted');
  const linked = await seen(transport);
  assert.equal(linked[0], linked[1]);
  assert.equal(await agree(publicSecurity, transport, 3, made({ epoch: 2 })), 'granted');
  const apart = await seen(transport);
  assert.notEqual(apart[0], apart[1], 'the parameters differ');
  assert.ok(!linked.includes(apart[0] ?? ''));
  // epoch 1 is what a mask without an epoch has
  for (const params of [{}, { epoch: 1 }])
    assert.equal(await agree(publicSecurity, transport, 4, made(params)), 'linkage_ended');
  assert.equal(await agree(publicSecurity, transport, 4, made({ epoch: 3 })), 'granted');
});
