import type { components } from '../../../api/openapi.ts';
import { exportPack as makePack, type PackRequest } from '../../audit/evidence/exportPack.ts';
import type { StaffCaller } from '../../identity/authentication/caller.ts';
import { allowed, type Call, type Outcome } from '../../gate/call.ts';
import type { Services } from '../services.ts';

/** Evidence that verifies without the hub. Who took which entries out is an entry of its own. */
export async function exportPack(call: Call<StaffCaller>, services: Services): Promise<Outcome> {
  const { exchanges, from, to, history } = call.body as components['schemas']['PackRequest'];
  const request: PackRequest = {
    ...(exchanges === undefined ? {} : { exchanges }),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    ...(history === undefined ? {} : { history }),
  };
  const pack = await makePack(services, request);
  const [first, last] = [pack.entries[0], pack.entries.at(-1)];
  return allowed(200, pack, {
    facts: {
      change: {
        entries: pack.entries.length,
        ...(first === undefined || last === undefined ? {} : { first: first.index, last: last.index }),
      },
    },
  });
}
