/**
 * Questions of an interactive verb. On a terminal each is asked once, with the proposed answer; elsewhere the proposed answers count, and
 * the others must be given as options.
 */
import { asIs, type Bilingual } from '../../../terms/bilingual.ts';
import { exitCode, say, VerbFailure } from '../verb.ts';

export interface Question {
  readonly text: Bilingual;
  /** the option that answers it without a terminal */
  readonly option: string;
  /** lines that help to answer it, shown on a terminal */
  readonly lead?: readonly string[];
  /** the answer for Enter alone */
  readonly proposed?: string;
  /** why an answer cannot be taken; undefined where it can */
  readonly objection?: (answer: string) => Bilingual | undefined;
}

export interface Dialogue {
  /** true: a person answers on a terminal; false: the proposed answers apply */
  readonly isAsked: boolean;
  ask(question: Question): Promise<string>;
}

/** @param readLine asks for one line on the terminal; undefined where there is none @param show shows an objection, or a line before a question */
export function dialogue(
  readLine: ((prompt: string) => Promise<string>) | undefined,
  show: (text: Bilingual) => void,
): Dialogue {
  return {
    isAsked: readLine !== undefined,
    async ask(question) {
      if (readLine === undefined) return proposedOf(question);
      const { text, lead = [], proposed, objection } = question;
      for (const one of lead) show(asIs(one));
      for (;;) {
        const hint = proposed === undefined || proposed === '' ? '' : ` [${proposed}]`;
        const typed = (await readLine(`${say(text)}${hint} `).catch(refuseCancelled)).trim();
        const answer = typed === '' ? (proposed ?? '') : typed;
        const objects =
          answer === '' && proposed === undefined
            ? { zh: '请回答', en: 'an answer is needed' }
            : objection?.(answer);
        if (objects === undefined) return answer;
        show({ zh: `  ${objects.zh}`, en: `  ${objects.en}` });
      }
    },
  };
}

/** The answer where no person is asked. @throws VerbFailure where none is proposed, or it cannot be taken */
function proposedOf({ text, option, proposed, objection }: Question): string {
  if (proposed === undefined || objection?.(proposed) !== undefined) throw missing(option, text);
  return proposed;
}

/** @throws VerbFailure (exit 1) where the person pressed Ctrl-C or ended the input */
function refuseCancelled(error: unknown): never {
  if (
    !(error instanceof Error) ||
    (error.name !== 'AbortError' && !('code' in error && error.code === 'ERR_USE_AFTER_CLOSE'))
  )
    throw error;
  throw new VerbFailure(exitCode.refused, { zh: '已取消，未登记', en: 'cancelled; nothing was registered' });
}

const missing = (option: string, text: Bilingual): VerbFailure =>
  new VerbFailure(
    exitCode.usage,
    {
      zh: `不在终端上，须给出 ${option}（${text.zh}）`,
      en: `this is no terminal: give ${option} (${text.en})`,
    },
    { zh: '在终端上运行则逐项询问', en: 'on a terminal each is asked' },
  );

/** `a,b` or `a b` as names. */
export const listOf = (answer: string): string[] =>
  answer
    .split(/[,，、\s]+/u)
    .map((name) => name.trim())
    .filter((name) => name !== '' && name !== '-');
