/**
 * Subjects that a call names without receiving their data. A look-up that is denied or finds no row still records which person a
 * department asked for. Its entry contains a token of the person that a search distinguishes from an answer.
 */
import type { DecisionRequest } from '../../../policies/decision.ts';
import type { Call } from '../../pipeline/call.ts';
import type { Acting } from '../actingDepartment.ts';
import type { LiveDataset } from '../../registry/snapshot.ts';
import { namedBy } from './lookupLimit.ts';
import type { ReleaseServices } from './services.ts';

type Requested = Pick<DecisionRequest, 'dataset' | 'filter' | 'fact' | 'batch'>;

/** Full values of the subject's own identifier that a call names individually. A range between two equal ends also names one. */
function namedIn({ filter, fact, batch }: Requested, field: string): readonly string[] {
  const named: unknown[] = fact === undefined ? [] : [fact.subject];
  if (batch?.by === field) named.push(...batch.values);
  for (const term of filter) if (term.field === field) named.push(...(namedBy(term) ?? []));
  return [...new Set(named.map(String))];
}

/**
 * Tokens of an answered call for the subjects it named but returned nothing about.
 * @param found identifiers of the subjects it returned something about
 */
export function unfound(
  { keys }: Pick<ReleaseServices, 'keys'>,
  { schema: { subject } }: LiveDataset,
  requested: Requested,
  now: number,
  found: ReadonlySet<unknown> = new Set(),
): readonly Uint8Array[] {
  if (subject === undefined) return [];
  return namedIn(requested, subject.field)
    .filter((value) => !found.has(value))
    .map((value) => keys.attemptToken(Buffer.from(keys.subjectHash(subject.kind, value), 'hex'), now));
}

/** The token of a refused call that named one person; none where the department's daily limit of such tokens is reached. */
export const refusedAttempt =
  (services: ReleaseServices, call: Call<Acting>, requested: Requested) => (): readonly Uint8Array[] => {
    const dataset = services.registry.current.datasets.get(requested.dataset);
    const subject = dataset?.schema.subject;
    if (dataset === undefined || subject === undefined) return [];
    if (namedIn(requested, subject.field).length !== 1) return [];
    return unfound(services, dataset, requested, call.now).filter((token) =>
      services.attempts.takes(call.caller.department, token, call.now),
    );
  };
