/**
 * POST /v1/datasets/{dataset}/stream: all rows an agreement grants, as NDJSON, part by part through the release flow.
 *
 *   decide → entry (open) → head → for each part: decide again → fetch → consents → mask → entry → its bytes → … → entry (end) → signed end
 */
import { Problem } from '../../../terms/problem.ts';
import { type Call, type Outcome } from '../../pipeline/call.ts';
import type { DepartmentCaller } from '../../identity/authentication/caller.ts';
import { openStream } from './store/streams.ts';
import { hostedReleased, whenAllowed, type AllowedCall } from './allowedCall.ts';
import { consentCheck, consentOfNamed } from './consents.ts';
import type { Query } from './rowSource.ts';
import { quotaCounter, quotasOf } from './quotas.ts';
import type { ReleaseServices } from './services.ts';
import { disclosedFields, type StreamRequest } from './streamPart.ts';
import { copyOf } from './changes/copyParts.ts';
import type { Transaction } from '../../platform/database/transaction.ts';
import type { LeafFacts } from '../../log/entry.ts';
import { rowParts, streamedParts, type PartSource } from './streamedParts.ts';
import { streamPlaces } from './streamPlaces.ts';
import { releaseOperation } from '../operation.ts';

/** `StreamQuestion` of openapi.yaml, already validated. */
type StreamQuestion = Pick<Query, 'fields' | 'filter'>;

export const streamRecords = releaseOperation('streamRecords', {
  kind: 'release',
  run: (call, services) => {
    const { after, changes, ...query } = call.body;
    if (changes === true) {
      if (query.filter !== undefined) throw new Problem('changes_not_filtered', {}, { at: '/body/filter' });
      return whenAllowed(call, services, { ...query, changes: true }, (allowed) =>
        openCopy(services, call, { ...query, after }, allowed),
      );
    }
    return whenAllowed(call, services, { ...query, stream: true }, (allowed) =>
      openRows(services, call, { query, after }, allowed),
    );
  },
});

/** Streams the rows in their state when the stream reaches them. */
async function openRows(
  services: ReleaseServices,
  call: Call<DepartmentCaller>,
  { query, after }: { readonly query: StreamQuestion; readonly after: string | undefined },
  allowed: AllowedCall,
): Promise<Outcome> {
  const { caller, now } = call;
  const { request, permission: first } = allowed;
  const dataset = hostedReleased(services.registry, first);
  const check = consentCheck(first, disclosedFields(first, query, dataset), now);
  if (check !== undefined) await consentOfNamed(services, check, first, dataset);
  const places = streamPlaces(services, { first, query, dataset, consumer: caller.department });
  const resumed = after === undefined ? {} : { resumed: places.open(after) };
  return opened(services, call, allowed, {
    parts: (requested) => rowParts({ ...requested, query, places, ...resumed }),
    asked: { request, query },
  });
}

/** Streams the first copy of a feed of changes. */
async function openCopy(
  services: ReleaseServices,
  call: Call<DepartmentCaller>,
  { fields, after }: { readonly fields?: readonly string[]; readonly after: string | undefined },
  allowed: AllowedCall,
): Promise<Outcome> {
  const { exchange, caller, now } = call;
  const { request, permission: first } = allowed;
  const copy = await copyOf(services, {
    request,
    first,
    fields,
    after,
    exchange,
    now,
    department: caller.department,
  });
  return opened(services, call, allowed, {
    parts: () => copy.parts,
    asked: { request, query: {} },
    work: copy.open,
    facts: { change: { gone: 0, more: true } },
  });
}

interface Opening {
  readonly parts: (requested: StreamRequest) => (services: ReleaseServices, exchange: string) => PartSource;
  readonly asked: Pick<StreamRequest, 'request' | 'query'>;
  /** runs with the opening entry */
  readonly work?: (transaction: Transaction) => Promise<void>;
  readonly facts?: Pick<LeafFacts, 'change'>;
}

function opened(
  services: ReleaseServices,
  { exchange, caller, now }: Call<DepartmentCaller>,
  { permission: first, facts }: AllowedCall,
  { parts, asked: requested, work, facts: more }: Opening,
): Outcome {
  const { consumer, provider, dataset: id, agreement } = facts;
  const { department } = caller;
  const { schema } = hostedReleased(services.registry, first);
  const reported = { ...facts, schema: schema.urn, rows: { delivered: 0, withheld: 0 } };
  const quotas = quotasOf(first, now, { calls: 1 });
  return {
    entry: 'allow',
    status: 200,
    contentType: 'application/x-ndjson',
    body: new Uint8Array(0),
    facts: { ...reported, ...more, stream: { id: exchange, state: 'open' } },
    ...(quotas.length === 0 ? {} : { claims: { quotas } }),
    work: async (transaction) => {
      const mine = { consumer, provider, dataset: id, agreement };
      const { leaseSeconds, maxOfDepartment } = services.streams.limits;
      const row = { id: exchange, kind: 'stream', department, facts: mine, leaseSeconds } as const;
      const together = { counter: quotaCounter(first.plan), max: first.limits.streamsAtOnce };
      const reached = await openStream(transaction, row, { maxOfDepartment, together });
      if (reached !== undefined)
        throw new Problem('streams_too_many', { most: reached }, { headers: { 'retry-after': '5' } });
      await work?.(transaction);
    },
    stream: (passage) => {
      const stream: StreamRequest = { ...requested, first, department, facts: reported };
      return streamedParts(services, passage, stream, parts(stream));
    },
  };
}
