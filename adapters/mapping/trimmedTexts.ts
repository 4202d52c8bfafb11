/** Texts of a mapping that are compared with trimmed cells: with blanks at their ends they would equal none. */
export const trimmedTexts = (texts: string | readonly string[]): ReadonlySet<string> =>
  new Set((typeof texts === 'string' ? [texts] : texts).map((text) => text.trim()));
