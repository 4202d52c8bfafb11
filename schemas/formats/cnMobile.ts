/** Mobile number of mainland China without country code: 11 digits, 13x to 19x. */
export function cnMobile(text: string): 'length' | 'characters' | 'prefix' | undefined {
  if (!/^\d*$/.test(text)) return 'characters';
  if (text.length !== 11) return 'length';
  return /^1[3-9]/.test(text) ? undefined : 'prefix';
}
