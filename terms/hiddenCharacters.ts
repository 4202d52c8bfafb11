/**
 * Characters that a reader does not see, and letters that look like others. A terminal acts on some of them (C0, C1), a display reorders text
 * by others (bidirectional controls). Line ends and tabs are no hidden characters; `escapeLine` escapes them too.
 */

/** Control (C0, C1), format (bidirectional, zero-width, soft hyphen, byte order mark, tags), line separators, blank letters, lone surrogates. */
const hidden = /(?![\n\t])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0]/u;
const allHidden = new RegExp(hidden.source, 'gu');

/** Each UTF-16 unit as `\u009b`: inside a JSON string this is the same value. */
const escaped = (character: string): string =>
  character
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');

/** The text with every hidden character as `\u009b`; line ends and tabs stay. JSON keeps its value. */
export const escapeHidden = (text: string): string => text.replace(allHidden, escaped);

/** The same for a text that fills one line or one cell: line ends and tabs become `\n` and `\t`. */
export const escapeLine = (text: string): string =>
  escapeHidden(text).replaceAll('\n', '\\n').replaceAll('\t', '\\t');

/** `U+202E` */
export const codePointOf = (character: string): string =>
  `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;

/** The first hidden character of a text as `U+202E`. @param lines false if line ends and tabs count as hidden */
export function hiddenCharacterIn(text: string, lines: boolean): string | undefined {
  const found = hidden.exec(text)?.[0] ?? (lines ? undefined : /[\n\t]/.exec(text)?.[0]);
  return found === undefined ? undefined : codePointOf(found);
}

/** Letters of other scripts that are drawn like Latin ones. Greek letters used as signs (μ, Ω, Δ, β, …) do not count. */
const lookAlike =
  /[\p{Script=Cyrillic}\p{Script=Armenian}\p{Script=Cherokee}\p{Script=Coptic}\p{Script=Lisu}\u0391\u0392\u0395-\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7\u03b1\u03b9\u03ba\u03bd\u03bf\u03c1\u03c5\u03c7\u03f2\u03f3]/u;
const words = /\p{L}[\p{L}\p{M}\p{N}]*/gu;

/** The first letter of another script in a word of Latin letters, as `U+0456` (Cyrillic і in «Admіn»). */
export function lookAlikeIn(text: string): string | undefined {
  if (!lookAlike.test(text)) return undefined;
  for (const [word] of text.matchAll(words)) {
    const letter = lookAlike.exec(word)?.[0];
    if (letter !== undefined && /\p{Script=Latin}/u.test(word)) return codePointOf(letter);
  }
  return undefined;
}
