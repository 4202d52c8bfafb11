/** Escapes text from the address or from input for lines to copy into a terminal: it becomes a word there, never a command. */

/** A text as one word of a shell's line. */
export const shellWord = (text: string): string =>
  /^[\p{L}\p{N}_.:@/+…,=][\p{L}\p{N}_.:@/+…,=-]*$/u.test(text)
    ? text
    : `'${text.replaceAll(/\p{Cc}/gu, ' ').replaceAll("'", String.raw`'\''`)}'`;

/** A part of the address that names something: nothing has a name that a shell would take for more than a name. */
export const nameInAddress = (part: string): string => (/[\s;&|$()'"*!<>`\\]/.test(part) ? '…' : part);
