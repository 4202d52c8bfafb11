/** What passkeys are read and judged with. */
import type { KeyObject } from 'node:crypto';
import { Problem } from '../../../terms/problem.ts';
import type { Reader } from '../../platform/database/reader.ts';

export interface PasskeyServices {
  readonly reader: Reader;
  /** MAC of challenges */
  readonly challenges: KeyObject;
  /** of the console as browsers reach it: `https://hub.example:8445` */
  readonly origin: string;
}

/** The name that passkeys are made for. */
export const hostOf = ({ origin }: PasskeyServices): string => new URL(origin).hostname;

/** What the library throws says less than the code. @throws Problem passkey_invalid */
export function refuse(error: unknown): never {
  if (error instanceof Problem) throw error;
  throw new Problem('passkey_invalid', {}, { cause: error });
}
