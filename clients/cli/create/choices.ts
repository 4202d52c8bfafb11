/** Codes with their names, shown before the question that asks for one of them. */
import type { Bilingual } from '../../../terms/bilingual.ts';
import { staffClient } from '../apply/staffCall.ts';
import { bodyOf } from '../approve/waiting.ts';
import { columns } from '../printedText.ts';
import { openStaffAccess, type StaffOptions } from '../profile.ts';
import { readList } from '../reading/reader.ts';
import { say } from '../verb.ts';

export interface Choice {
  readonly code: string;
  readonly title: Bilingual;
}

/** Choices that are shown; `datong catalogue` lists all. */
const maxShown = 60;
const maxRead = 2_000;

/** @returns undefined where the hub cannot be asked: the check before registration reports why */
export async function readChoices(
  access: StaffOptions,
  list: 'departments' | 'purposes',
): Promise<readonly Choice[] | undefined> {
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

export function choiceLines(choices: readonly Choice[]): readonly string[] {
  const more = choices.length - maxShown;
  return [
    ...columns(choices.slice(0, maxShown).map(({ code, title }) => [`  ${code}`, say(title)])),
    ...(more > 0 ? [say({ zh: `  另有 ${more} 个`, en: `  and ${more} more` })] : []),
  ];
}

/** Why a code cannot be taken; undefined where it can, or where the choices are unknown. */
export const choiceObjection = (
  choices: readonly Choice[] | undefined,
  code: string,
): Bilingual | undefined =>
  choices === undefined || choices.some((one) => one.code === code)
    ? undefined
    : { zh: `没有 ${code}，请从上列中选`, en: `there is no ${code}: choose one of the list above` };
