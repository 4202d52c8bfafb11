import { createHash } from 'node:crypto';
import type { components } from '../../../../api/openapi.ts';
import { Problem } from '../../../../terms/problem.ts';
import { holdsIdentityNumber } from '../../../domain/holdsIdentityNumber.ts';
import {
  legalHoldById,
  putLegalHold,
  type LegalHoldRow,
  liftLegalHold,
  pageHolds,
} from '../../../log/store/legalHolds.ts';
import { listPolicyDocumentsInForce } from '../../../registry/store/policy/policyDocuments.ts';
import { digestOf, registered } from '../../registry/operations/registration.ts';
import type { Services } from '../../common/services.ts';
import { hashOf } from './sealedSubjects.ts';
import { own, overseen } from '../../../domain/cells.ts';
import { ofOffice } from '../../../pipeline/ownership.ts';
import { proposable } from '../../proposals/operations/proposable.ts';
import { listedInOrder, moment, names, oneMore, orderedPage } from '../../common/listing.ts';
import { namesOfIds } from '../../common/namesOfIds.ts';
import { operation } from '../../common/operation.ts';

/** Maximum years of a hold before it must be reviewed; a later end is requested like a new hold. */
const maxYears = 10;

type Requested = components['schemas']['LegalHoldAsked'];
type StoredThing = Exclude<Requested['on'], { subject: unknown }> | { readonly subjectHash: string };

/** The hold that waits for the second person; it is already effective. It identifies a person only by a keyed hash. */
export type StoredHold = Omit<Requested, 'on'> & { readonly on: StoredThing };

/** The dataset under hold; undefined for any other target. */
export const datasetOf = ({ on }: StoredHold): string | undefined =>
  'dataset' in on ? on.dataset : undefined;

/** The request in the form that may be stored. @throws Problem unknown_reference */
const storedHold = (
  { on, ...others }: Requested,
  services: Pick<Services, 'registry' | 'keys'>,
): StoredHold => ({
  ...others,
  on: 'subject' in on ? { subjectHash: Buffer.from(hashOf(on.subject, services)).toString('hex') } : on,
});

/**
 * Places a legal hold: no job and no decision destroys its target before its end. A second person accepts it, but it is effective as soon
 * as it is requested. The same request with a later end prolongs it.
 * @throws Problem hold_invalid, unknown_reference, already_registered
 */
export const placeHold = proposable('placeHold', {
  permission: { 'office security': own, 'office auditor': own },
  owner: ofOffice,
  secondPerson: true,
  bodyToStore: (call, services) => storedHold(call.body, services),
  run: async (call, services, actingPersons) => {
    const body = call.body;
    const retained: StoredHold =
      'subject' in body.on ? storedHold(body as Requested, services) : (body as StoredHold);
    const { on, reason, case: caseNumber, until } = retained;
    // the log stores it permanently
    if (holdsIdentityNumber(caseNumber))
      throw invalid('案件编号中有身份证件号码', 'its case holds an identity number');
    const end = Date.parse(until);
    const farthest = new Date(call.now);
    farthest.setUTCFullYear(farthest.getUTCFullYear() + maxYears);
    if (!(end > call.now && end <= farthest.getTime()))
      throw invalid(`截止时间应在今后 ${maxYears} 年以内`, `its end lies within ${maxYears} years from now`);
    await refuseUnknown(on, services);
    const { kind, target } = targetOf(retained);
    const id = `hold-${createHash('sha256').update(`${kind}:${target}:${caseNumber}`).digest('hex').slice(0, 16)}`;
    const digest = digestOf({ on, reason, case: caseNumber, until });
    const known = await legalHoldById(services.database.app, id);
    const isInForce = known !== undefined && known.liftedBy === null && known.until > call.now;
    return registered({
      kind: 'LegalHold',
      id,
      digest,
      registered: isInForce && !(end > known.until) ? known.digest : undefined,
      versioned: false,
      work: (transaction) =>
        putLegalHold(
          transaction,
          { id, kind, target, reason, caseNumber, until: end, digest, ...actingPersons },
          call.exchange,
        ),
      // the log stores no hash of a person
      change: { on: kind === 'subject' ? kind : `${kind} ${target}`, reason, case: caseNumber, until },
    });
  },
});

/** What a hold is on, as it is stored. */
export function targetOf({ on }: Pick<StoredHold, 'on'>): Pick<LegalHoldRow, 'kind' | 'target'> {
  if ('subjectHash' in on) return { kind: 'subject', target: on.subjectHash };
  if ('entries' in on) return { kind: 'entries', target: `${on.entries.first}-${on.entries.last}` };
  return 'dataset' in on
    ? { kind: 'dataset', target: on.dataset }
    : { kind: 'agreement', target: on.agreement };
}

/** @throws Problem hold_invalid, unknown_reference */
async function refuseUnknown(on: StoredThing, { database, registry }: Services): Promise<void> {
  if ('entries' in on && on.entries.first > on.entries.last)
    throw invalid('首条大于末条', 'its first entry comes after its last');
  if ('dataset' in on && !registry.current.datasets.has(on.dataset))
    throw new Problem('unknown_reference', { kind: 'Dataset', name: on.dataset });
  if (!('agreement' in on)) return;
  const documents = await listPolicyDocumentsInForce(database.app);
  if (!documents.some(({ id }) => id === on.agreement))
    throw new Problem('unknown_reference', { kind: 'Agreement', name: on.agreement });
}

const invalid = (zh: string, en: string): Problem => new Problem('hold_invalid', { reason: { zh, en } });

/**
 * Ends a legal hold before its day. Afterwards, the next run of the job destroys what is due.
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

/** GET /v1/legal-holds: returns what is under hold, why, and until when. @throws Problem cursor_invalid */
export const listHolds = operation('listHolds', {
  kind: 'inspect',
  permission: overseen,
  owner: ofOffice,
  run: async (call, { database, identity }) => {
    const page = orderedPage(call.query, names.hold);
    const { kind, case: caseNumber } = call.query;
    const found = await pageHolds(database.app, { now: call.now, kind, caseNumber }, oneMore(page));
    return listedInOrder(
      call,
      'holds',
      page,
      found,
      ({ id }) => id,
      (row) => ({
        id: row.id,
        on: thingOf(row),
        reason: row.reason,
        case: row.caseNumber,
        until: moment(row.until),
        author: row.author,
        approver: row.approver,
        ...namesOfIds(identity, { author: row.author, approver: row.approver }),
      }),
    );
  },
});

/** The subject of a hold is not shown: the row contains only a hash. */
function thingOf({ kind, target }: LegalHoldRow) {
  if (kind === 'subject') return { subject: true as const };
  if (kind === 'dataset') return { dataset: target };
  if (kind === 'agreement') return { agreement: target };
  const [first = 0, last = 0] = target.split('-').map(Number);
  return { entries: { first, last } };
}
