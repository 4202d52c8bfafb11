import type { components } from '../../../../api/openapi.ts';
import type { Bilingual } from '../../../../terms/bilingual.ts';
import { dayInChina } from '../../../../terms/civilDate.ts';
import { Problem } from '../../../../terms/problem.ts';
import { transition } from '../../../domain/lifeCycle.ts';
import { minSunset, schemaVersionLife, type SchemaVersionAct } from '../../../domain/schemaVersion.ts';
import type { StaffCaller } from '../../../identity/authentication/caller.ts';
import type { SchemaVersionState } from '../../../domain/schemaVersion.ts';
import { allowed, type Call, type Outcome } from '../../../pipeline/call.ts';
import { refuseUnauthentic } from '../../../platform/database/authenticated/rowSealing.ts';
import type { Transaction } from '../../../platform/database/transaction.ts';
import { listDatasets } from '../../../registry/store/datasets.ts';
import {
  agreeToSchema,
  lockSchemaName,
  moveSchema,
  removeSchema,
  schemaByUrn,
  type SchemaMove,
  type SchemaRow,
} from '../../../registry/store/schemas.ts';
import { sealedUses, usesOfSchema, type SchemaUse } from '../../../registry/store/schemaUses.ts';
import { refuseDoneOnBehalf } from '../../common/onBehalfOf.ts';
import type { Services } from '../../common/services.ts';
import { checkVersion, readRegistered, refuseOvertaken } from './checkVersion.ts';
import { agreedBy } from './schemaActingPersons.ts';
import { digestAgreed, stillWaived } from './schemaWaiver.ts';
import { touchedAt } from './touched.ts';
import { own, everywhere } from '../../../domain/cells.ts';
import { ofSchema } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';
import { defined } from '../../../../terms/defined.ts';

type Body = components['schemas']['SchemaDecision'];

/**
 * POST /v1/schemas/{schema}/decision: moves a version one step in its life cycle.
 * @throws Problem not_found, transition_not_allowed, version_exists (something else was read), four_eyes, owner_decides, sunset_too_soon,
 *   sunset_ahead, schema_in_use, schema_used, unknown_reference (successor), waiver_outgrown, made_by_unread, and every problem that refuses a
 *   publication at that time
 */
export const decideSchema = operation('decideSchema', {
  kind: 'management',
  // further checks decide who may agree: the second person of its owner, or the security officer
  permission: {
    operator: own,
    'office steward': everywhere,
    'office security': everywhere,
    steward: own,
    security: own,
  },
  owner: ofSchema,
  run: async (call, services) => {
    const body = call.body;
    const row = await schemaByUrn(services.database.app, call.params.schema);
    if (row === undefined) throw new Problem('not_found');
    switch (body.act) {
      case 'publish':
        return publish(call, services, row, body.digest);
      case 'return':
        return moved(call, row, 'return', { reason: body.reason });
      case 'discard':
        return discarded(call, services, row);
      case 'deprecate':
        return deprecated(call, services, row, body);
      case 'retire':
        return retired(call, services, row, body.reason);
    }
  },
});

/** Compares the version once more with every version that is published now. */
async function publish(
  call: Call<StaffCaller, 'decideSchema'>,
  services: Services,
  row: SchemaRow,
  digest: string,
): Promise<Outcome> {
  const to = transition(schemaVersionLife, `Schema ${row.urn}`, row.state, 'publish');
  if (digestAgreed(row) !== digest) throw new Problem('version_exists', { what: `Schema ${row.urn}` });
  const agreed = agreedBy(row, call.caller, services.identity);
  await refuseDoneOnBehalf(call.caller, { schema: row }, services);
  const { approver, officer } = agreed;
  const read = await readRegistered(services, row.document);
  const waives = row.waiver !== null;
  // only the row vouches that the text read has this digest
  if (read.schema.digest !== row.digest) throw new Problem('made_by_unread');
  const { officer: changed, breaks } = await checkVersion(
    services,
    read,
    row.compatibility,
    services.checks.of(call.caller.person),
    true,
    waives,
  );
  const waived = row.waiver === null ? {} : await stillWaived(services, read, row.waiver, breaks);
  // a version that was published in the meantime may require the security officer
  const needsOfficer = row.needsOfficer || changed.length > 0;
  const state = approver === null || (needsOfficer && officer === null) ? row.state : to;
  return reported(
    call,
    row,
    { state, author: row.author ?? '', ...waived },
    state === to,
    async (transaction) => {
      await lockSchemaName(transaction, row.name);
      await refuseOvertaken(transaction, read);
      return state === to
        ? moveSchema(transaction, row.urn, 'publish', { approver, officer }, call.exchange)
        : agreeToSchema(transaction, { ...agreed, needsOfficer }, call.exchange);
    },
  );
}

function moved(
  call: Call<StaffCaller, 'decideSchema'>,
  row: SchemaRow,
  act: SchemaVersionAct,
  move: SchemaMove,
  more: object = {},
): Outcome {
  const state = transition(schemaVersionLife, `Schema ${row.urn}`, row.state, act);
  return reported(call, row, { state, ...more }, act !== 'return', (transaction) =>
    moveSchema(transaction, row.urn, act, move, call.exchange),
  );
}

/**
 * A draft, or a published version that nothing ever used: its number is free again.
 * @throws Problem transition_not_allowed, schema_used, rows_unauthenticated
 */
async function discarded(
  call: Call<StaffCaller, 'decideSchema'>,
  { database }: Services,
  row: SchemaRow,
): Promise<Outcome> {
  const { urn, name, state } = row;
  if (state !== 'draft' && state !== 'published')
    throw new Problem('transition_not_allowed', { what: `Schema ${urn}`, state, act: 'discard' });
  const isPublished = state === 'published';
  if (isPublished) refuseUsed(urn, await usesOfSchema(database.app, row));
  return reported(call, row, { state: 'discarded', from: state }, isPublished, async (transaction) => {
    if (isPublished) {
      await lockSchemaName(transaction, name);
      // a use that is hidden past the hub would free the number, under which another text could be registered
      await refuseUnauthentic(transaction, sealedUses);
      refuseUsed(urn, await usesOfSchema(transaction, row));
    }
    return removeSchema(transaction, row);
  });
}

/** Of batches, agreements, mappings, templates and proposals the number alone is returned: the owner of a schema is no party to them. */
function refuseUsed(urn: string, uses: readonly SchemaUse[]): void {
  if (uses.length === 0) return;
  const reason = {
    zh: uses.map((use) => `${useWords[use.kind].zh}${shownUse(use)}`).join('，'),
    en: uses.map((use) => `${useWords[use.kind].en} ${shownUse(use)}`).join(', '),
  };
  throw new Problem('schema_used', { what: `Schema ${urn}`, reason });
}

const namedUses: ReadonlySet<SchemaUse['kind']> = new Set(['dataset', 'changeover', 'topic', 'schema']);

const shownUse = ({ kind, count, first }: SchemaUse): string =>
  namedUses.has(kind) ? `${first}${count > 1 ? ` (+${count - 1})` : ''}` : String(count);

const useWords: Readonly<Record<SchemaUse['kind'], Bilingual>> = {
  dataset: { zh: '数据资源 ', en: 'dataset' },
  batch: { zh: '批次数 ', en: 'number of batches' },
  changeover: { zh: '换版的数据资源 ', en: 'changeover of' },
  topic: { zh: '主题 ', en: 'topic' },
  schema: { zh: '标准 ', en: 'schema' },
  agreement: { zh: '共享协议数 ', en: 'number of agreements' },
  mapping: { zh: '映射数 ', en: 'number of mappings' },
  template: { zh: '申请模板数 ', en: 'number of request templates' },
  proposal: { zh: '待决提议数 ', en: 'number of waiting proposals' },
};

/** @throws Problem sunset_too_soon, unknown_reference */
async function deprecated(
  call: Call<StaffCaller, 'decideSchema'>,
  services: Services,
  row: SchemaRow,
  { sunset, successor, reason }: Extract<Body, { act: 'deprecate' }>,
): Promise<Outcome> {
  const { database } = services;
  const least = dayInChina(database.now() + minSunset * 86_400_000);
  if (sunset < least)
    throw new Problem('sunset_too_soon', { days: minSunset, least }, { at: '/body/sunset' });
  if (successor !== undefined) {
    const next = await schemaByUrn(database.app, successor);
    if (next?.state !== 'published' || successor === row.urn)
      throw new Problem('unknown_reference', { kind: 'Schema', name: successor }, { at: '/body/successor' });
  }
  const touches = (await touchedAt(services, [row.urn]))('');
  return moved(
    call,
    row,
    'deprecate',
    { sunset, reason, ...defined({ successor }) },
    {
      sunset,
      touches,
    },
  );
}

/** @throws Problem sunset_ahead, schema_in_use */
async function retired(
  call: Call<StaffCaller, 'decideSchema'>,
  { database }: Services,
  row: SchemaRow,
  reason: string,
): Promise<Outcome> {
  const today = dayInChina(database.now());
  if (row.state === 'deprecated' && row.sunset !== null && today <= row.sunset)
    throw new Problem('sunset_ahead', { what: `Schema ${row.urn}`, sunset: row.sunset });
  const bound = (await listDatasets(database.app)).filter(
    ({ schema, state }) => schema === row.urn && state !== 'retired',
  );
  if (bound.length > 0)
    throw new Problem('schema_in_use', {
      what: `Schema ${row.urn}`,
      count: bound.length,
      first: bound[0]?.id ?? '',
    });
  return moved(call, row, 'retire', { reason });
}

function reported(
  call: Call<StaffCaller, 'decideSchema'>,
  { urn, digest }: SchemaRow,
  body: {
    readonly state: SchemaVersionState | 'discarded';
    readonly author?: string;
    /** the state before; for the entry only */
    readonly from?: SchemaVersionState;
    readonly touches?: components['schemas']['Touched'];
  },
  bumpsEpoch: boolean,
  work: (transaction: Transaction) => Promise<boolean>,
): Outcome {
  const { touches, from, ...change } = body;
  const act = call.body.act;
  return allowed<'decideSchema'>(
    200,
    { schema: urn, ...change, digest, ...defined({ touches }) },
    {
      facts: {
        change: { kind: 'Schema', id: urn, ...change, ...defined({ from }), digest },
      },
      bumpsEpoch,
      work: async (transaction) => {
        if (await work(transaction)) return;
        throw new Problem('transition_not_allowed', { what: `Schema ${urn}`, state: 'moved', act });
      },
    },
  );
}
