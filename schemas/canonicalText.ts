/**
 * The canonical text of a schema document: RFC 8785 with all of JSON's numbers, since schemas hold fractions (`multipleOf: 0.01`).
 * Names are sorted by UTF-16 code units; numbers are written as ECMAScript writes them, which is what RFC 8785 §3.2.2.3 asks for.
 * @throws TypeError on a value that JSON has no form for
 */
export function canonicalText(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value);
    case 'number':
      if (!Number.isFinite(value)) throw new TypeError('JSON has no form for this number');
      return JSON.stringify(value);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'object':
      return value === null ? 'null' : Array.isArray(value) ? ofArray(value) : ofObject(value);
    default:
      throw new TypeError(`JSON has no form for ${typeof value}`);
  }
}

function ofArray(items: readonly unknown[]): string {
  let text = '[';
  for (let at = 0; at < items.length; at += 1) text += (at === 0 ? '' : ',') + canonicalText(items[at]);
  return `${text}]`;
}

function ofObject(members: object): string {
  const names = Object.keys(members).sort();
  let text = '{';
  for (let at = 0; at < names.length; at += 1) {
    const name = names[at] as keyof typeof members;
    text += `${at === 0 ? '' : ','}${JSON.stringify(name)}:${canonicalText(members[name])}`;
  }
  return `${text}}`;
}
