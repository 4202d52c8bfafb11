import { createHash } from 'node:crypto';
import { Problem } from '../../../../terms/problem.ts';
import { insertNotice, noticesOf, type NoticeRow } from '../../consents/store/notices.ts';
import { purposeByCode } from '../../../registry/store/purposes.ts';
import { digestOf, registered } from './registration.ts';
import { everywhere, own } from '../../../domain/cells.ts';
import { anyOf } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';

/**
 * What persons are told before they consent, by its digest. Who receives data from a department says nothing else of its text than that department.
 * @throws Problem unknown_reference, already_registered, notice_purposes_differ
 */
export const registerNotice = operation('registerNotice', {
  kind: 'management',
  permission: { operator: everywhere, 'office steward': own, steward: own },
  owner: (call) => anyOf(call.body.owner),
  run: async (call, { database, registry }) => {
    const notice = call.body;
    for (const purpose of notice.purposes) {
      if ((await purposeByCode(database.app, purpose)) === undefined) {
        throw new Problem('unknown_reference', { kind: 'Purpose', name: purpose }, { at: '/body/purposes' });
      }
    }
    const digest = createHash('sha256').update(notice.text, 'utf8').digest('hex');
    const row: NoticeRow = { ...notice, digest };
    const [known] = await noticesOf(database.app, digest, [row.owner]);
    const providers = registry.current.plans.all.flatMap(({ ref }) =>
      (ref.principal ?? ref.consumer) === row.owner ? [ref.provider] : [],
    );
    const theirs = (await noticesOf(database.app, digest, [...new Set(providers)])).find(
      ({ purposes }) => !isSameSet(purposes, row.purposes),
    );
    // what stands already is no new word
    if (theirs !== undefined && (known === undefined || digestOf({ ...known }) !== digestOf(row)))
      throw new Problem('notice_purposes_differ', { department: theirs.owner }, { at: '/body/purposes' });
    return registered({
      kind: 'Notice',
      id: notice.reference,
      digest: digestOf(row),
      registered: known === undefined ? undefined : digestOf({ ...known }),
      versioned: false,
      work: async (transaction) => {
        if (!(await insertNotice(transaction, row, call.exchange))) {
          throw new Problem('already_registered', { what: `Notice ${notice.reference}` });
        }
      },
      change: { notice: digest },
    });
  },
});

const isSameSet = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((purpose) => other.includes(purpose));
