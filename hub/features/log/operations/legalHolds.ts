import { createHash } from 'node:crypto';
import type { components } from '../../../../api/openapi.ts';
import { Problem } from '../../../../terms/problem.ts';
import { holdsIdentityNumber } from '../../../domain/identityNumberIn.ts';
import {
  legalHoldById,
  putLegalHold,
  type LegalHoldRow,
  liftLegalHold,
  standingHolds,
} from '../../../log/store/legalHolds.ts';
import { listStandingPolicyDocuments } from '../../../registry/store/policy/policyDocuments.ts';
import { digestOf, registered } from '../../registry/operations/registration.ts';
import type { Services } from '../../common/services.ts';
import { hashOf } from './sealedSubjects.ts';
import { own, overseen } from '../../../domain/cells.ts';
import { ofOffice } from '../../../pipeline/ownership.ts';
import { proposable } from '../../proposals/operations/proposable.ts';
import { listed, moment, names, oneMore, requestedPage } from '../../common/listing.ts';
import { namesOfIds } from '../../common/namesOfIds.ts';
import { operation } from '../../common/operation.ts';

/** Years a hold may last before somebody looks at it again; a later end is placed like a new one. */
const maxYears = 10;

type Requested = components['schemas']['LegalHoldAsked'];
type StoredThing = Exclude<Requested['on'], { subject: unknown }> | { readonly subjectHash: string };

/** What waits for the second person, and holds meanwhile: a person stands in it as a keyed hash alone. */
export type StoredHold = Omit<Requested, 'on'> & { readonly on: StoredThing };

/** The dataset that it is on, undefined for anything else. */
export const datasetOf = ({ on }: StoredHold): string | undefined =>
  'dataset' in on ? on.dataset : undefined;

/** What was asked for, as it may be kept. @throws Problem unknown_reference */
const storedHold = (
  { on, ...others }: Requested,
  services: Pick<Services, 'registry' | 'keys'>,
): StoredHold => ({
  ...others,
  on: 'subject' in on ? { subjectHash: Buffer.from(hashOf(on.subject, services)).toString('hex') } : on,
});

/**
 * A legal hold: what it is on is not destroyed before its end, by no job and no decision. A second person accepts it; asked for, it holds
 * already. The same with a later end prolongs it.
 * @throws Problem hold_invalid, unknown_reference, already_registered
 */
export const placeHold = proposable('placeHold', {
  permission: { 'office security': own, 'office auditor': own },
  owner: ofOffice,
  secondPerson: true,
  stored: (call, services) => storedHold(call.body, services),
  run: async (call, services, actingPersons) => {
    const body = call.body;
    const retained: StoredHold =
      'subject' in body.on ? storedHold(body as Requested, services) : (body as StoredHold);
    const { on, reason, case: caseNumber, until } = retained;
    // the log keeps it for ever
    if (holdsIdentityNumber(caseNumber))
      throw invalid('案件编号中有身份证件号码', 'its case holds an identity number');
    const end = Date.parse(until);
    const farthest = new Date(call.now);
    farthest.setUTCFullYear(farthest.getUTCFullYear() + maxYears);
    if (!(end > call.now && end <= farthest.getTime()))
      throw invalid(`截止时间应在今后 ${maxYears} 年以内`, `its end lies within ${maxYears} years from now`);
    const { kind, target } = await targetOf(on, services);
    const id = `hold-${createHash('sha256').update(`${kind}:${target}:${caseNumber}`).digest('hex').slice(0, 16)}`;
    const digest = digestOf({ on, reason, case: caseNumber, until });
    const known = await legalHoldById(services.database.app, id);
    const stands = known !== undefined && known.liftedBy === null && known.until > call.now;
    return registered({
      kind: 'LegalHold',
      id,
      digest,
      registered: stands && !(end > known.until) ? known.digest : undefined,
      versioned: false,
      work: (transaction) =>
        putLegalHold(
          transaction,
          { id, kind, target, reason, caseNumber, until: end, digest, ...actingPersons },
          call.exchange,
        ),
      // the log keeps no hash of a person
      change: { on: kind === 'subject' ? kind : `${kind} ${target}`, reason, case: caseNumber, until },
    });
  },
});

/** @throws Problem hold_invalid, unknown_reference */
async function targetOf(
  on: StoredThing,
  { database, registry }: Services,
): Promise<Pick<LegalHoldRow, 'kind' | 'target'>> {
  if ('subjectHash' in on) return { kind: 'subject', target: on.subjectHash };
  if ('entries' in on) {
    const { first, last } = on.entries;
    if (first > last) throw invalid('首条大于末条', 'its first entry comes after its last');
    return { kind: 'entries', target: `${first}-${last}` };
  }
  if ('dataset' in on) {
    if (!registry.current.datasets.has(on.dataset))
      throw new Problem('unknown_reference', { kind: 'Dataset', name: on.dataset });
    return { kind: 'dataset', target: on.dataset };
  }
  const documents = await listStandingPolicyDocuments(database.app);
  if (!documents.some(({ id }) => id === on.agreement))
    throw new Problem('unknown_reference', { kind: 'Agreement', name: on.agreement });
  return { kind: 'agreement', target: on.agreement };
}

const invalid = (zh: string, en: string): Problem => new Problem('hold_invalid', { reason: { zh, en } });

/**
 * Ends a legal hold before its day; from then on what is due goes with the next run of its job.
 * @throws Problem not_found, transition_not_allowed
 */
export const liftHold = proposable('liftHold', {
  permission: { 'office security': own, 'office auditor': own },
  owner: ofOffice,
  secondPerson: true,
  run: async (call, { database }, actingPersons) => {
    const { reason } = call.body;
    const id = call.params.hold;
    const known = await legalHoldById(database.app, id);
    if (known === undefined) throw new Problem('not_found');
    const ended = new Problem('transition_not_allowed', {
      what: `LegalHold ${id}`,
      state: 'ended',
      act: 'end',
    });
    if (known.liftedBy !== null || known.until <= call.now) throw ended;
    return registered({
      kind: 'LegalHold',
      id,
      digest: digestOf({ lifted: known.digest, reason }),
      registered: undefined,
      versioned: false,
      work: async (transaction) => {
        if (
          !(await liftLegalHold(transaction, {
            id,
            by: actingPersons.approver ?? actingPersons.author,
            reason,
          }))
        )
          throw ended;
      },
      change: { ended: true, reason },
    });
  },
});

/** GET /v1/legal-holds: what is held, why, and until when. @throws Problem cursor_invalid */
export const listHolds = operation('listHolds', {
  kind: 'inspect',
  permission: overseen,
  owner: ofOffice,
  run: async (call, { database, identity }) => {
    const page = requestedPage(call.query, names.hold);
    const [until, id] = (page.after ?? '').split('~');
    const { kind, case: caseNumber } = call.query;
    const after = id === undefined ? {} : { after: { until: Number(until), id } };
    const rows = await standingHolds(
      database.app,
      { now: call.now, kind, caseNumber, ...after },
      oneMore(page).most,
    );
    return listed(
      call,
      'holds',
      page,
      rows,
      (row) => `${row.until}~${row.id}`,
      (row) => ({
        ...{ id: row.id, on: thingOf(row), reason: row.reason, case: row.caseNumber },
        ...{ until: moment(row.until), author: row.author, approver: row.approver },
        ...namesOfIds(identity, { author: row.author, approver: row.approver }),
      }),
    );
  },
});

/** Whom a hold is on is not said: the row has but a hash. */
function thingOf({ kind, target }: LegalHoldRow) {
  if (kind === 'subject') return { subject: true as const };
  if (kind === 'dataset') return { dataset: target };
  if (kind === 'agreement') return { agreement: target };
  const [first = 0, last = 0] = target.split('-').map(Number);
  return { entries: { first, last } };
}
