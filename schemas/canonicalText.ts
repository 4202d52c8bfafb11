/**
 * The canonical text of a schema document: RFC 8785 with all of JSON's numbers, since schemas hold fractions (`multipleOf: 0.01`).
 * Names are sorted by UTF-16 code units; numbers are written as ECMAScript writes them, which is what RFC 8785 §3.2.2.3 asks for.
 * @throws TypeError on a value that JSON has no form for
 */
export function canonicalText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalText).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const members = value as Readonly<Record<string, unknown>>;
    const names = Object.keys(members).sort();
    return `{${names.map((name) => `${JSON.stringify(name)}:${canonicalText(members[name])}`).join(',')}}`;
  }
  if (typeof value === 'number' && !Number.isFinite(value))
    throw new TypeError('JSON has no form for this number');
  const text = JSON.stringify(value) as string | undefined;
  if (text === undefined) throw new TypeError(`JSON has no form for ${typeof value}`);
  return text;
}
