/**
 * POST /v1/datasets/{dataset}/batch-query: many subjects in one exchange, each named by a full value that the caller holds.
 *
 *   decide → consents of the named subjects, in chunks → fetch their rows in one statement (filter pushed down) → consents of the rows →
 *     mask → an outcome for each value, in their order → one entry
 */
import type { ConsentCode } from '../../../policies/consents/verdict.ts';
import type { Permission } from '../../../policies/decision.ts';
import { rootOf } from '../../../policies/masks/rows/fieldPath.ts';
import { describedObligations } from '../../../policies/obligations/describedObligations.ts';
import { Problem } from '../../../terms/problem.ts';
import { allowed, type Call, type Outcome } from '../../pipeline/call.ts';
import type { DepartmentCaller } from '../../identity/authentication/caller.ts';
import type { LiveDataset } from '../../registry/snapshot.ts';
import type { FetchedRow } from '../rows/store/fetch.ts';
import { agreedRows } from './agreedRows.ts';
import { unfound } from './attempts.ts';
import { releasedDataset, whenAllowed, type AllowedCall } from './allowedCall.ts';
import { consentCheck, consentsOfNamed, type ConsentCheck } from './consents.ts';
import { claimEffects, entryClaim, privateFact } from './entryClaim.ts';
import { counted, type ReleaseLimits } from './quotas.ts';
import { maskPage } from './maskPage.ts';
import { dated, noted, type RowSource } from './rowSource.ts';
import { rowSourceOf } from './rowSourceOf.ts';
import type { ReleaseServices } from './services.ts';
import { underCorrection } from './underCorrection.ts';
import { releaseOperation } from '../operation.ts';

type BatchOutcome =
  | { readonly records: readonly Readonly<Record<string, unknown>>[]; readonly more?: true }
  | { readonly code: 'not_found' | 'consent_missing' };

export const batchQuery = releaseOperation('batchQuery', {
  kind: 'release',
  run: (call, services) => {
    const { by, values, fields } = call.body;
    const requested = { fields, batch: { by, values } };
    const walk = (allowed: AllowedCall): Promise<Outcome> =>
      services.bulk.run(() => release(services, call, allowed));
    return whenAllowed(call, services, requested, walk, { asked: values.length });
  },
});

async function release(
  services: ReleaseServices,
  call: Call<DepartmentCaller, 'batchQuery'>,
  { request, permission, facts, attempt, lookedUp }: AllowedCall,
): Promise<Outcome> {
  const { by, values } = call.body;
  const { now } = call;
  const dataset = releasedDataset(services.registry, permission);
  const check = consentCheck(permission, reportedFields(permission, by, dataset), now);
  const wanted = new Set(values);
  const unagreed = check === undefined ? undefined : await unagreedOf(services, check, dataset, by, wanted);
  const source = rowSourceOf(services, dataset, call);
  const rows = await rowsOf(services.limits, source, permission, by, [
    ...(unagreed === undefined ? wanted : [...wanted].filter((value) => !unagreed.has(value))),
  ]);
  const { agreed, consented } = await agreedRows(services, check, rows, unagreed?.values());
  const taken = takenOf(agreed, by, permission.limits.rowsPerCall);
  const unfoundOnes = values.filter((value) => !taken.has(value) && unagreed?.has(value) !== true).length;
  services.lookupLimit.count(request, lookedUp, unfoundOnes, now);
  const released = [...taken.values()].flatMap((one) => one.rows);
  const masked = maskPage(services, permission, dataset, { rows: released }, now);
  const delivered = masked.records.length;
  const left = new Set<FetchedRow | undefined>(released);
  // a subject whose rows are all cut by the limit gets no answer: their consent is not used
  const decidedOn = consented.decidedOn.filter((_, i) => left.has(agreed[i]));
  const claim = entryClaim(check, { ...consented, decidedOn }, source.given, call);
  const correction = underCorrection(
    services,
    dataset,
    permission,
    () => values.map((value) => (taken.get(value)?.rows ?? []).map(({ subject }) => subject)),
    by === dataset.schema.subject?.field ? values : [],
  );
  const records = recordsBy(taken, masked.records);
  const answer = {
    outcomes: values.map((value): BatchOutcome => {
      if (unagreed?.has(value) === true) return { code: 'consent_missing' };
      return records.get(value) ?? { code: 'not_found' };
    }),
    withheld: permission.withheld,
    rows: { delivered },
    ...(permission.obligations.length === 0
      ? {}
      : { obligations: describedObligations(permission.obligations, now) }),
    ...correction.answer,
    ...dated(source),
  };
  const outcome = allowed<'batchQuery'>(200, answer, {
    facts: {
      schema: dataset.schema.urn,
      rows: { delivered, withheld: 0 },
      ...facts,
      ...noted(correction.facts, source),
      ...privateFact(claim),
    },
    subjects: [
      ...released.flatMap(({ subject }) =>
        subject === undefined ? [] : [services.keys.logToken(subject, now)],
      ),
      ...unfound(services, dataset, request, now, new Set([...taken.keys()].map(String))),
    ],
    attempt,
    ...claimEffects(claim),
  });
  return counted(outcome, permission, now, { calls: values.length, rows: delivered });
}

/** A caller that queries by a field other than the subject's own identifier learns that field's value from each returned row. */
function reportedFields({ fields }: Permission, by: string, { schema }: LiveDataset): readonly string[] {
  const reported = fields.map(({ field }) => rootOf(field));
  return by === schema.subject?.field ? reported : [...reported, by];
}

/** The named subjects without a valid consent, whether or not they are in the dataset. */
async function unagreedOf(
  services: ReleaseServices,
  check: ConsentCheck,
  { schema }: LiveDataset,
  by: string,
  values: ReadonlySet<string | number | boolean>,
): Promise<ReadonlyMap<string | number | boolean, ConsentCode>> {
  if (schema.subject === undefined || by !== schema.subject.field) return new Map();
  return consentsOfNamed(services, check, schema.subject.kind, values);
}

/** @throws Problem lookups_too_many_rows */
async function rowsOf(
  { batchRows }: ReleaseLimits,
  source: RowSource,
  permission: Permission,
  by: string,
  values: readonly (string | number | boolean)[],
): Promise<readonly FetchedRow[]> {
  if (values.length === 0) return [];
  // the key is read too, to assign rows to values; masks receive only the granted fields
  const storedFields = [...new Set([...permission.storedFields, by])];
  const query = { filter: [{ field: by, op: 'in' as const, value: values }], limit: batchRows };
  const page = await source.page(query, { ...permission, storedFields });
  if (page.nextCursor !== undefined) throw new Problem('lookups_too_many_rows', { most: batchRows });
  return page.rows;
}

interface Taken {
  readonly rows: FetchedRow[];
  more: boolean;
}

/** The rows of each value, limited to the number that the agreement grants for each. */
function takenOf(rows: readonly FetchedRow[], by: string, maxRows: number): ReadonlyMap<unknown, Taken> {
  const taken = new Map<unknown, Taken>();
  for (const row of rows) {
    const value = row.record[by];
    const one = taken.get(value) ?? { rows: [], more: false };
    taken.set(value, one);
    if (one.rows.length < maxRows) one.rows.push(row);
    else one.more = true;
  }
  return taken;
}

/** Masked records in the order of their source rows, grouped by value. */
function recordsBy(
  taken: ReadonlyMap<unknown, Taken>,
  records: readonly Readonly<Record<string, unknown>>[],
): ReadonlyMap<unknown, BatchOutcome> {
  let at = 0;
  return new Map(
    [...taken].map(([value, { rows, more }]): [unknown, BatchOutcome] => {
      const mine = records.slice(at, (at += rows.length));
      return [value, more ? { records: mine, more: true } : { records: mine }];
    }),
  );
}
