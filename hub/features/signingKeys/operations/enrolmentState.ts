import type { Reader } from '../../../platform/database/reader.ts';
import { countKeysInDoubt } from '../../../identity/store/keyHands.ts';

/** For readiness: a department's key that nobody else has confirmed, or that it objects to, wants somebody's eyes. */
export async function enrolmentState(reader: Reader): Promise<string> {
  const { waiting, objected } = await countKeysInDoubt(reader);
  if (waiting + objected === 0) return 'ok';
  return `degraded: ${waiting} keys wait for a second person, ${objected} are objected to`;
}
