import { normalText, randomText } from './randomText.ts';
import { secretHash } from './secretHash.ts';

/** `DT-XXXXX-XXXXX-XXXXX-XXXXX`: 100 random bits, made to be read out or typed. */
export const oneTimeCode = (): string => `DT-${[1, 2, 3, 4].map(() => randomText(5)).join('-')}`;

/** The hash a code is looked up by, however it was typed. @param use what it is for: a code for one thing opens no other */
export function oneTimeHash(use: string, code: string): string {
  const normal = normalText(code).replaceAll('-', '').replace(/^DT/, '');
  return secretHash(`${use} ${normal}`);
}
