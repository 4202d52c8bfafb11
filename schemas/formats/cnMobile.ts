import { isDigits } from '../../terms/controlText.ts';

/** Mobile number of mainland China without country code: 11 digits, 13x to 19x. */
export function cnMobile(text: string): 'length' | 'characters' | 'prefix' | undefined {
  if (!isDigits(text)) return 'characters';
  if (text.length !== 11) return 'length';
  return text.charCodeAt(0) === 49 && text.charCodeAt(1) >= 51 ? undefined : 'prefix';
}
