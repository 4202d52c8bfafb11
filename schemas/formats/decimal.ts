/** An exact decimal number as text: no exponent, no leading zeros, no plus sign; at most 38 digits (what PostgreSQL and Oracle keep). */
export function decimal(text: string): 'form' | 'digits' | undefined {
  if (!/^-?(?:0|[1-9]\d*)(?:\.\d+)?$/.test(text)) return 'form';
  if (text.length <= 38) return undefined;
  return text.replace(/[-.]/g, '').length > 38 ? 'digits' : undefined;
}
