import { DatongRefusal, staffClient } from '../apply/staffCall.ts';
import { openStaffAccess, type StaffOptions } from '../profile.ts';

/** One POST to the staff listener, with the token that the options name (in the demo: the operator's). @throws DatongRefusal */
export async function callStaff(options: StaffOptions, path: string, body: object): Promise<unknown> {
  const client = staffClient(openStaffAccess(options, 'operator'));
  try {
    const reply = await client.post(path, body);
    if (reply.status >= 400) throw new DatongRefusal(reply);
    return reply.body;
  } finally {
    client.close();
  }
}
