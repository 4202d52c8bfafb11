/** Patterns of any document: ECMAScript with flag u, which validators use. */
const known = new Map<string, RegExp | undefined>();

/** Whether a pattern matches a text; undefined where it is written for engines without flag u, whose readings differ. */
export function patternHolds(source: string, text: string): boolean | undefined {
  if (!known.has(source)) {
    if (known.size > 2000) known.clear();
    known.set(source, compiled(source, 'u'));
  }
  return known.get(source)?.test(text);
}

/** Whether a pattern is one at all, with flag u or without. */
export function isPattern(source: string, unicodeOnly: boolean): boolean {
  return compiled(source, 'u') !== undefined || (!unicodeOnly && compiled(source, '') !== undefined);
}

function compiled(source: string, flags: string): RegExp | undefined {
  try {
    return new RegExp(source, flags);
  } catch {
    return undefined;
  }
}
