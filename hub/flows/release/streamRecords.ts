/**
 * POST /v1/datasets/{dataset}/stream: all rows an agreement gives, as NDJSON, part by part through the release walk.
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
import { fieldsTold } from './streamPart.ts';
import { streamedParts } from './streamedParts.ts';
import { streamPlaces } from './streamPlaces.ts';
import { releaseOperation } from '../operation.ts';

/** `StreamQuestion` of openapi.yaml; it has been validated. */
type StreamQuestion = Pick<Query, 'fields' | 'filter'>;

export const streamRecords = releaseOperation('streamRecords', {
  kind: 'release',
  run: (call, services) => {
    const { after, ...query } = call.body;
    return whenAllowed(call, services, { ...query, stream: true }, (allowed) =>
      open(services, call, query, after, allowed),
    );
  },
});

async function open(
  services: ReleaseServices,
  { exchange, caller, now }: Call<DepartmentCaller>,
  query: StreamQuestion,
  after: string | undefined,
  { request, permission: first, facts }: AllowedCall,
): Promise<Outcome> {
  const { limits } = services.streams;
  const dataset = hostedReleased(services.registry, first);
  const check = consentCheck(first, fieldsTold(first, query, dataset), now);
  if (check !== undefined) await consentOfNamed(services, check, first, dataset);
  const places = streamPlaces(services, { first, query, dataset, consumer: caller.department });
  const resumed = after === undefined ? undefined : places.open(after);
  const { consumer, provider, dataset: id, agreement } = facts;
  const opened = {
    ...facts,
    schema: dataset.schema.urn,
    rows: { delivered: 0, withheld: 0 },
  };
  const quotas = quotasOf(first, now, { calls: 1 });
  return {
    entry: 'allow',
    status: 200,
    contentType: 'application/x-ndjson',
    body: new Uint8Array(0),
    facts: { ...opened, stream: { id: exchange, state: 'open' } },
    ...(quotas.length === 0 ? {} : { claims: { quotas } }),
    work: async (transaction) => {
      const mine = { consumer, provider, dataset: id, agreement };
      const { department } = caller;
      const { leaseSeconds, ofDepartment } = limits;
      const row = { id: exchange, kind: 'stream', department, facts: mine, leaseSeconds } as const;
      const together = { counter: quotaCounter(first.plan), most: first.limits.streamsAtOnce };
      const most = await openStream(transaction, row, { ofDepartment, together });
      if (most !== undefined)
        throw new Problem('streams_too_many', { most }, { headers: { 'retry-after': '5' } });
    },
    stream: (passage) =>
      streamedParts(services, passage, {
        ...{ request, query, first },
        department: caller.department,
        facts: opened,
        places,
        ...(resumed === undefined ? {} : { resumed }),
      }),
  };
}
