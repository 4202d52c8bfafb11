/**
 * The form of a matter's case numbers (办件编号), as its agreement declares it: `#` is a digit, `*` one to eight digits, `@` a capital letter;
 * every other character is literal (`京教〔####〕*号`). Regular expressions are not used, so that readers of the agreement see what matches.
 */

/** Maximum run of free signs: a longer run could hold an identity number, which is not allowed in case numbers. */
const maxFreeRunLength = 14;
const maxDigits = 8;

/** What is wrong with a form: its free signs are ambiguous, or there are so many that any number matches. */
export type CaseFormFault = 'ambiguous' | 'too_free' | 'nothing_fixed';

/** @param form made of signs that the document's schema allows */
export function caseFormFault(form: string): CaseFormFault | undefined {
  if (/\*[*#]|#\*/.test(form)) return 'ambiguous';
  if (!/[^#*@]/.test(form)) return 'nothing_fixed';
  const runs = form.match(/[#*@0-9A-Z]+/g) ?? [];
  const longest = Math.max(0, ...runs.map((run) => run.replaceAll('*', '#'.repeat(maxDigits)).length));
  return longest > maxFreeRunLength ? 'too_free' : undefined;
}

/** Compiled once per agreement. Texts are compared in NFC. The expression is linear: no `#` or `*` is next to a `*`. */
export function caseNumberTest(forms: readonly string[]): (text: string) => boolean {
  const parts = forms.map((form) => [...form.normalize('NFC')].map(signPattern).join(''));
  const whole = new RegExp(`^(?:${parts.join('|')})$`, 'u');
  return (text) => whole.test(text.normalize('NFC'));
}

function signPattern(sign: string): string {
  if (sign === '#') return '[0-9]';
  if (sign === '*') return `[0-9]{1,${maxDigits}}`;
  if (sign === '@') return '[A-Z]';
  return /[\p{L}\p{N}]/u.test(sign) ? sign : `\\u{${(sign.codePointAt(0) ?? 0).toString(16)}}`;
}

/**
 * Whether some case number matches both forms: its matter would then be ambiguous. Traverses both forms in parallel. A `*` is a digit
 * followed by any number of further ones: the upper limit is ignored, which can only find more overlaps.
 */
export function caseFormsOverlap(a: string, b: string): boolean {
  const [first, second] = [stepsOf(a), stepsOf(b)];
  const failed = new Set<number>();
  const meet = (i: number, j: number): boolean => {
    const [one, other] = [first[i], second[j]];
    if (one === undefined || other === undefined) return true; // only the two ends match each other
    const key = i * 1000 + j;
    if (failed.has(key)) return false;
    const found =
      (one.loop && meet(i + 1, j)) ||
      (other.loop && meet(i, j + 1)) ||
      (shareSign(one, other) && meet(one.loop ? i : i + 1, other.loop ? j : j + 1));
    if (!found) failed.add(key);
    return found;
  };
  return meet(0, 0);
}

interface Step {
  readonly sign: string;
  /** any number of them, none included */
  readonly loop: boolean;
}

const stepsOf = (form: string): readonly Step[] => [
  ...[...form.normalize('NFC')].flatMap((sign): readonly Step[] =>
    sign === '*'
      ? [
          { sign: '#', loop: false },
          { sign: '#', loop: true },
        ]
      : [{ sign, loop: false }],
  ),
  { sign: end, loop: false },
];

/** The end of a form; equal to no sign. */
const end = '';

/** Whether one sign can match both steps. False for two loops: the search that leaves either loop finds the same case numbers. */
function shareSign({ sign: a, loop: isLoop }: Step, { sign: b, loop: isOtherLoop }: Step): boolean {
  if (isLoop && isOtherLoop) return false;
  const holds = (free: string, sign: string): boolean =>
    (free === '#' && /^[0-9]$/.test(sign)) || (free === '@' && /^[A-Z]$/.test(sign));
  return a === b || holds(a, b) || holds(b, a);
}
