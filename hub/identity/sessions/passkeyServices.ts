/** The services for reading and verifying passkeys. */
import type { KeyObject } from 'node:crypto';
import { Problem } from '../../../terms/problem.ts';
import type { Reader } from '../../platform/database/reader.ts';

export interface PasskeyServices {
  readonly reader: Reader;
  /** key of the challenges' MAC */
  readonly challenges: KeyObject;
  /** of the console as browsers reach it: `https://hub.example:8445` */
  readonly origin: string;
}

/** The host name that passkeys are bound to. */
export const hostOf = ({ origin }: PasskeyServices): string => new URL(origin).hostname;

/** Replaces the library's errors, which are less specific than the code. @throws Problem passkey_invalid */
export function refuse(error: unknown): never {
  if (error instanceof Problem) throw error;
  throw new Problem('passkey_invalid', {}, { cause: error });
}
