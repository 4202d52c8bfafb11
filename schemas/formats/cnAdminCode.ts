import { isDigits } from '../../terms/controlText.ts';

/**
 * Code of an administrative division, GB/T 2260 (county and up, 6 digits) and GB/T 10114 (township 9, village 12): shape only. `x-code`
 * checks that the division exists.
 */
export function cnAdminCode(text: string): 'length' | 'characters' | 'region' | undefined {
  if (!isDigits(text)) return 'characters';
  if (text.length !== 6 && text.length !== 9 && text.length !== 12) return 'length';
  return text.startsWith('0') ? 'region' : undefined;
}
