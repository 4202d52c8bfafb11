/** `datong rows cases DATASET` and `datong rows case DATASET`: cases as a member of staff sees them, under the agreement of their department. */
import { Option, type Command } from 'commander';
import { defined } from '../../terms/defined.ts';
import { pathWith } from '../sdk/jsonCall.ts';
import type { CaseDataset, CasesAnswer } from '../sdk/listTypes.ts';
import type { Query, Scalar, VersionNote } from '../sdk/types.ts';
import { bodyOf } from './approve/waiting.ts';
import type { StaffClient } from './apply/staffCall.ts';
import { filterTerms } from './filterTerms.ts';
import { columns } from './printedText.ts';
import type { StaffOptions } from './profile.ts';
import { deadlineText, fieldValues } from './rowsChange.ts';
import { withStaff } from './schema/schemaLife.ts';
import { collect, wholeNumber } from './values.ts';
import { data, dataLines, exitCode, say, talk, VerbFailure } from './verb.ts';
import { titleIn } from '../../terms/titleIn.ts';
import type { Bilingual } from '../../terms/bilingual.ts';
import { momentInChina } from '../../terms/civilDate.ts';
import { everyPage, getFrom } from './everyPage.ts';

interface Department {
  readonly code: string;
  readonly name: Bilingual;
}
interface CasesOptions extends StaffOptions {
  readonly department?: string;
  readonly agreement?: string;
  readonly purpose?: string;
  readonly matter?: string;
  readonly json?: boolean;
}
interface ListOptions extends CasesOptions {
  readonly filter?: readonly string[];
  readonly notices?: 'missed' | 'noticed';
  readonly limit: number;
}
interface ShowOptions extends CasesOptions {
  readonly key: readonly string[];
}

export function registerRowsCases(rows: Command): void {
  withStaff<ListOptions>(
    withActing(
      rows.command('cases').description('本部门参与办理的办件 / cases that your department works on'),
    )
      .option('--filter <term>', 'such as status=open; repeat for more', collect)
      .addOption(
        new Option('--notices <which>', 'only with a missed deadline, or also with one that is near').choices(
          ['missed', 'noticed'],
        ),
      )
      .option('--limit <number>', 'at most so many', wholeNumber(1, 100_000), 100),
    'datong rows cases ecology.street-cases --filter status=open',
    list,
  );
  withStaff<ShowOptions>(
    withActing(
      rows.command('case').description('一个办件及其办理经过 / one case with its deadline and its versions'),
    ).requiredOption('--key <field=value>', 'a field of the primary key; once for each of them', collect),
    'datong rows case ecology.street-cases --key case=a-1',
    show,
  );
}

const withActing = (command: Command): Command =>
  command
    .argument('<dataset>', 'such as ecology.street-cases')
    .option('--department <code>', 'your department that works on the cases; needed where there are several')
    .option('--agreement <id>', 'agreement of the department; needed where there are several')
    .option('--purpose <code>', 'purpose of the agreement; needed where there are several')
    .option('--matter <number>', 'case number (办件号), where the agreement asks for one');

interface Acting {
  readonly set: CaseDataset;
  readonly agreement: CaseDataset['agreements'][number];
  readonly ask: (more: {
    readonly query: Query;
    readonly notices?: 'missed' | 'noticed';
  }) => Promise<CasesAnswer>;
}

/** For which department and under which agreement. @throws VerbFailure usage, where there is none or a choice */
async function actingIn(client: StaffClient, dataset: string, options: CasesOptions): Promise<Acting> {
  const { matter } = options;
  const { datasets } = bodyOf(await client.get('/v1/case-datasets')) as unknown as {
    readonly datasets: readonly CaseDataset[];
  };
  const sets = datasets.filter((one) => one.dataset === dataset);
  const set = named('--department', options.department, sets, (one) => one.department);
  const agreement = named('--agreement', options.agreement, set.agreements, (one) => one.agreement);
  const purpose = named('--purpose', options.purpose, agreement.purposes, (one) => one);
  const path = pathWith(`/v1/datasets/${encodeURIComponent(dataset)}/cases`, { department: set.department });
  return {
    set,
    agreement,
    ask: async (more) => {
      const asked = { agreement: agreement.agreement, purpose, ...defined({ matter }), ...more };
      return bodyOf(await client.post(path, asked)) as unknown as CasesAnswer;
    },
  };
}

/** The one that is named, or the only one. @throws VerbFailure usage */
function named<T>(
  flag: string,
  wanted: string | undefined,
  all: readonly T[],
  nameOf: (one: T) => string,
): T {
  const found = wanted === undefined ? all : all.filter((one) => nameOf(one) === wanted);
  const [first, second] = found;
  if (first !== undefined && second === undefined) return first;
  const names = all.map(nameOf).join(', ');
  throw new VerbFailure(
    exitCode.usage,
    names === ''
      ? { zh: `没有可用的 ${flag}`, en: `there is none for ${flag}` }
      : { zh: `${flag} 为其一：${names}`, en: `${flag} is one of: ${names}` },
  );
}

async function list(client: StaffClient, dataset: string, options: ListOptions): Promise<void> {
  const { set, ask } = await actingIn(client, dataset, options);
  const filter = filterTerms(options.filter ?? []);
  const found: { readonly record: object; readonly version?: number; readonly due?: object | null }[] = [];
  let cursor: string | undefined;
  do {
    const query = { filter, limit: Math.min(100, options.limit - found.length), ...defined({ cursor }) };
    const page = await ask({ query, ...defined({ notices: options.notices }) });
    for (const [nth, record] of page.records.entries())
      found.push({ record, ...defined({ version: page.versions?.[nth], due: page.due?.[nth] }) });
    cursor = page.nextCursor;
  } while (cursor !== undefined && found.length < options.limit);
  if (options.json === true) data(JSON.stringify({ cases: found }));
  else
    dataLines(
      columns(
        found.map(({ record, version, due }) => {
          const values = record as Readonly<Record<string, unknown>>;
          return [
            ...set.key.map((field) => text(values[field])),
            stateText(set, values[set.state]),
            version === undefined ? '' : `v${version}`,
            dueText(set, due),
          ];
        }),
      ),
    );
  if (found.length === 0) talk({ zh: '没有', en: 'there are none' });
  if (cursor !== undefined)
    talk({ zh: `只列出前 ${found.length} 条`, en: `the first ${found.length} are listed` });
}

async function show(client: StaffClient, dataset: string, options: ShowOptions): Promise<void> {
  const { set, agreement, ask } = await actingIn(client, dataset, options);
  const filter = Object.entries(fieldValues(options.key, '--key')).map(([field, value]) => ({
    field,
    op: 'eq' as const,
    value: value as Scalar,
  }));
  const answer = await ask({ query: { filter, limit: 1 } });
  const [record] = answer.records;
  if (record === undefined)
    throw new VerbFailure(exitCode.refused, {
      zh: '没有这个办件，或本部门无权查看',
      en: 'there is no such case, or the department may not see it',
    });
  const history: VersionNote[] = [];
  for (let cursor: string | undefined = ''; agreement.history && cursor !== undefined;) {
    const page = await ask({
      query: { filter, history: true, limit: 100, ...(cursor === '' ? {} : { cursor }) },
    });
    history.push(...(page.history ?? []));
    cursor = page.nextCursor;
  }
  const [version, due] = [answer.versions?.[0], answer.due?.[0]];
  if (options.json === true) {
    data(JSON.stringify({ record, ...defined({ version, due }), history }));
    return;
  }
  const departments = await everyPage(
    getFrom(client),
    '/v1/departments',
    { limit: '200' },
    (page) => page['departments'] as readonly Department[],
  );
  const titleOf = (field: string): string => {
    const title = set.fields.find(({ name }) => name === field)?.title;
    return title === undefined ? field : say(title);
  };
  dataLines([
    say(set.title),
    // a field is changed by its name, so both are shown
    ...Object.entries(record).map(([field, value]) => {
      const shown = field === set.state ? stateText(set, value) : text(value);
      return say({
        zh: `${titleOf(field)}（${field}）：${shown}`,
        en: `${titleOf(field)} (${field}): ${shown}`,
      });
    }),
    ...columns(
      history.map((one) => {
        const department = departments.find(({ code }) => code === one.department);
        return [
          `v${one.version}`,
          momentInChina(one.at),
          department === undefined ? one.department : say(department.name),
          one.transition === undefined ? '' : say(titleIn(set.titles.transitions, one.transition)),
          one.fields.map(titleOf).join(say({ zh: '、', en: ', ' })),
        ];
      }),
    ),
  ]);
  if (version !== undefined) talk({ zh: `第 ${version} 版`, en: `version ${version}` });
  if (due !== undefined && due !== null)
    talk(deadlineText(due, (id) => say(titleIn(set.titles.transitions, id))));
}

/** A value of the state with its title; a filter and a change name the value. */
function stateText({ titles }: CaseDataset, value: unknown): string {
  const code = text(value);
  const title = say(titleIn(titles.states, code));
  return title === code ? code : say({ zh: `${code}（${title}）`, en: `${code} (${title})` });
}

const dueText = (set: CaseDataset, due: object | null | undefined): string =>
  due !== null && due !== undefined && 'at' in due && 'transition' in due
    ? `${say(titleIn(set.titles.transitions, text(due.transition)))} ${momentInChina(text(due.at))}${'provisional' in due ? '?' : ''}`
    : '';

const text = (value: unknown): string =>
  typeof value === 'string' ? value : value === undefined || value === null ? '' : JSON.stringify(value);
