import { createHash } from 'node:crypto';
import type { components } from '../../../api/openapi.ts';
import { Problem } from '../../../terms/problem.ts';
import type { Call, Outcome } from '../../gate/call.ts';
import type { StaffCaller } from '../../identity/authentication/caller.ts';
import { insertNotice, noticesOf, type NoticeRow } from '../../store/consents/notices.ts';
import { purposeByCode } from '../../store/registry/purposes.ts';
import type { Services } from '../services.ts';
import { digestOf, registered } from './registration.ts';

/**
 * What persons are told before they consent, by its digest. Who receives data from a department says nothing else of its text than that department.
 * @throws Problem unknown_reference, already_registered, notice_purposes_differ
 */
export async function registerNotice(
  call: Call<StaffCaller>,
  { database, registry }: Services,
): Promise<Outcome> {
  const notice = call.body as components['schemas']['Notice'];
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
}

const isSameSet = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((purpose) => other.includes(purpose));
