/** Escapes text from the address or from input for lines to copy into a terminal: it becomes a word there, never a command. */

export { shellWord } from '../../../terms/shellWord.ts';

/** A part of the address that names something: nothing has a name that a shell would take for more than a name. */
export const nameInAddress = (part: string): string => (/[\s;&|$()'"*!<>`\\]/.test(part) ? '…' : part);
