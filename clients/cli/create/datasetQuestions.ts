/** A person's decisions about a dataset: at most ten questions, each with a proposed answer and an option. */
import type { Draft } from '../../../schemas/draft/draftSchema.ts';
import type { Table } from '../../../schemas/draft/table.ts';
import type { StaffOptions } from '../profile.ts';
import { exitCode, say, VerbFailure } from '../verb.ts';
import { propertiesOf, type Decisions } from './datasetDocuments.ts';
import { showLevels } from './datasetShown.ts';
import { listOf, type Dialogue } from './dialogue.ts';
import { defined } from '../../../terms/defined.ts';

/** Options of `datong dataset create`; missing ones are asked for. */
export interface CreateOptions extends StaffOptions {
  readonly for?: string;
  readonly name?: string;
  readonly title?: string;
  readonly titleEn?: string;
  readonly key?: string;
  readonly about?: string;
  readonly sensitivity?: readonly string[];
  readonly sharing?: string;
  readonly conditions?: string;
  readonly mode?: string;
  readonly every?: string;
  readonly sheet?: string;
  readonly out?: string;
  readonly force?: boolean;
  readonly yes?: boolean;
  readonly approveWith?: string;
}

const oneOf =
  (...allowed: readonly string[]) =>
  (answer: string) =>
    allowed.includes(answer)
      ? undefined
      : { zh: `应为 ${allowed.join('、')} 之一`, en: `one of ${allowed.join(', ')}` };

/** @throws VerbFailure for an answer that cannot be taken, or one that is missing where no terminal is */
export async function decide(
  draft: Draft,
  table: Table,
  given: CreateOptions,
  ask: Dialogue,
): Promise<Decisions> {
  const fields = draft.fields.map(({ field }) => field);
  const answer = async (
    option: keyof CreateOptions,
    zh: string,
    en: string,
    proposed: string | undefined,
    objection?: (text: string) => { zh: string; en: string } | undefined,
  ): Promise<string> => {
    const typed = given[option];
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
      text: { zh, en },
      option: flag,
      ...defined({ proposed, objection }),
    });
  };
  const known = (text: string) => {
    const unknown = listOf(text).find((name) => !fields.includes(name.split(/[:=]/)[0] ?? ''));
    return unknown === undefined
      ? undefined
      : {
          zh: `没有字段 ${unknown}；有 ${fields.join('、')}`,
          en: `no field ${unknown}; there are ${fields.join(', ')}`,
        };
  };
  const slug = (text: string) =>
    /^(?=.{2,60}$)[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(text)
      ? undefined
      : { zh: '小写拉丁字母、数字和连字符', en: 'lower-case letters, digits and hyphens' };
  const title = draft.schema['x-title'] as { readonly zh: string; readonly en: string };
  const department = await answer(
    'for',
    '由哪个部门提供（代码）？',
    'Which department provides it (code)?',
    undefined,
    slug,
  );
  const zh = await answer('title', '一行记录是什么？', 'What is a row?', title.zh);
  const name = await answer('name', '标准与资源的名称？', 'Name of schema and dataset?', title.en, slug);
  const key = listOf(
    await answer(
      'key',
      '哪些字段标识一行（- 为无）？',
      'Which fields identify a row (- for none)?',
      keyOf(table, draft) ?? '-',
      known,
    ),
  );
  const subject = subjectOf(
    await answer(
      'about',
      '哪个字段标明所涉的个人或单位（字段:person、字段:organization，- 为无）？',
      'Which field names the person or organisation of a row (field:person, field:organization, - for none)?',
      proposedSubject(draft, key),
      (text) => known(text) ?? (listOf(text).length === 0 && isPersonal(draft) ? subjectNeeded : undefined),
    ),
  );
  if (given.sensitivity === undefined) showLevels(draft);
  const levels = levelsOf(
    given.sensitivity ??
      listOf(
        await ask.ask({
          text: {
            zh: '敏感级别照此，或改为（字段=L3 …）？',
            en: 'Keep these levels, or change some (field=L3 …)?',
          },
          option: '--sensitivity',
          proposed: '-',
          objection: (text) =>
            listOf(text)
              .map((word) => levelObjection(word, known))
              .find(Boolean),
        }),
      ),
    known,
  );
  const sharing = (await answer(
    'sharing',
    '共享类型（conditional 有条件、unconditional 无条件、none 不予共享）？',
    'How is it shared (conditional, unconditional, none)?',
    'conditional',
    oneOf('conditional', 'unconditional', 'none'),
  )) as Decisions['sharing'];
  const conditions =
    sharing === 'conditional'
      ? await answer(
          'conditions',
          '共享条件？',
          'On which conditions?',
          say({ zh: '法定职责所需', en: 'for statutory duties' }),
        )
      : '';
  const mode = (await answer(
    'mode',
    '每份文件替换上一份（snapshot），还是增改各行（upsert）？',
    'Does each file replace the one before (snapshot), or add and change rows (upsert)?',
    'snapshot',
    oneOf('snapshot', 'upsert'),
  )) as Decisions['mode'];
  const every = await answer(
    'every',
    '多久报送一次（day 每日、workday 每个工作日、- 不定期）？',
    'How often does a file come (day, workday, - for not on fixed days)?',
    '-',
    oneOf('day', 'workday', '-'),
  );
  return {
    ...{ department, name, key, levels, subject, sharing, conditions, mode },
    title: { zh, en: given.titleEn ?? name.replaceAll('-', ' ') },
    every: every === '-' ? undefined : (every as 'day' | 'workday'),
  };
}

/** A field with a value in every row, and no value twice; one that is called a number of something before others. */
function keyOf(table: Table, draft: Draft): string | undefined {
  const unique = draft.fields.filter((_field, place) => {
    const samples = table.columns[place]?.samples ?? [];
    return samples.length > 1 && !samples.includes('') && new Set(samples).size === samples.length;
  });
  const isIdentifier = (field: string): boolean => /(?:^|_)(?:no|code|id|uscc|number)$|_id$/.test(field);
  return (unique.find(({ field }) => isIdentifier(field)) ?? unique[0])?.field;
}

/** As drafted; else the key, where rows contain personal data. */
function proposedSubject(draft: Draft, key: readonly string[]): string {
  const properties = propertiesOf(draft);
  const drafted = Object.entries(properties).find(([, schema]) => schema['x-subject-key'] !== undefined);
  if (drafted !== undefined) return `${drafted[0]}:${String(drafted[1]['x-subject-key'])}`;
  return isPersonal(draft) && key[0] !== undefined ? `${key[0]}:person` : '-';
}

const isPersonal = (draft: Draft): boolean =>
  Object.values(propertiesOf(draft)).some((schema) => schema['x-personal'] !== 'none');

const subjectNeeded = {
  zh: '各行含个人数据，须指明一个字段',
  en: 'rows hold personal data: name a field',
};

function subjectOf(text: string): Decisions['subject'] {
  const [one] = listOf(text);
  if (one === undefined) return undefined;
  const [field = '', kind = 'person'] = one.split(':');
  return { field, kind: kind === 'organization' ? 'organization' : 'person' };
}

type Objection = (text: string) => { zh: string; en: string } | undefined;

/** @param word `field=L3` */
function levelObjection(word: string, known: Objection): ReturnType<Objection> {
  const [field = '', level = ''] = word.split('=');
  return (
    known(field) ??
    (/^L[1-4]$/.test(level)
      ? undefined
      : { zh: '写作 字段=L3，级别为 L1 至 L4', en: 'written field=L3, levels are L1 to L4' })
  );
}

/** @throws VerbFailure for an unknown field, or an invalid level */
function levelsOf(words: readonly string[], known: Objection): Map<string, string> {
  const levels = new Map<string, string>();
  for (const word of words.filter((one) => one !== '-')) {
    const objects = levelObjection(word, known);
    if (objects !== undefined)
      throw new VerbFailure(exitCode.usage, { zh: `${word}：${objects.zh}`, en: `${word}: ${objects.en}` });
    const [field = '', level = ''] = word.split('=');
    levels.set(field, level);
  }
  return levels;
}
