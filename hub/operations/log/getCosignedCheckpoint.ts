import type { Call, Outcome } from '../../gate/call.ts';
import type { Services } from '../services.ts';
import { cosignedNote } from './cosignedNote.ts';

/** The newest checkpoint that witnesses cosigned; without a witness the newest one. Public material. */
export async function getCosignedCheckpoint(_call: Call, services: Services): Promise<Outcome> {
  const body = Buffer.from(await cosignedNote(services));
  return { entry: 'none', status: 200, contentType: 'text/plain; charset=utf-8', body };
}
