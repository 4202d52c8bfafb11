/** `datong batch row --dataset ID --key FIELD=VALUE`: from a row to the batch, the line and the mapping that it came by. */
import type { Command } from 'commander';
import { jsonCall } from '../../sdk/jsonCall.ts';
import { withProfile } from '../profile.ts';
import { columns } from '../textWidth.ts';
import { data, dataLines, exitCode, say, VerbFailure } from '../verb.ts';
import { withClient, type ClientVerbOptions } from '../withClient.ts';

interface RowOptions extends ClientVerbOptions {
  readonly dataset: string;
  readonly key: readonly string[];
}

/** `RowOrigin` of openapi.yaml */
interface RowOrigin {
  readonly batch: string;
  readonly sentAt: string;
  readonly fileName?: string;
  readonly line?: number;
  readonly sha256?: string;
  readonly mapping?: string;
}

export function registerRow(batch: Command): void {
  withProfile(
    batch
      .command('row')
      .description('本部门的一行来自哪个批次、哪一行、哪版映射 / where a row of this department came from'),
  )
    .requiredOption('--dataset <id>', 'such as pub-security.household')
    .requiredOption('--key <field=value...>', 'every field of the primary key with its value')
    .option('--json', 'tell the outcome as JSON')
    .addHelpText(
      'after',
      '\nExample:\n  $ datong batch row --dataset pub-security.household --key person_id=990101201801010014',
    )
    .action(row);
}

async function row(options: RowOptions): Promise<void> {
  const key = Object.fromEntries(options.key.map(pair));
  await withClient(options, async (client) => {
    const path = `/v1/datasets/${encodeURIComponent(options.dataset)}/rows/origin`;
    const { json } = await client.call(jsonCall(path, { key }, {}, 'required'));
    const origin = json as RowOrigin;
    if (options.json === true) data(JSON.stringify({ ok: true, ...origin }));
    else dataLines(columns(cellsOf(origin)));
  });
}

function cellsOf({ batch, fileName, line, mapping, sentAt, sha256 }: RowOrigin): string[][] {
  const gone = say({ zh: '（原始字节已销毁）', en: '(its raw bytes are destroyed)' });
  return [
    [say({ zh: '批次', en: 'batch' }), batch],
    [say({ zh: '文件', en: 'file' }), fileName ?? '–'],
    [say({ zh: '行', en: 'line' }), line === undefined ? gone : String(line)],
    [say({ zh: '映射', en: 'mapping' }), mapping ?? '–'],
    [say({ zh: '报送时间', en: 'sent' }), sentAt],
    ['SHA-256', sha256 ?? '–'],
  ];
}

/** @throws VerbFailure (exit 2) */
function pair(text: string): [string, string] {
  const at = text.indexOf('=');
  if (at > 0) return [text.slice(0, at), text.slice(at + 1)];
  throw new VerbFailure(exitCode.usage, {
    zh: '--key 写作 字段=值',
    en: '--key is written FIELD=VALUE',
  });
}
