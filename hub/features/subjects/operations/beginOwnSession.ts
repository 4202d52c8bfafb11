import { Problem } from '../../../../terms/problem.ts';
import { setCookie } from '../../../pipeline/callers/cookie.ts';
import { allowed } from '../../../pipeline/call.ts';
import { newOwnSecret, ownIdle, waitingFor } from '../../../identity/sessions/ownSessions.ts';
import { secretHash } from '../../../identity/secrets/secretHash.ts';
import { useOwnCode } from '../store/ownSessions.ts';
import { moment } from '../../common/listing.ts';
import { titledDepartment } from './titledDepartment.ts';
import { operation } from '../../common/operation.ts';

/**
 * POST /v1/own/session: the code that came with the address becomes a session of a secret that nobody knew before: whatever cookie the browser
 * brought is not looked at. @throws Problem own_page_off, own_code_invalid
 */
export const beginOwnSession = operation('beginOwnSession', {
  kind: 'management',
  run: async (call, services) => {
    const { code } = call.body;
    const { citizen } = services.hub;
    if (citizen === undefined) throw new Problem('own_page_off');
    const { now } = call;
    const row = await waitingFor(code, now, services.database.app);
    const { secret, hash } = newOwnSecret();
    const idleUntil = Math.min(now + ownIdle, row.until);
    return {
      ...allowed<'beginOwnSession'>(
        201,
        {
          department: titledDepartment(services.identity, row.department),
          presentedBy: row.presentedBy,
          expires: moment(idleUntil),
        },
        {
          facts: { change: { session: row.id } },
          work: async (transaction) => {
            const used = { id: row.id, code: secretHash(code), hash, idleUntil };
            if (!(await useOwnCode(transaction, used))) throw new Problem('own_code_invalid');
          },
        },
      ),
      headers: setCookie(citizen.cookie, secret),
    };
  },
});
