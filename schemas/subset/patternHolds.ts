/** Patterns of any document: ECMAScript with flag u, which validators use. */

/** Whether a pattern matches a text; undefined where it is written for engines without flag u, whose readings differ. */
export function patternHolds(source: string, text: string): boolean | undefined {
  return compiled(source, 'u')?.test(text);
}

/** Whether a pattern is valid at all, with flag u or without. */
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
