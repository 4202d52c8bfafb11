import { timeOfUuid7 } from '../../../../machine/uuid7.ts';
import { ofOneHand } from '../../../domain/standIn.ts';
import { verdictOf } from '../../../domain/permissions.ts';
import type { Call } from '../../../pipeline/call.ts';
import type { StaffCaller } from '../../../identity/authentication/caller.ts';
import { listKeyHands, type KeyHandsRow } from '../../../identity/store/keyHands.ts';
import { moment } from '../../common/listing.ts';
import type { Services } from '../../common/services.ts';
import { settles } from '../../signingKeys/operations/keyInQuestion.ts';
import { placeOf } from '../../../identity/staffPlaces.ts';
import { namesBeside } from '../../common/namesBeside.ts';
import { confirmKey } from '../../signingKeys/operations/confirmKey.ts';

/** Nobody but whoever issued its code has looked at it: where both sides' are so, no agreement comes into force. */
const isOfOneHand = ({ issuer, confirmedBy }: KeyHandsRow): boolean =>
  issuer !== null && confirmedBy === null;

/** Somebody's word is waited for; otherwise it is told of. */
const waits = (row: KeyHandsRow): boolean =>
  row.state === 'waiting' || row.objectedBy !== null || isOfOneHand(row);

/** Since it was enrolled, or its department objected. */
const sinceOf = ({ enrolledAt, objectedBy, decidedBy }: KeyHandsRow): number =>
  objectedBy === null || decidedBy === null ? enrolledAt : timeOfUuid7(decidedBy);

/**
 * What keys tell a person: a department's persons each new one of theirs, the data office what waits or was objected to.
 * @returns them with whether she may confirm it
 */
export async function waitingKeys({ caller }: Call<StaffCaller>, { database, identity }: Services) {
  const { grants } = caller;
  const mine = (row: KeyHandsRow): boolean =>
    grants.some(({ department }) => (department === undefined ? waits(row) : department === row.department));
  return (await listKeyHands(database.app)).filter(mine).map((row) => {
    const { keyid, department, state, enrolledAt, objection } = row;
    const others = ![row.issuer, row.objectedBy].some((other) => ofOneHand(caller, other));
    const may = verdictOf(confirmKey.permission, grants, [placeOf(identity, department)]) === 'act';
    const decides = row.objectedBy === null ? may : settles(grants);
    const confirmable = others && decides && (row.objectedBy !== null || row.confirmedBy === null);
    return {
      ...{ keyid, department, state, confirmable, enrolled: moment(enrolledAt) },
      ...(waits(row) ? { since: moment(sinceOf(row)) } : {}),
      ...namesBeside(identity, { issuer: row.issuer, confirmedBy: row.confirmedBy }),
      ...(row.issuer === null ? {} : { issuer: row.issuer }),
      ...(row.confirmedBy === null ? {} : { confirmedBy: row.confirmedBy }),
      ...(objection === null ? {} : { objection }),
    };
  });
}
