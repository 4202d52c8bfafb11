import type { Bilingual } from '../terms/bilingual.ts';

/** One code of the tree of purposes. An agreement on a parent does not cover its children. */
export interface Purpose {
  readonly code: string;
  readonly parent?: string;
  readonly title?: Bilingual;
}

/** The purpose and everything above it, nearest first. A purpose that is not in the tree has no ancestors. */
export function purposeAncestors(purposes: readonly Purpose[], code: string): readonly string[] {
  const parents = new Map(purposes.map((purpose) => [purpose.code, purpose.parent]));
  const line: string[] = [];
  for (
    let at: string | undefined = code;
    at !== undefined && parents.has(at) && !line.includes(at);
    at = parents.get(at)
  ) {
    line.push(at);
  }
  return line;
}
