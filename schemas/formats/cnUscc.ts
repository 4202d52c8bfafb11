/** The alphabet of GB 32100-2015 §4.1: digits and letters without I, O, S, V, Z. */
export const usccAlphabet = '0123456789ABCDEFGHJKLMNPQRTUWXY';

/**
 * Unified social credit code of organisations, GB 32100-2015: authority and kind (2), region of registration (6 digits), organisation
 * (9) and a check character: weights 3^i mod 31; (31 − sum mod 31) mod 31.
 */
export function cnUscc(text: string): 'length' | 'characters' | 'region' | 'checksum' | undefined {
  if (text.length !== 18) return 'length';
  if (!/^[0-9A-HJ-NP-RTUWXY]{18}$/.test(text)) return 'characters';
  if (!/^\d{6}$/.test(text.slice(2, 8))) return 'region';
  return usccCheckCharacter(text) === text[17] ? undefined : 'checksum';
}

/** The check character that the first 17 characters require. */
export function usccCheckCharacter(characters: string): string {
  let sum = 0;
  let weight = 1;
  for (let i = 0; i < 17; i += 1) {
    sum += usccAlphabet.indexOf(characters.charAt(i)) * weight;
    weight = (weight * 3) % 31;
  }
  return usccAlphabet.charAt((31 - (sum % 31)) % 31);
}
