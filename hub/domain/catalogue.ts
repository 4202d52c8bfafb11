/** How the catalogue (目录) is searched: Chinese has no spaces between words, so text is found by pairs of characters. */

/** Text in one form: full-width as half-width, capitals as small letters. */
const normal = (text: string): string => text.normalize('NFKC').toLowerCase();

const runs = (text: string): readonly string[] => normal(text).match(/[\p{L}\p{N}]+/gu) ?? [];

/** What is searched: runs of letters and digits, a space between. */
export const searchText = (texts: readonly string[]): string => texts.flatMap(runs).join(' ');

/** Each character and each pair of neighbours of a text that is searched. */
export function gramsOf(text: string): readonly string[] {
  const grams = new Set<string>();
  for (const run of runs(text)) {
    const letters = [...run];
    for (const [at, letter] of letters.entries()) {
      grams.add(letter);
      const next = letters[at + 1];
      if (next !== undefined) grams.add(letter + next);
    }
  }
  return [...grams];
}

/** What somebody looks for: each run of letters must occur, wherever. */
export interface Sought {
  readonly runs: readonly string[];
  /** those that an index narrows by */
  readonly grams: readonly string[];
}

export function soughtIn(question: string): Sought {
  const asked = runs(question);
  const grams = asked.flatMap((run) => {
    const letters = [...run];
    return letters.length === 1
      ? letters
      : letters.slice(1).map((letter, at) => (letters[at] ?? '') + letter);
  });
  return { runs: asked, grams: [...new Set(grams)] };
}

/** Classes that no catalogue of shared data holds: state secrets, work secrets, core data. */
export const unregistered = ['state-secret', 'work-secret', 'core'] as const;
