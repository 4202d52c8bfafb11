import type { Call, Outcome } from '../../gate/call.ts';
import { newestCosigned } from '../../store/audit/cosignatures.ts';
import type { Services } from '../services.ts';

/** The newest checkpoint that witnesses cosigned, with their signature lines; without a witness the newest one. Public material. */
export async function getCosignedCheckpoint(_call: Call, { database, audit }: Services): Promise<Outcome> {
  const cosigned = await newestCosigned(database.app);
  const note = cosigned === undefined ? audit.checkpoint() : `${cosigned.note}${cosigned.lines.join('')}`;
  return { entry: 'none', status: 200, contentType: 'text/plain; charset=utf-8', body: Buffer.from(note) };
}
