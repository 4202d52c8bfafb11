/** A question for a code: the codes with their names are shown before it. */
import { departmentObjection } from '../../../adapters/newDataset/decisions.ts';
import type { Bilingual } from '../../../terms/bilingual.ts';
import { staffClient } from '../apply/staffCall.ts';
import { bodyOf } from '../approve/waiting.ts';
import { columns } from '../printedText.ts';
import { openStaffAccess, type StaffOptions } from '../profile.ts';
import { readList } from '../reading/reader.ts';
import { say } from '../verb.ts';
import { answering } from './answering.ts';
import type { Dialogue } from './dialogue.ts';

interface Choice {
  readonly code: string;
  readonly title: Bilingual;
}

type List = 'departments' | 'purposes';

/** Choices that are shown; `datong catalogue` lists all. */
const maxShown = 60;
const maxRead = 2_000;

/**
 * The code of a department or purpose: as the option gives it, else as the person types it, after the list of the hub.
 * @throws VerbFailure for an option that cannot be taken
 */
export async function answerCode<Options extends StaffOptions>(
  given: Options,
  ask: Dialogue,
  option: keyof Options & string,
  list: List,
  text: Bilingual,
): Promise<string> {
  const choices = ask.isAsked && given[option] === undefined ? await readChoices(given, list) : undefined;
  return answering(given, ask)(
    option,
    text,
    undefined,
    (code) =>
      (list === 'departments' ? departmentObjection(code) : undefined) ?? choiceObjection(choices, code),
    choiceLines(choices ?? []),
  );
}

/** @returns undefined where the hub cannot be asked: the check before registration reports why */
async function readChoices(access: StaffOptions, list: List): Promise<readonly Choice[] | undefined> {
  try {
    const client = staffClient(openStaffAccess(access, 'operator'));
    try {
      const get = async (path: string): Promise<Readonly<Record<string, unknown>>> =>
        bodyOf(await client.get(path));
      const { items } = await readList(get, `/v1/${list}`, list, {}, maxRead);
      return items.map(({ code, name, title }) => ({
        code: String(code),
        title: (name ?? title) as Bilingual,
      }));
    } finally {
      client.close();
    }
  } catch {
    return undefined;
  }
}

function choiceLines(choices: readonly Choice[]): readonly string[] {
  const more = choices.length - maxShown;
  return [
    ...columns(choices.slice(0, maxShown).map(({ code, title }) => [`  ${code}`, say(title)])),
    ...(more > 0 ? [say({ zh: `  另有 ${more} 个`, en: `  and ${more} more` })] : []),
  ];
}

/** Why a code cannot be taken; undefined where it can, or where the choices are unknown. */
const choiceObjection = (choices: readonly Choice[] | undefined, code: string): Bilingual | undefined =>
  choices === undefined || choices.some((one) => one.code === code)
    ? undefined
    : { zh: `没有 ${code}，请从上列中选`, en: `there is no ${code}: choose one of the list above` };
