/** An exact decimal number as text: no exponent, no leading zeros, no plus sign; at most 38 digits (what PostgreSQL and Oracle keep). */
export function decimal(text: string): 'form' | 'digits' | undefined {
  if (!isDecimalForm(text)) return 'form';
  if (text.length <= 38) return undefined;
  return text.replace(/[-.]/g, '').length > 38 ? 'digits' : undefined;
}

/** -?(0|[1-9][0-9]*)(.[0-9]+)? */
function isDecimalForm(text: string): boolean {
  const start = text.startsWith('-') ? 1 : 0;
  let whole = start;
  while (isDigitAt(text, whole)) whole += 1;
  if (whole === start || (whole > start + 1 && text.charCodeAt(start) === 48)) return false;
  if (whole === text.length) return true;
  if (text.charCodeAt(whole) !== 46) return false;
  let end = whole + 1;
  while (isDigitAt(text, end)) end += 1;
  return end > whole + 1 && end === text.length;
}

function isDigitAt(text: string, at: number): boolean {
  if (at >= text.length) return false;
  const code = text.charCodeAt(at);
  return code >= 48 && code <= 57;
}
