/** The words of a search over numbers, titles and departments. */

/** A word of a search. */
export interface SoughtWord {
  /** in lower case */
  readonly word: string;
  /** codes of the departments whose code or name has the word */
  readonly departments: readonly string[];
}

/** The words of a question. @param departments all departments of the hub */
export function soughtWords(
  question: string,
  departments: readonly { readonly code: string; readonly nameZh: string; readonly nameEn: string }[],
): readonly SoughtWord[] {
  const words = question
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  return [...new Set(words)].map((word) => ({
    word,
    departments: departments
      .filter(({ code, nameZh, nameEn }) =>
        [code, nameZh, nameEn].some((text) => text.toLowerCase().includes(word)),
      )
      .map(({ code }) => code),
  }));
}
