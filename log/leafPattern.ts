/**
 * The canonical bytes of an entry as one regular expression, built from the table of its members: names in order, each once, no space, no
 * escape. A matching text is canonical without parsing, which saves most of the cost of verifying millions of entries. A text that does
 * not match may still be an entry, with an escape or a member without a pattern, and is parsed in full.
 */

/** Whether a member may have a value; `pattern` is its canonical text if a regular expression can describe it. */
export interface Check {
  (value: unknown): boolean;
  readonly pattern?: string;
}

export type Shape = Readonly<Record<string, { readonly check: Check; readonly required?: true }>>;

/** A check with the pattern of its values. The pattern may match fewer values, never more. */
export const matching = (pattern: string, check: (value: unknown) => boolean): Check =>
  Object.assign((value: unknown) => check(value), { pattern });

/** A string without escapes and surrogates: those are decided by the full parser. */
export const stringPattern = '"[^"\\\\\\u0000-\\u001f\\ud800-\\udfff]*"';
/** A nonnegative integer that is certainly safe. */
export const wholePattern = '(?:0|[1-9][0-9]{0,14})';

/** An object of such values under any names. Captured: a regular expression cannot check that names ascend. */
export const mapPattern = (value: string): string =>
  `(\\{(?:${stringPattern}:${value}(?:,${stringPattern}:${value})*)?\\})`;

/** An object with the members of a shape, undefined if a required one has no pattern. */
export function objectPattern(shape: Shape): string | undefined {
  let members = '';
  let isFollowed = false;
  for (const name of Object.keys(shape).sort()) {
    const { check, required } = shape[name] ?? {};
    if (check?.pattern === undefined && required === true) return undefined;
    if (check?.pattern === undefined) continue;
    // the first present member follows the brace, the others a comma; after a required one it is always a comma
    const separator = isFollowed ? ',' : members === '' ? '' : '(?:(?<=\\{)|(?<!\\{),)';
    const member = `${separator}"${name}":${check.pattern}`;
    members += required === true ? member : `(?:${member})?`;
    isFollowed ||= required === true;
  }
  return `\\{${members}\\}`;
}

/** Recognizes texts that are canonical objects of a shape. @throws TypeError for a shape whose required members have no patterns */
export function plainTextOf(shape: Shape): (text: string) => boolean {
  const pattern = objectPattern(shape);
  if (pattern === undefined) throw new TypeError('a required member has no pattern');
  const whole = new RegExp(`^${pattern}$`);
  return (text) => {
    const found = whole.exec(text);
    if (found === null) return false;
    for (let i = 1; i < found.length; i += 1) if (!ascends(found[i])) return false;
    return true;
  };
}

/** Whether the names of a plain object of plain values ascend by UTF-16 code units, as RFC 8785 §3.2.3 requires. */
function ascends(map: string | undefined): boolean {
  if (map === undefined) return true;
  let before: string | undefined;
  for (let at = 1; at < map.length - 1;) {
    const end = map.indexOf('"', at + 1);
    const name = map.slice(at + 1, end);
    if (before !== undefined && before >= name) return false;
    before = name;
    const value = end + 2;
    const after = map.charAt(value) === '"' ? map.indexOf('"', value + 1) : value;
    const next = map.indexOf(',', after);
    at = next < 0 ? map.length : next + 1;
  }
  return true;
}
