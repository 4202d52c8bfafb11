/** What both `create` verbs share: an answer by option or by question, and the file that they write. */
import { existsSync } from 'node:fs';
import type { Bilingual } from '../../../terms/bilingual.ts';
import { defined } from '../../../terms/defined.ts';
import { exitCode, VerbFailure } from '../verb.ts';
import type { Dialogue } from './dialogue.ts';

/** An answer: as the option gives it, else as the person types it. @throws VerbFailure for an option that cannot be taken */
export type Answer<Options> = (
  option: keyof Options & string,
  text: Bilingual,
  proposed?: string,
  objection?: (text: string) => Bilingual | undefined,
  lead?: readonly string[],
) => Promise<string>;

export const answering =
  <Options>(given: Options, ask: Dialogue): Answer<Options> =>
  async (option, text, proposed, objection, lead) => {
    const typed: unknown = given[option];
    const flag = `--${option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    if (typeof typed === 'string') {
      const objects = objection?.(typed);
      if (objects === undefined) return typed;
      throw new VerbFailure(exitCode.usage, {
        zh: `${flag} ${typed}：${objects.zh}`,
        en: `${flag} ${typed}: ${objects.en}`,
      });
    }
    return ask.ask({
      text,
      option: flag,
      ...defined({ proposed, objection, lead }),
    });
  };

/** @throws VerbFailure (exit 4) where the file to write exists */
export function refuseExisting(path: string, isForced: boolean): void {
  if (!existsSync(path) || isForced) return;
  throw new VerbFailure(
    exitCode.local,
    { zh: `${path} 已存在`, en: `${path} exists already` },
    { zh: '--out 另存，或 --force 覆盖', en: 'choose another with --out, or replace it with --force' },
  );
}
