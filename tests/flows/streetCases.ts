/** Street cases that Education and Public Security work on, each its own: the dataset, its agreements, and the calls on its rows. */
import assert from 'node:assert/strict';
import type { components } from '../../api/openapi.ts';
import type { DatongClient } from '../../clients/sdk/datongClient.ts';
import { DatongProblem } from '../../clients/sdk/datongProblem.ts';
import type { Query } from '../../clients/sdk/types.ts';
import { sealerOf } from '../../hub/flows/sealer.ts';
import type { City, sampleCity, TestHub } from '../hub.ts';

export type Row = Readonly<Record<string, unknown>>;
type Answer = components['schemas']['CaseChangeAnswer'];

export const field = (type: unknown, more: object = {}): object => ({
  type,
  'x-title': { zh: '数据项', en: 'Field' },
  'x-sensitivity': 'L1',
  'x-personal': 'none',
  ...more,
});
export const urn = 'urn:datong:street-case:1.0';
const schema = {
  kind: 'Schema',
  document: {
    ...{ $schema: 'https://json-schema.org/draft/2020-12/schema', $id: urn, type: 'object' },
    'x-title': { zh: '城管办件', en: 'Street cases' },
    'x-class': 'general',
    'x-primary-key': ['/case'],
    additionalProperties: false,
    required: ['case', 'reporter', 'place', 'status', 'assigned_to'],
    properties: {
      case: field('string', { maxLength: 800 }),
      reporter: field('string', {
        maxLength: 20,
        'x-sensitivity': 'L3',
        'x-personal': 'personal',
        'x-subject-key': 'person',
      }),
      place: field('string', { maxLength: 100 }),
      phone: field(['string', 'null'], { maxLength: 20, 'x-sensitivity': 'L3', 'x-personal': 'personal' }),
      status: field('string', { enum: ['open', 'accepted', 'done', 'checked'] }),
      assigned_to: field('string', { maxLength: 40 }),
      note: field(['string', 'null'], { maxLength: 20 }),
      remark: field('string', { maxLength: 20 }),
      cost: field(['number', 'null'], { minimum: 0 }),
      budget: field(['number', 'null'], { minimum: 0 }),
      fee: field(['string', 'null'], { format: 'decimal', maxLength: 20 }),
    },
  },
};
export const rules = {
  state: 'status',
  states: { open: { zh: '待受理', en: 'waiting' } },
  transitions: [
    {
      id: 'accept',
      title: { zh: '受理', en: 'Accept' },
      from: 'open',
      to: 'accepted',
      by: ['education', 'pub-security'],
      within: { workdays: 1 },
    },
    { id: 'finish', from: 'accepted', to: 'done', by: ['education', 'pub-security'], within: { hours: 24 } },
    { id: 'check', from: 'done', to: 'checked', by: ['ecology'] },
  ],
  contributors: ['education', 'pub-security'].map((department) => ({
    department,
    sets: ['note', 'cost'],
    rows: { all: [{ field: 'assigned_to', is: 'me' }] },
  })),
};

export const readable = ['case', 'place', 'status', 'assigned_to', 'note', 'cost'];
const phone = '13800009999';
export const row = (name: string, assigned: string, more: object = {}): Row => ({
  case: name,
  reporter: `person ${name}`,
  place: '荷塘街 1 号',
  phone,
  status: 'open',
  assigned_to: assigned,
  note: null,
  cost: null,
  ...more,
});
export const json = (body: unknown): Uint8Array => Buffer.from(JSON.stringify(body), 'utf8');
export const headers = { 'content-type': 'application/json' };

/** An agreement on cases; `more` replaces parts of its grant. */
export const agreementOf = (dataset: string, consumer: string, more: object): object => ({
  kind: 'Agreement',
  id: `agr-${consumer}-${dataset.split('.')[1] ?? ''}`,
  version: 1,
  title: { zh: '办件', en: 'Cases' },
  provider: 'ecology',
  consumer,
  purposes: ['environment-study'],
  basis: { type: 'statutory', reference: '中华人民共和国环境保护法', clause: '第五十四条' },
  valid: { from: '2026-01-01T00:00:00+08:00', until: '2029-01-01T00:00:00+08:00' },
  grants: [
    {
      dataset,
      schema: 'street-case@1',
      filterBy: ['case', 'note', 'assigned_to'],
      requires: ['on-behalf-of'],
      rows: { all: [{ field: 'assigned_to', op: 'eq', value: consumer }] },
      limits: { rowsPerCall: 1000, callsPerDay: 5000 },
      fields: Object.fromEntries(readable.map((name) => [name, { mask: 'clear' }])),
      ...more,
    },
  ],
});

/** Registers the schema, and returns what tests do with street cases. */
export async function streetCases(
  hub: TestHub,
  city: Pick<Awaited<ReturnType<typeof sampleCity>>, 'apply' | 'ecology' | 'education' | 'publicSecurity'>,
) {
  const { client: provider } = city.ecology;
  const { client: roads } = city.education;
  const { database, keys } = hub.hub;
  let made = 0;

  /** An id that no dataset has. */
  function nextId(): string {
    made += 1;
    return `ecology.street-cases-${made}`;
  }

  /** @param also sign too, next to the departments that work on the cases */
  const apply = (documents: readonly object[], also: readonly City['education'][] = []): Promise<void> =>
    city.apply(documents, [city.education, city.publicSecurity, city.ecology, ...also]);

  async function dataset(
    cases: object = rules,
    grant: object = { deliveries: ['history'] },
    intake: object = {},
  ): Promise<string> {
    const id = nextId();
    await apply([
      {
        kind: 'Dataset',
        id,
        title: { zh: '办件', en: 'Cases' },
        schema: urn,
        mode: 'upsert',
        intake: { byCall: {}, cases, ...intake },
        sharing: { type: 'conditional', conditions: '示例' },
      },
      agreementOf(id, 'education', grant),
      agreementOf(id, 'pub-security', grant),
    ]);
    return id;
  }

  async function push(id: string, rows: readonly Row[]) {
    const { json: answer } = await provider.call({
      method: 'POST',
      path: `/v1/datasets/${id}/rows`,
      headers,
      body: json(rows),
      receipt: 'optional',
    });
    return answer as components['schemas']['RowsAnswer'];
  }
  async function change(
    client: DatongClient,
    id: string,
    name: string,
    { version, set, key }: { version: number; set: Row; key?: string },
  ): Promise<Answer> {
    const { json: answer } = await client.call({
      method: 'POST',
      path: `/v1/datasets/${id}/rows/changes`,
      receipt: 'optional',
      headers: { ...headers, ...(key === undefined ? {} : { 'datong-idempotency-key': key }) },
      body: json({ key: { case: name }, version, set }),
    });
    return answer as Answer;
  }
  async function read(client: DatongClient, id: string, query: Query = {}) {
    const consumer = client === roads ? 'education' : 'pub-security';
    const agreement = `agr-${consumer}-${id.split('.')[1] ?? ''}`;
    const context = { purpose: 'environment-study', agreement, onBehalfOf: 'official-1' };
    return (await client.query(id, query, context)).json;
  }

  /** As if so many milliseconds had passed since the rows of a dataset were stored: their moments and deadlines, with their seals. */
  async function age(id: string, ms: number): Promise<void> {
    const sealer = sealerOf(keys.sealing);
    await database.owner.query(
      'UPDATE case_notice SET due_at = due_at - make_interval(secs => $2) WHERE dataset = $1',
      [id, ms / 1000],
    );
    const { rows } = await database.owner.query<{ hash: Buffer; version: number; sealed: Buffer }>(
      'SELECT key_hash AS hash, version, sealed FROM row_version WHERE dataset = $1',
      [id],
    );
    for (const { hash, version, sealed } of rows) {
      const context = `version ${version} of row ${hash.toString('hex')} of ${id}`;
      const content = JSON.parse(Buffer.from(sealer.open(sealed, context)).toString('utf8')) as {
        at: number;
        opened: number;
        since: number;
        due?: { at: number; warnAt?: number };
      };
      for (const name of ['at', 'opened', 'since'] as const) content[name] -= ms;
      if (content.due !== undefined) {
        content.due.at -= ms;
        if (content.due.warnAt !== undefined) content.due.warnAt -= ms;
      }
      const resealed = sealer.seal(Buffer.from(JSON.stringify(content), 'utf8'), context);
      await database.owner.query(
        `UPDATE row_version SET at = at - make_interval(secs => $4), due_at = due_at - make_interval(secs => $4),
                warn_at = warn_at - make_interval(secs => $4), sealed = $5
          WHERE dataset = $1 AND key_hash = $2 AND version = $3`,
        [id, hash, version, ms / 1000, resealed],
      );
    }
  }

  await apply([schema]);
  return { apply, nextId, dataset, push, change, read, age };
}

/** @returns the code of a refusal, or `accepted` */
export const refusal = async (work: Promise<unknown>): Promise<string> => {
  try {
    await work;
    return 'accepted';
  } catch (error) {
    assert.ok(error instanceof DatongProblem, String(error));
    return error.code;
  }
};
/** @returns what a refusal discloses */
export async function refused(work: Promise<unknown>): Promise<Readonly<Record<string, unknown>>> {
  const error: unknown = await work.then(
    () => assert.fail('it was accepted'),
    (cause: unknown) => cause,
  );
  assert.ok(error instanceof DatongProblem, String(error));
  const { status, code, text, next, who, at, findings } = error;
  return { status, code, text, next, who, at, findings };
}
