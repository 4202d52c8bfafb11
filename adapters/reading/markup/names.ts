/** Names of XML 1.0, fifth edition (productions 4, 4a and 5), and their division by namespaces. */
const first =
  ':A-Z_a-z\\u{c0}-\\u{d6}\\u{d8}-\\u{f6}\\u{f8}-\\u{2ff}\\u{370}-\\u{37d}\\u{37f}-\\u{1fff}\\u{200c}\\u{200d}\\u{2070}-\\u{218f}' +
  '\\u{2c00}-\\u{2fef}\\u{3001}-\\u{d7ff}\\u{f900}-\\u{fdcf}\\u{fdf0}-\\u{fffd}\\u{10000}-\\u{effff}';
const other = `${first}\\-.0-9\\u{b7}\\u{300}-\\u{36f}\\u{203f}\\u{2040}`;
const name = new RegExp(`^[${first}][${other}]*`, 'u');

/** Number of leading characters (UTF-16 units) that form a name: all of them, if the text is one. */
export const nameLength = (text: string): number => name.exec(text)?.[0].length ?? 0;

/** The name without its prefix. */
export const localName = (qualified: string): string => qualified.slice(qualified.indexOf(':') + 1);

/** Prefix ('' for none) and local part; undefined for names that namespaces do not allow, such as `a:`, `:a`, `a:b:c` and `a:1`. */
export function splitName(
  qualified: string,
): { readonly prefix: string; readonly local: string } | undefined {
  const colon = qualified.indexOf(':');
  if (colon < 0) return { prefix: '', local: qualified };
  const local = qualified.slice(colon + 1);
  const sound = colon > 0 && !local.includes(':') && nameLength(local) === local.length && local !== '';
  return sound ? { prefix: qualified.slice(0, colon), local } : undefined;
}
