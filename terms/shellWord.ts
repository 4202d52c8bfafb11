/** A text as one word of a shell's line: a word there, never a command. */
export const shellWord = (text: string): string =>
  /^[\p{L}\p{N}_.:@/+…,][\p{L}\p{N}_.:@/+…,=-]*$/u.test(text)
    ? text
    : `'${text.replaceAll(/\p{Cc}/gu, ' ').replaceAll("'", String.raw`'\''`)}'`;
