/** The identifier that was proven lies sealed in the session of a person's own page, as long as that session. */
import { sealerOf } from '../../../flows/sealer.ts';
import { sealedKeyOf } from '../store/ownSessions.ts';
import type { Services } from '../../common/services.ts';

const contextOf = (session: string): string => `own-session:${session}`;

export const sealedIdentifier = (
  { keys }: Pick<Services, 'keys'>,
  session: string,
  value: string,
): Uint8Array => sealerOf(keys.sealing).seal(Buffer.from(value, 'utf8'), contextOf(session));

/** @returns undefined where the session ended meanwhile */
export async function identifierOf(
  { keys, database }: Pick<Services, 'keys' | 'database'>,
  session: string,
): Promise<string | undefined> {
  const sealed = await sealedKeyOf(database.app, session);
  if (sealed === undefined) return undefined;
  return Buffer.from(sealerOf(keys.sealing).open(sealed, contextOf(session))).toString('utf8');
}
