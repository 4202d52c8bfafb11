/** Of browsers from Chromium 111 on; the console is built for 109. */
const method = (String.prototype as { readonly isWellFormed?: (this: string) => boolean }).isWellFormed;

/** Whether a text holds no lone surrogate. */
export const isWellFormed: (text: string) => boolean =
  method === undefined ? hasNoLoneSurrogate : (text) => method.call(text);

/** The same by the regular expression. */
export function hasNoLoneSurrogate(text: string): boolean {
  return !/\p{Surrogate}/u.test(text);
}
