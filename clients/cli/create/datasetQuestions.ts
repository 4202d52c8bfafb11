/** A person's decisions about a dataset on a terminal: at most ten questions, each with a proposed answer and an option. */
import {
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
import { answerCode } from './choices.ts';
import { showKeyReasons, showLevels } from './datasetShown.ts';
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
  readonly keep?: string;
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
  const department = await answerCode(given, ask, 'for', 'departments', {
    zh: '由哪个部门提供（代码）？',
    en: 'Which department provides it (code)?',
  });
  const zh = await answer('title', { zh: '一行记录是什么？', en: 'What is a row?' }, proposed.title);
  const name = await answer(
    'name',
    { zh: '标准与资源的名称？', en: 'Name of schema and dataset?' },
    proposed.name,
    nameObjection,
  );
  if (given.key === undefined) showKeyReasons(proposed.keyReasons);
  const key = listOf(
    await answer(
      'key',
      { zh: '哪些数据项标识一行（- 为无）？', en: 'Which fields identify a row (- for none)?' },
      proposed.key.join(',') || '-',
      (text) => fieldsObjection(draft, listOf(text)),
    ),
  );
  const subject = subjectOf(
    await answer(
      'about',
      {
        zh: '哪个数据项标明所涉的个人或单位（数据项:person、数据项:organization，- 为无）？',
        en: 'Which field names the person or organisation of a row (field:person, field:organization, - for none)?',
      },
      proposed.subject === undefined ? '-' : `${proposed.subject.field}:${proposed.subject.kind}`,
      (text) => subjectObjection(draft, subjectOf(text)?.field) ?? subjectKindObjection(text),
    ),
  );
  const { levels, markedTexts } = await decideFields(draft, given, ask);
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
    department,
    name,
    key,
    levels,
    markedTexts,
    subject,
    sharing,
    conditions,
    mode,
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

/** Another word would make the rows data of persons. */
const subjectKindObjection = (text: string): Objection =>
  listOf(text).every((one) => /^[^:]+(?::(?:person|organization))?$/.test(one)) && listOf(text).length < 2
    ? undefined
    : {
        zh: '写作 数据项:person 或 数据项:organization，只写一个',
        en: 'written field:person or field:organization, one of them',
      };

interface FieldDecisions {
  readonly levels: ReadonlyMap<string, string>;
  readonly markedTexts: ReadonlySet<string>;
}

/** One question about all fields: levels, and marks of a missing value that remain texts. */
async function decideFields(
  draft: Draft,
  { sensitivity, keep }: CreateOptions,
  ask: Dialogue,
): Promise<FieldDecisions> {
  const given = [...(sensitivity ?? []), ...listOf(keep ?? '').map((field) => `${field}=keep`)];
  if (sensitivity !== undefined) return fieldDecisions(given, draft);
  showLevels(draft);
  const withMarks = draft.fields.find(({ marks }) => marks.length > 0)?.field;
  const typed = await ask.ask({
    text: {
      zh: `敏感级别照此，或改为（数据项=L3${withMarks === undefined ? '' : `，${withMarks}=keep 保留原文`} …）？`,
      en: `Keep these levels, or change some (field=L3${withMarks === undefined ? '' : `, ${withMarks}=keep for its texts as they are`} …)?`,
    },
    option: '--sensitivity',
    proposed: '-',
    objection: (text) =>
      listOf(text)
        .map((word) => wordObjection(word, draft))
        .find(Boolean),
  });
  return fieldDecisions([...given, ...listOf(typed)], draft);
}

/** @param word `field=L3`, or `field=keep` */
function wordObjection(word: string, draft: Draft): Objection {
  const [field = '', decision = '', ...more] = word.split('=');
  return (
    fieldsObjection(draft, [field]) ??
    (/^(?:L[1-4]|keep)$/.test(decision) && more.length === 0
      ? undefined
      : {
          zh: '写作 数据项=L3，级别为 L1 至 L4；数据项=keep 保留原文',
          en: 'written field=L3, levels are L1 to L4; field=keep keeps its texts',
        })
  );
}

/** @throws VerbFailure for an unknown field, or an invalid level */
function fieldDecisions(words: readonly string[], draft: Draft): FieldDecisions {
  const levels = new Map<string, string>();
  const markedTexts = new Set<string>();
  for (const word of words.filter((one) => one !== '-')) {
    const objects = wordObjection(word, draft);
    if (objects !== undefined)
      throw new VerbFailure(exitCode.usage, { zh: `${word}：${objects.zh}`, en: `${word}: ${objects.en}` });
    const [field = '', decision = ''] = word.split('=');
    if (decision === 'keep') markedTexts.add(field);
    else levels.set(field, decision);
  }
  return { levels, markedTexts };
}
