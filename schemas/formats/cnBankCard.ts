/** Bank card number, GB/T 15120 (ISO/IEC 7812): 12–19 digits, the last one by Luhn's formula. */
export function cnBankCard(text: string): 'length' | 'characters' | 'checksum' | undefined {
  if (!/^\d*$/.test(text)) return 'characters';
  if (text.length < 12 || text.length > 19) return 'length';
  return luhnSum(text) % 10 === 0 ? undefined : 'checksum';
}

/** Sum of the digits, every second one from the right doubled and its own digits added (ISO/IEC 7812-1 annex B). */
export function luhnSum(digits: string): number {
  let sum = 0;
  for (let i = digits.length - 1, double = false; i >= 0; i -= 1, double = !double) {
    const digit = digits.charCodeAt(i) - 48;
    sum += double ? (digit > 4 ? digit * 2 - 9 : digit * 2) : digit;
  }
  return sum;
}
