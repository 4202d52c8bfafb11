/** A type's text, and its precedence: a union or an intersection needs brackets inside other types. */
export interface TypeText {
  readonly text: string;
  readonly binds: 'one' | '|' | '&';
  /** the parts of a union, so that a long one can be written on several lines */
  readonly parts?: readonly string[];
}

const lineWidth = 110;

/** Parts joined to a union or an intersection; duplicates are removed. */
export function joined(parts: readonly TypeText[], mark: '|' | '&'): TypeText {
  const texts = [
    ...new Set(
      parts.map(({ text, binds }) =>
        binds === 'one' || binds === mark || parts.length === 1 ? text : `(${text})`,
      ),
    ),
  ];
  const [first] = parts;
  if (texts.length === 1 && first !== undefined) return first;
  return { text: texts.join(` ${mark} `), binds: mark, ...(mark === '|' ? { parts: texts } : {}) };
}

/** The text with the separator from the preceding text. @param before number of characters already on the line */
export function layOut({ text, parts }: TypeText, before: number): string {
  if (parts === undefined || text.includes('\n') || before + text.length + 1 <= lineWidth) return ` ${text}`;
  return `\n${parts.map((part) => `  | ${part}`).join('\n')}`;
}
