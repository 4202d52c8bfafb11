/** `datong batch delete KEYS --dataset ID`: deletes rows of the department by their keys. */
import type { Command } from 'commander';
import { formatNamed, readRecords } from '../../adapters/formats.ts';
import { once } from '../../adapters/reading/reader.ts';
import { deleteRows as askDeletion } from '../sdk/deleteRows.ts';
import { readBounded } from './boundedFile.ts';
import { withProfile } from './profile.ts';
import { data, exitCode, talk, VerbFailure } from './verb.ts';
import { withClient, type ClientVerbOptions } from './withClient.ts';
import { counted } from '../../terms/counted.ts';

interface DeleteOptions extends ClientVerbOptions {
  readonly dataset: string;
  readonly reason: string;
}

/** Maximum number of keys in one call to the hub. */
const maxKeys = 10_000;
const maxBytes = 16 * 1024 * 1024;

export function register(program: Command): void {
  withProfile(program.command('delete'))
    .description('按主键删除本部门已报送的行 / delete rows of this department by their keys')
    .argument('<keys>', 'CSV with the fields of the primary key as its headings, a key a line')
    .requiredOption('--dataset <id>', 'such as pub-security.household')
    .requiredOption('--reason <text>', 'reason; it is recorded in the log, so it must not name a person')
    .option('--json', 'print the outcome as JSON')
    .addHelpText(
      'after',
      '\nExample:\n  $ datong batch delete closed.csv --dataset health.vaccination --reason "销户清单 2026-09"',
    )
    .action(deleteRows);
}

async function deleteRows(file: string, options: DeleteOptions): Promise<void> {
  const keys = await keysOf(file);
  await withClient(options, async (client) => {
    const { json } = await askDeletion((input) => client.call(input), options.dataset, keys, options.reason);
    if (options.json === true) data(JSON.stringify({ ok: true, ...json }));
    talk({
      zh: `删除 ${json.deleted} 行，${json.missing} 个主键没有对应的行`,
      en: `${counted(json.deleted, 'row')} deleted; without a row: ${counted(json.missing, 'key')}`,
    });
  });
}

/** @throws VerbFailure (exit 4) for more keys than one call may have, or a line of another length */
async function keysOf(file: string): Promise<readonly Readonly<Record<string, string>>[]> {
  const bytes = readBounded(file, maxBytes);
  const keys: Record<string, string>[] = [];
  let bad = 0;
  for await (const batch of readRecords(formatNamed('csv'), once(bytes), {})) {
    if (batch.kind !== 'table') continue;
    bad += batch.bad.length;
    for (let i = 0; i < batch.records.length; i += 1) {
      const cells = batch.records.at(i) as readonly string[];
      keys.push(Object.fromEntries(batch.columns.map((name, at) => [name, cells[at] ?? ''])));
    }
  }
  if (bad > 0 || keys.length === 0 || keys.length > maxKeys)
    throw new VerbFailure(
      exitCode.local,
      {
        zh: `${file} 须有表头和 1 至 ${maxKeys} 个主键，每行一个；读到 ${keys.length} 个，${bad} 行有误`,
        en: `${file} needs headings and 1 to ${maxKeys} keys, one a line; ${keys.length} were read, wrong lines: ${bad}`,
      },
      {
        zh: '更多的行以带删除标记的文件报送（intake.deleteWhere）',
        en: 'for more rows, send a file with a mark of deletion (intake.deleteWhere)',
      },
    );
  return keys;
}
