const formatCharacters = /\p{Cf}|\p{Variation_Selector}/gu;
const dots = /[\u2022\u30fb\uff0e\u2027\u22c5\u00b7]/g;
const ascii = /^[\x20-\x7e]*$/;
const idWithSmallX = /^\d{17}x$/;

/**
 * The form under which two spellings are one value: for keys only, never for output. Full-width digits and letters become ASCII
 * (NFKC), names are composed (NFC), invisible characters go, the five dots between given and family names become one.
 */
export function canonicalIdentifier(text: string): string {
  const visible = text.replace(formatCharacters, '');
  const wide = visible.normalize('NFKC').trim();
  if (ascii.test(wide)) return idWithSmallX.test(wide) ? wide.toUpperCase() : wide;
  return visible.normalize('NFC').replace(dots, '·').trim();
}
