const formatCharacters = /\p{Cf}|\p{Variation_Selector}/gu;
const dots = /[\u2022\u30fb\uff0e\u2027\u22c5\u00b7]/g;
const ascii = /^[\x20-\x7e]*$/;
const idWithSmallX = /^\d{17}x$/;

const withLargeX = (text: string): string =>
  text.length === 18 && idWithSmallX.test(text) ? text.toUpperCase() : text;

/** Printable ASCII without a space at either end: canonical as it stands, the small x aside. */
function isPlain(text: string): boolean {
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code > 126 || code < 33) return false;
  }
  return true;
}

/**
 * The form under which two spellings are one value: for keys only, never for output. Full-width digits and letters become ASCII
 * (NFKC), names are composed (NFC), invisible characters go, the five dots between given and family names become one.
 */
export function canonicalIdentifier(text: string): string {
  if (isPlain(text)) return withLargeX(text);
  const visible = text.replace(formatCharacters, '');
  const wide = visible.normalize('NFKC').trim();
  if (ascii.test(wide)) return withLargeX(wide);
  return visible.normalize('NFC').replace(dots, '·').trim();
}
