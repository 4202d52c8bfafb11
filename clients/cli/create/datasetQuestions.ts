/** A person's decisions about a dataset on a terminal: at most ten questions, each with a proposed answer and an option. */
import {
  departmentObjection,
  fieldsObjection,
  nameObjection,
  proposalsOf,
  subjectObjection,
  type Decisions,
  type Objection,
  type Subject,
} from '../../../adapters/newDataset/decisions.ts';
import type { Draft } from '../../../schemas/draft/draftSchema.ts';
import type { Table } from '../../../schemas/draft/table.ts';
import type { StaffOptions } from '../profile.ts';
import { exitCode, say, VerbFailure } from '../verb.ts';
import { answering } from './answering.ts';
import { showLevels } from './datasetShown.ts';
import { listOf, type Dialogue } from './dialogue.ts';

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
  readonly sample?: string;
  readonly out?: string;
  readonly force?: boolean;
  readonly yes?: boolean;
  readonly approveWith?: string;
}

const oneOf =
  (...allowed: readonly string[]) =>
  (answer: string): Objection =>
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
  const answer = answering(given, ask);
  const proposed = proposalsOf(draft, table);
  const department = await answer(
    'for',
    { zh: '由哪个部门提供（代码）？', en: 'Which department provides it (code)?' },
    undefined,
    departmentObjection,
  );
  const zh = await answer('title', { zh: '一行记录是什么？', en: 'What is a row?' }, proposed.title);
  const name = await answer(
    'name',
    { zh: '标准与资源的名称？', en: 'Name of schema and dataset?' },
    proposed.name,
    nameObjection,
  );
  const key = listOf(
    await answer(
      'key',
      { zh: '哪些字段标识一行（- 为无）？', en: 'Which fields identify a row (- for none)?' },
      proposed.key.join(',') || '-',
      (text) => fieldsObjection(draft, listOf(text)),
    ),
  );
  const subject = subjectOf(
    await answer(
      'about',
      {
        zh: '哪个字段标明所涉的个人或单位（字段:person、字段:organization，- 为无）？',
        en: 'Which field names the person or organisation of a row (field:person, field:organization, - for none)?',
      },
      proposed.subject === undefined ? '-' : `${proposed.subject.field}:${proposed.subject.kind}`,
      (text) => subjectObjection(draft, subjectOf(text)?.field),
    ),
  );
  const levels = await decideLevels(draft, given, ask);
  const sharing = (await answer(
    'sharing',
    {
      zh: '共享类型（conditional 有条件、unconditional 无条件、none 不予共享）？',
      en: 'How is it shared (conditional, unconditional, none)?',
    },
    'conditional',
    oneOf('conditional', 'unconditional', 'none'),
  )) as Decisions['sharing'];
  const duties = say({ zh: '法定职责所需', en: 'for statutory duties' });
  const conditions =
    sharing === 'conditional'
      ? await answer('conditions', { zh: '共享条件？', en: 'On which conditions?' }, duties)
      : '';
  const mode = (await answer(
    'mode',
    {
      zh: '每份文件替换上一份（snapshot），还是增改各行（upsert）？',
      en: 'Does each file replace the one before (snapshot), or add and change rows (upsert)?',
    },
    'snapshot',
    oneOf('snapshot', 'upsert'),
  )) as Decisions['mode'];
  const every = await answer(
    'every',
    {
      zh: '多久报送一次（day 每日、workday 每个工作日、- 不定期）？',
      en: 'How often does a file come (day, workday, - for not on fixed days)?',
    },
    '-',
    oneOf('day', 'workday', '-'),
  );
  return {
    ...{ department, name, key, levels, subject, sharing, conditions, mode },
    title: { zh, en: given.titleEn ?? name.replaceAll('-', ' ') },
    every: every === '-' ? undefined : (every as 'day' | 'workday'),
  };
}

function subjectOf(text: string): Subject | undefined {
  const [one] = listOf(text);
  if (one === undefined) return undefined;
  const [field = '', kind = 'person'] = one.split(':');
  return { field, kind: kind === 'organization' ? 'organization' : 'person' };
}

async function decideLevels(
  draft: Draft,
  { sensitivity }: CreateOptions,
  ask: Dialogue,
): Promise<Map<string, string>> {
  if (sensitivity !== undefined) return levelsOf(sensitivity, draft);
  showLevels(draft);
  const typed = await ask.ask({
    text: {
      zh: '敏感级别照此，或改为（字段=L3 …）？',
      en: 'Keep these levels, or change some (field=L3 …)?',
    },
    option: '--sensitivity',
    proposed: '-',
    objection: (text) =>
      listOf(text)
        .map((word) => levelObjection(word, draft))
        .find(Boolean),
  });
  return levelsOf(listOf(typed), draft);
}

/** @param word `field=L3` */
function levelObjection(word: string, draft: Draft): Objection {
  const [field = '', level = ''] = word.split('=');
  return (
    fieldsObjection(draft, [field]) ??
    (/^L[1-4]$/.test(level)
      ? undefined
      : { zh: '写作 字段=L3，级别为 L1 至 L4', en: 'written field=L3, levels are L1 to L4' })
  );
}

/** @throws VerbFailure for an unknown field, or an invalid level */
function levelsOf(words: readonly string[], draft: Draft): Map<string, string> {
  const levels = new Map<string, string>();
  for (const word of words.filter((one) => one !== '-')) {
    const objects = levelObjection(word, draft);
    if (objects !== undefined)
      throw new VerbFailure(exitCode.usage, { zh: `${word}：${objects.zh}`, en: `${word}: ${objects.en}` });
    const [field = '', level = ''] = word.split('=');
    levels.set(field, level);
  }
  return levels;
}
