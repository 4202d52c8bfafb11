import type { ActWord } from '../../../../terms/factWords.ts';
import { Problem } from '../../../../terms/problem.ts';
import type { RoleGrant } from '../../../domain/permissions.ts';
import { type Call, allowed } from '../../../pipeline/call.ts';
import type { StaffCaller } from '../../../identity/authentication/caller.ts';
import {
  keyApprovalsOf,
  type KeyApprovalsRow,
  countKeysInDoubt,
  confirmKey as confirmRow,
  objectToKey as objectRow,
  refuseKey as refuseRow,
} from '../../../identity/store/keyApprovals.ts';
import type { Services } from '../../common/services.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import { isSamePerson } from '../../../domain/standIn.ts';
import { guarded, everywhere, own } from '../../../domain/cells.ts';
import { ofKey } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';
import { revokeEnrolment } from '../../../identity/store/certificates.ts';
import { counted } from '../../../../terms/counted.ts';

/** The key that a call names. @throws Problem not_found */
async function keyInQuestion(call: Call<StaffCaller>, { database }: Services): Promise<KeyApprovalsRow> {
  const row = await keyApprovalsOf(database.app, call.params['key'] ?? '');
  if (row === undefined) throw new Problem('not_found');
  return row;
}

/** After an objection, a steward or security officer of the data office decides. */
export const settles = (grants: readonly RoleGrant[]): boolean =>
  grants.some(
    ({ role, department }) => department === undefined && (role === 'steward' || role === 'security'),
  );

const decidedAlready = ({ keyid, state }: KeyApprovalsRow, act: ActWord): Problem =>
  new Problem('transition_not_allowed', { what: `key ${keyid}`, state, act });

/**
 * For readiness: reports department keys that no second person has confirmed, and keys that the department objects to. Both need review.
 */
export async function enrolmentState(reader: Reader): Promise<string> {
  const { waiting, objected } = await countKeysInDoubt(reader);
  if (waiting + objected === 0) return 'ok';
  return `degraded: ${counted(waiting, 'key')} to be confirmed by a second person, ${objected} objected to`;
}

/**
 * Confirms a key: the second person compares the thumbprint with the department. They must not be the person who issued the code. After an
 * objection the data office decides.
 * @throws Problem not_found (or another department's), four_eyes, objection_pends, transition_not_allowed
 */
export const confirmKey = operation('confirmKey', {
  kind: 'management',
  permission: guarded,
  owner: ofKey,
  run: async (call, services) => {
    const named = call.body;
    const row = await keyInQuestion(call, services);
    if (named.department !== row.department) throw new Problem('not_found');
    const by = call.caller.person;
    const { keyid, department } = row;
    if ([row.issuer, row.objectedBy].some((other) => isSamePerson(call.caller, other)))
      throw new Problem('four_eyes');
    if (row.objectedBy !== null && !settles(call.caller.grants))
      throw new Problem('objection_pends', { keyid });
    return allowed<'confirmKey'>(
      200,
      { keyid, department, state: 'active' },
      {
        facts: { change: { keyid, department, state: 'active', objection: row.objectedBy !== null } },
        work: async (transaction) => {
          if (!(await confirmRow(transaction, { keyid, by }, call.exchange)))
            throw decidedAlready(row, 'confirm');
        },
        bumpsEpoch: true,
      },
    );
  },
});

/**
 * A person of the department states that a key is not the department's. The key cannot be confirmed before the data office has decided. A
 * key that is valid already remains valid: the thief of an older key must not be able to block the new one.
 * @throws Problem not_found, transition_not_allowed
 */
export const objectToKey = operation('objectToKey', {
  kind: 'management',
  permission: { 'office steward': everywhere, 'office security': everywhere, steward: own, security: own },
  owner: ofKey,
  run: async (call, services) => {
    const { reason } = call.body;
    const row = await keyInQuestion(call, services);
    const { keyid, department, state } = row;
    return allowed<'objectToKey'>(
      200,
      { keyid, department, state },
      {
        facts: { change: { keyid, department, state, objected: true } },
        work: async (transaction) => {
          const objection = { keyid, by: call.caller.person, reason };
          if (!(await objectRow(transaction, objection, call.exchange))) throw decidedAlready(row, 'object');
        },
      },
    );
  },
});

/** The data office ends a key, with the certificates that were enrolled with it. @throws Problem not_found, transition_not_allowed */
export const refuseKey = operation('refuseKey', {
  kind: 'management',
  // the data office decides about keys with an objection
  permission: { 'office steward': everywhere, 'office security': everywhere },
  owner: ofKey,
  run: async (call, services) => {
    const { reason } = call.body;
    const row = await keyInQuestion(call, services);
    const { keyid, department, enrolment } = row;
    const { now, exchange } = call;
    return allowed<'refuseKey'>(
      200,
      { keyid, department, state: 'refused' },
      {
        facts: { change: { keyid, department, state: 'refused' } },
        work: async (transaction) => {
          if (!(await refuseRow(transaction, { keyid, reason, now }, exchange)))
            throw decidedAlready(row, 'refuse');
          await revokeEnrolment(transaction, { enrolment, reason: 'privilege-withdrawn', at: now, exchange });
        },
        bumpsEpoch: true,
      },
    );
  },
});
