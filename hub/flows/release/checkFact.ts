/**
 * POST /v1/datasets/{dataset}/facts/{fact}: one question about one subject (核验), answered with yes, no or unknown.
 *
 *   decide → consent of the subject → fetch its rows (filter pushed down) → consents of the rows → answer → entry
 *
 * Reply and entry have the same length and members for every answer, and whether or not the subject is in the dataset. Neither the size of
 * a reply on the wire nor a receipt discloses more than the reply itself.
 */
import type { FactQuestion, Permission } from '../../../policies/decision.ts';
import { factAnswer, type FactAnswer } from '../../../policies/factAnswer.ts';
import { describedObligations } from '../../../policies/obligations/describedObligations.ts';
import { allowed, type AllowedOutcome, type Call } from '../../pipeline/call.ts';
import type { DepartmentCaller } from '../../identity/authentication/caller.ts';
import type { LiveDataset } from '../../registry/snapshot.ts';
import type { FetchedRow } from '../rows/store/fetch.ts';
import { agreedRows } from './agreedRows.ts';
import { releasedDataset, whenAllowed, type AllowedCall } from './allowedCall.ts';
import { consentCheck, consentOfNamed } from './consents.ts';
import { claimEffects, entryClaim, privateFact } from './entryClaim.ts';
import { quotasOfFact } from './quotas.ts';
import { dated, noted, type RowSource } from './rowSource.ts';
import { rowSourceOf } from './rowSourceOf.ts';
import type { ReleaseServices } from './services.ts';
import { underCorrection } from './underCorrection.ts';
import { releaseOperation } from '../operation.ts';

/** Rows of one subject that are examined; if there are more, only yes is certain. */
const maxRows = 1_000;

export const checkFact = releaseOperation('checkFact', {
  kind: 'release',
  run: (call, services) => {
    const { subject, on, value } = call.body as Omit<FactQuestion, 'id'>;
    const fact: FactQuestion = {
      id: call.params.fact,
      subject,
      ...(on === undefined ? {} : { on }),
      ...(value === undefined ? {} : { value }),
    };
    return whenAllowed(call, services, { fact }, (allowed) => answer(services, call, allowed));
  },
});

async function answer(
  services: ReleaseServices,
  call: Call<DepartmentCaller>,
  { request, permission, facts, attempt, lookedUp }: AllowedCall,
): Promise<AllowedOutcome> {
  const { fact } = permission;
  if (fact === undefined) throw new TypeError('a fact was asked and not decided');
  const { keys, registry } = services;
  const { now } = call;
  // no limit may disclose whether the subject is in the dataset
  services.lookupLimit.count(request, lookedUp, 0, now);
  const dataset = releasedDataset(registry, permission);
  const check = consentCheck(
    permission,
    fact.all.map(({ field }) => field),
    now,
  );
  if (check !== undefined) await consentOfNamed(services, check, permission, dataset);
  const source = rowSourceOf(services, dataset, call);
  const rows = await rowsOfSubject(source, permission);
  const { agreed, consented } = await agreedRows(services, check, rows);
  // withdrawn or used up between the two reads: the answer is the one of the first read
  if (check !== undefined && agreed.length === 0) await consentOfNamed(services, check, permission, dataset);
  const claim = entryClaim(check, consented, source.given, call);
  const found = factAnswer(
    fact,
    agreed.map(({ record }) => record),
    now,
  );
  const reported = rows.length === maxRows && found === 'no' ? 'unknown' : found;
  const requested = subjectOf(services, permission, dataset);
  const token = keys.logToken(requested, now);
  const about = reported === 'unknown' ? [] : [[requested]];
  const correction = underCorrection(services, dataset, permission, () => about, [
    lookupOf(permission).value,
  ]);
  return allowed<'checkFact'>(
    200,
    {
      answer: reported,
      ...(permission.obligations.length === 0
        ? {}
        : { obligations: describedObligations(permission.obligations, now) }),
      ...correction.answer,
      ...dated(source),
    },
    {
      facts: {
        schema: dataset.schema.urn,
        ...facts,
        ...noted(correction.facts, source),
        ...privateFact(claim),
      },
      claims: quotasOfFact(permission.plan, fact, token, now),
      // the subject is recorded whether or not a row was found
      subjects: [token],
      attempt,
      ...claimEffects(claim),
    },
    maxAnswerLength - reported.length,
  );
}

const answers: readonly FactAnswer[] = ['yes', 'no', 'unknown'];
const maxAnswerLength = Math.max(...answers.map(({ length }) => length));

async function rowsOfSubject(source: RowSource, permission: Permission): Promise<readonly FetchedRow[]> {
  const { field, value } = lookupOf(permission);
  const query = { filter: [{ field, op: 'eq' as const, value }], limit: maxRows };
  return (await source.page(query, permission)).rows;
}

/** Keyed hash of the subject, computed as intake computes it for a row. */
function subjectOf({ keys }: ReleaseServices, permission: Permission, { schema }: LiveDataset): Uint8Array {
  const kind = schema.subject?.kind ?? '';
  return Buffer.from(keys.subjectHash(kind, String(lookupOf(permission).value)), 'hex');
}

function lookupOf({ lookup }: Permission): NonNullable<Permission['lookup']> {
  if (lookup === undefined) throw new TypeError('a fact is asked of one subject');
  return lookup;
}
