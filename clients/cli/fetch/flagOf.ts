/** Which flag a refusal is about: the hub names a field or a header, the person at the terminal has typed a flag. */
const headers: Readonly<Record<string, string>> = {
  'datong-purpose': '--purpose',
  'datong-agreement': '--agreement',
  'datong-on-behalf-of': '--on-behalf-of',
  'datong-matter': '--matter',
};

/** What was typed, as far as the names of fields stand in it. */
export interface TypedWords {
  readonly fields?: string;
  readonly filter?: readonly string[];
  readonly sort?: string;
  readonly by?: string;
}

/** @param at what the refusal names: a signed header, a member of the query, or a field */
export function flagOf(at: string, typed: TypedWords = {}): string | undefined {
  if (headers[at] !== undefined) return headers[at];
  if (['fields', 'filter', 'sort', 'limit'].includes(at)) return `--${at}`;
  if (at === 'values') return '--each';
  const listed = (text: string | undefined): boolean =>
    text?.split(',').some((name) => name.trim().replace(/^-/, '') === at) === true;
  if (listed(typed.fields)) return '--fields';
  if (typed.filter?.some((word) => /^[A-Za-z][A-Za-z0-9_]*/.exec(word)?.[0] === at) === true)
    return '--filter';
  if (listed(typed.sort)) return '--sort';
  return typed.by === at ? '--by' : undefined;
}
