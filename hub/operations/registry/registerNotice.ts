import { createHash } from 'node:crypto';
import type { components } from '../../../api/openapi.ts';
import { Problem } from '../../../terms/problem.ts';
import type { Call, Outcome } from '../../gate/call.ts';
import type { StaffCaller } from '../../identity/authentication/caller.ts';
import { insertNotice, noticesOf, type NoticeRow } from '../../store/consents/notices.ts';
import { purposeByCode } from '../../store/registry/purposes.ts';
import type { Services } from '../services.ts';
import { digestOf, registered } from './registration.ts';

/** What persons are told before they consent, by its digest. @throws Problem unknown_reference, already_registered */
export async function registerNotice(call: Call<StaffCaller>, { database }: Services): Promise<Outcome> {
  const notice = call.body as components['schemas']['Notice'];
  for (const purpose of notice.purposes) {
    if ((await purposeByCode(database.app, purpose)) === undefined) {
      throw new Problem('unknown_reference', { kind: 'Purpose', name: purpose }, { at: '/body/purposes' });
    }
  }
  const digest = createHash('sha256').update(notice.text, 'utf8').digest('hex');
  const row: NoticeRow = { ...notice, digest };
  const [known] = await noticesOf(database.app, digest, [row.owner]);
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
