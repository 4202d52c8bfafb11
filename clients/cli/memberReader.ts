/** Members of a configuration in YAML. Errors are reported with file and place, never with a value, which may be a secret. */
import { readFileSync } from 'node:fs';
import { parseDocument } from 'yaml';
import type { Bilingual } from '../../terms/bilingual.ts';
import { exitCode, VerbFailure } from './verb.ts';

export type MemberReader = ReturnType<typeof memberReader>;

/** Reads the members of one configuration file. Each method throws VerbFailure (exit 4) with file and place. */
export function memberReader(file: string) {
  const text = (value: unknown, place: string): string => {
    if (typeof value === 'string' && value !== '') return value;
    throw wrongMember(file, place, { zh: '应为文本', en: 'a text is wanted' });
  };
  return {
    file,
    text,
    members: (
      value: unknown,
      place: string,
      known: readonly string[] | undefined,
    ): Readonly<Record<string, unknown>> => {
      if (typeof value !== 'object' || value === null || Array.isArray(value))
        throw wrongMember(file, place, { zh: '应为对象', en: 'an object is wanted' });
      const strange = Object.keys(value).find((name) => known !== undefined && !known.includes(name));
      if (strange !== undefined)
        throw wrongMember(file, `${place}.${strange}`, { zh: '没有这一项', en: 'there is no such member' });
      return value as Readonly<Record<string, unknown>>;
    },
    texts: (value: unknown, place: string): readonly string[] => {
      const list: readonly unknown[] = Array.isArray(value) ? value : [value];
      return list.map((one) => text(one, place));
    },
    whole: (value: unknown, place: string, max: number): number => {
      if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 1 && value <= max)
        return value;
      throw wrongMember(file, place, {
        zh: `应为 1 至 ${max} 的整数`,
        en: `a whole number from 1 to ${max} is wanted`,
      });
    },
    variable: (name: unknown, place: string): string => {
      const value = process.env[text(name, place)];
      if (value !== undefined && value !== '') return value;
      throw wrongMember(file, place, { zh: '没有这个环境变量', en: 'there is no such environment variable' });
    },
    that: <T>(place: string, reason: Bilingual, make: () => T): T => {
      try {
        return make();
      } catch (error) {
        if (error instanceof VerbFailure) throw error;
        throw wrongMember(file, place, reason);
      }
    },
  };
}

/**
 * The content of a configuration in YAML. Aliases are not followed: an expanded one can be of any size.
 * @throws VerbFailure (exit 4); the file system's error for a missing file
 */
export function yamlIn(file: string): unknown {
  const document = parseDocument(readFileSync(file, 'utf8'), { uniqueKeys: true });
  const [fault] = [...document.errors, ...document.warnings];
  if (fault !== undefined) throw wrongMember(file, '.', { zh: '不是有效的 YAML', en: 'it is not YAML' });
  try {
    return document.toJS({ maxAliasCount: 0 });
  } catch {
    throw wrongMember(file, '.', {
      zh: '有 YAML 别名（*名称）；请把内容写全',
      en: 'it has an alias of YAML (*name); write its content out',
    });
  }
}

/** Error at a place of a configuration file. */
export const wrongMember = (file: string, place: string, { zh, en }: Bilingual): VerbFailure =>
  new VerbFailure(exitCode.local, { zh: `${file} 中 ${place}：${zh}`, en: `${file}, ${place}: ${en}` });
