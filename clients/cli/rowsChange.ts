/** `datong rows change` and `datong rows history`: one row that several departments work on. */
import type { Command } from 'commander';
import { changeRow } from '../sdk/changeRow.ts';
import type { Scalar } from '../sdk/types.ts';
import { contextOf, withCallContext, type ContextOptions } from './callContext.ts';
import { refuseInexact } from './exactNumbers.ts';
import { withProfile } from './profile.ts';
import { collect, wholeNumber } from './values.ts';
import { data, exitCode, talk, VerbFailure } from './verb.ts';
import { withClient, type ClientVerbOptions } from './withClient.ts';
import type { Bilingual } from '../../terms/bilingual.ts';
import { counted } from '../../terms/counted.ts';

interface KeyOptions extends ClientVerbOptions {
  readonly key: readonly string[];
  readonly json?: boolean;
}
interface ChangeOptions extends KeyOptions {
  readonly set: readonly string[];
  readonly ifVersion: number;
  readonly idempotencyKey?: string;
}
interface HistoryOptions extends KeyOptions, ContextOptions {}

export function registerRowsChange(rows: Command): void {
  withProfile(rows.command('change'))
    .description('变更由多个部门办理的一行 / change fields of a row that several departments work on')
    .argument('<dataset>', 'such as ecology.street-cases')
    .requiredOption('--key <field=value>', 'a field of the primary key; once for each of them', collect)
    .requiredOption('--set <field=value>', 'a new value: text after =, JSON after := (cost:=12.5)', collect)
    .requiredOption('--if-version <n>', 'version of the row as it was read', wholeNumber(1, 1_000_000_000))
    .option('--idempotency-key <key>', 'the same key with the same change gets the first answer again')
    .option('--json', 'print the outcome as JSON')
    .addHelpText(
      'after',
      '\nExample:\n  $ datong rows change ecology.street-cases --as education --key case=a-1 --set status=accepted --if-version 1',
    )
    .action(change);
  withCallContext(withProfile(rows.command('history')))
    .description('一行的各个版本 / versions of one row, the oldest first; a line of JSON each')
    .argument('<dataset>', 'such as ecology.street-cases')
    .requiredOption('--key <field=value>', 'a field of the primary key; once for each of them', collect)
    .addHelpText(
      'after',
      '\nExample:\n  $ datong rows history ecology.street-cases --as education --purpose environment-study --agreement agr-cases --key case=a-1',
    )
    .action(history);
}

async function change(dataset: string, options: ChangeOptions): Promise<void> {
  const asked = {
    key: fieldValues(options.key, '--key') as Readonly<Record<string, Scalar>>,
    version: options.ifVersion,
    set: fieldValues(options.set, '--set'),
  };
  await withClient(options, async (client) => {
    const { json } = await changeRow((input) => client.call(input), dataset, asked, options.idempotencyKey);
    if (options.json === true) data(JSON.stringify({ ok: true, ...json }));
    const { version, fields, transition, due } = json;
    talk({
      zh: `已保存为第 ${version} 版：${fields.join('、')}${transition === undefined ? '' : `，流转 ${transition}`}`,
      en: `stored as version ${version}: ${fields.join(', ')}${transition === undefined ? '' : `, transition ${transition}`}`,
    });
    if (due !== undefined) talk(deadlineText(due));
  });
}

async function history(dataset: string, options: HistoryOptions): Promise<void> {
  const filter = Object.entries(fieldValues(options.key, '--key')).map(([field, value]) => ({
    field,
    op: 'eq' as const,
    value: value as Scalar,
  }));
  await withClient(options, async (client) => {
    let count = 0;
    for await (const { json } of client.queryPages(dataset, { filter, history: true }, contextOf(options)))
      json.records.forEach((record, nth) => {
        count += 1;
        data(JSON.stringify({ ...json.history?.[nth], record }));
      });
    talk({ zh: `${count} 个版本`, en: counted(count, 'version') });
  });
}

/** Values by field: text after `=`, JSON after `:=`. @throws VerbFailure usage */
export function fieldValues(words: readonly string[], flag: string): Readonly<Record<string, unknown>> {
  const values: Record<string, unknown> = {};
  for (const word of words) {
    const [found, field = '', isJson, text = ''] =
      /^([A-Za-z][A-Za-z0-9_]{0,62})(:?)=(.*)$/s.exec(word) ?? [];
    if (found === undefined || Object.hasOwn(values, field)) throw unreadable(flag);
    values[field] = isJson === '' ? text : jsonIn(text, flag);
  }
  return values;
}

function jsonIn(text: string, flag: string): unknown {
  refuseInexact(text, flag, exitCode.usage);
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw unreadable(flag);
  }
}

const unreadable = (flag: string): VerbFailure =>
  new VerbFailure(exitCode.usage, {
    zh: `${flag} 写作 数据项=文本 或 数据项:=JSON，每个数据项一次`,
    en: `${flag} is written as field=text or field:=JSON, once for each field`,
  });

interface CaseDeadline {
  readonly transition: string;
  readonly at: string;
  readonly provisional?: boolean;
}

/** A deadline in words. @param nameOf a transition; absent: by its id, which the developer of a department knows */
export function deadlineText(
  { transition: id, at, provisional }: CaseDeadline,
  nameOf: (id: string) => string = (one) => one,
): Bilingual {
  const isProvisional = provisional === true;
  const transition = nameOf(id);
  return {
    zh: `${transition} 的时限为 ${at}${isProvisional ? '（暂定：节假日安排未公布）' : ''}`,
    en: `${transition} is due at ${at}${isProvisional ? ' (provisional: holidays are not announced yet)' : ''}`,
  };
}
