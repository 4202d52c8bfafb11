import { createAuthority, type NewAuthority } from '../certs/authority/createAuthority.ts';
import { newKeyPair } from './newKeyPair.ts';
import { newSerial } from './newSerial.ts';

/** An authority with keys and serials of its own. @param hubName appears in its subjects @param now Unix milliseconds */
export const newAuthority = (hubName: string, now: number): Promise<NewAuthority> =>
  createAuthority(hubName, now, { keyPair: newKeyPair, serial: newSerial });
