import { X509Certificate } from 'node:crypto';
import { Connection } from '../../sdk/connection.ts';
import { yearOfRoot } from '../../sdk/rootKeeper.ts';
import { presentedChain } from '../enrol/pinnedRoot.ts';
import type { StaffAccess } from '../profile.ts';
import { defined } from '../../../terms/defined.ts';

/** Calls of a member of staff. */
export type StaffConnection = Pick<Connection, 'send' | 'close'>;

/**
 * A connection to the staff listener. In the last year of the root's certificate, and after its end, the certificate of the listener is
 * checked before the first call. Only a further certificate that the trusted key signed for itself replaces the old one.
 */
export function staffConnection({ ca, origin, keepRoot }: StaffAccess): StaffConnection {
  const connection = new Connection({ ca, sockets: 2, ...defined({ keepRoot }) });
  let lookup: Promise<void> | undefined;
  return {
    send: async (outgoing) => {
      lookup ??= hearShown(connection, origin);
      await lookup;
      return connection.send(outgoing);
    },
    close: () => connection.close(),
  };
}

async function hearShown(connection: Connection, origin: string): Promise<void> {
  try {
    if (Date.parse(new X509Certificate(connection.ca).validTo) - Date.now() > yearOfRoot) return;
    for (const shown of await presentedChain(origin))
      await connection.hearRoot(new X509Certificate(shown).toString());
  } catch {
    // the call itself reports the failure
  }
}
