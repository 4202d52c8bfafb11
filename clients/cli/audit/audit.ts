/** `datong audit verify|export`: the log, checked without believing the hub. */
import { writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import type { LogFinding } from '../../../log/finding.ts';
import { verifyPack, type NamedReceipt, type NamedText } from '../../../log/pack/verifyPack.ts';
import { withStaffToken, type StaffOptions } from '../profile.ts';
import { data, exitCode, reportFindings, talk, VerbFailure } from '../verb.ts';
import { wholeNumber } from '../wholeNumber.ts';
import { readEvidence, readKeys, readNamed, readReceipts } from './evidenceFolder.ts';
import { staffReader } from './staffReader.ts';
import { verifyLog } from './verifyLog.ts';

interface VerifyOptions extends StaffOptions {
  readonly key?: readonly string[];
  readonly checkpoint?: readonly string[];
  readonly receipts?: readonly string[];
  readonly json?: boolean;
}

interface ExportOptions extends StaffOptions {
  readonly from?: number;
  readonly to?: number;
  readonly exchange?: readonly string[];
  readonly history?: readonly number[];
  readonly out?: string;
}

const collect = (value: string, before: readonly string[] = []): string[] => [...before, value];
const index = wholeNumber(0);
const collectSizes = (value: string, before: readonly number[] = []): number[] => [...before, index(value)];

export function register(program: Command): void {
  const audit = program
    .command('audit')
    .description('审计日志：在本机核验，导出证据 / the audit log: verify it here, take evidence out');
  withStaffToken(
    audit
      .command('verify')
      .description(
        '核验证据包或证据文件夹；不给路径则核验运行中枢纽的整个日志 / check a pack or a folder of evidence; without a path, the whole log of a running hub',
      )
      .argument('[path]', 'pack.json, or a folder with pack.json, checkpoint and receipts/')
      .option(
        '--key <vkey>',
        "the log's public key, or a file with it; several for a log that changed keys",
        collect,
      )
      .option('--checkpoint <file>', 'a checkpoint that was kept outside; may be repeated', collect)
      .option('--receipts <path>', 'a receipt, or a folder of receipts, that came with replies', collect)
      .option('--json', 'answer {ok, findings} as JSON')
      .addHelpText(
        'after',
        '\nExit codes: 0 everything holds, 5 something does not, 4 a file cannot be read.' +
          '\n\nExamples:\n  datong audit verify evidence --key evidence/log.vkey' +
          '\n  datong audit verify pack.json --key "datong/yunqi+1a2b3c4d+AR…" --checkpoint kept.txt --receipts receipts/' +
          '\n  datong audit verify --as auditor',
      ),
  ).action(verify);
  withStaffToken(
    audit
      .command('export')
      .description(
        '导出证据：日志条目及其证明、较早的存证点 / take evidence out: entries with their proofs, and earlier checkpoints',
      )
      .option('--from <index>', 'first entry (default: the whole log)', index)
      .option('--to <index>', 'last entry', index)
      .option('--exchange <id>', 'an exchange; may be repeated', collect)
      .option('--history <size>', 'size of a checkpoint that somebody keeps; may be repeated', collectSizes)
      .option('-o, --out <file>', 'file to write (default: stdout)')
      .addHelpText(
        'after',
        '\nExamples:\n  datong audit export --as auditor -o pack.json\n  datong audit export --exchange 0192… --history 120 -o pack.json',
      ),
  ).action(exportPack);
}

async function verify(path: string | undefined, options: VerifyOptions): Promise<void> {
  const kept = (options.checkpoint ?? []).map(readNamed);
  const receipts = (options.receipts ?? []).flatMap(readReceipts);
  const { findings, passed } =
    path === undefined ? await verifyOnline(options, kept) : verifyFiles(path, options, kept, receipts);
  reportFindings(findings, { json: options.json === true, failure: exitCode.verification, passed });
}

interface Verdict {
  readonly findings: readonly LogFinding[];
  readonly passed: { readonly zh: string; readonly en: string };
}

function verifyFiles(
  path: string,
  options: VerifyOptions,
  kept: readonly NamedText[],
  receipts: readonly NamedReceipt[],
): Verdict {
  const keys = readKeys(options.key ?? []);
  if (keys.length === 0) {
    throw new VerbFailure(
      exitCode.usage,
      { zh: '离线核验需要日志公钥', en: 'a pack is verified with the public key of the log' },
      { zh: '用 --key 给出 vkey 或其文件', en: 'give the vkey, or a file with it, with --key' },
    );
  }
  const files = readEvidence(path);
  const evidence = {
    keys,
    checkpoints: [...files.checkpoints, ...kept],
    receipts: [...files.receipts, ...receipts],
  };
  const { findings, checkpoint, entries } = verifyPack(files.pack, evidence);
  const [heads, slips] = [evidence.checkpoints.length, evidence.receipts.length];
  return {
    findings,
    passed: {
      zh: `日志完好：${checkpoint?.origin ?? ''}，共 ${checkpoint?.size ?? 0} 条，其中 ${entries.length} 条逐条核验；留存存证点 ${heads} 个、回执 ${slips} 份均一致`,
      en: `the log is intact: ${checkpoint?.origin ?? ''}, ${checkpoint?.size ?? 0} entries, ${entries.length} of them proven here; kept checkpoints (${heads}) and receipts (${slips}) agree`,
    },
  };
}

async function verifyOnline(options: VerifyOptions, kept: readonly NamedText[]): Promise<Verdict> {
  const hub = staffReader(options);
  try {
    const keys = options.key === undefined ? await hub.logKeys() : readKeys(options.key);
    const { findings, checkpoint } = await verifyLog(hub, keys, kept);
    return {
      findings,
      passed: {
        zh: `日志完好：${checkpoint?.origin ?? ''}，${checkpoint?.size ?? 0} 条全部取回并在本机核验`,
        en: `the log is intact: ${checkpoint?.origin ?? ''}, all ${checkpoint?.size ?? 0} entries fetched and verified here`,
      },
    };
  } finally {
    hub.close();
  }
}

async function exportPack(options: ExportOptions): Promise<void> {
  const { from, to, exchange, history } = options;
  if (from !== undefined && to !== undefined && to < from)
    throw new VerbFailure(exitCode.usage, { zh: '--to 小于 --from', en: '--to is below --from' });
  const hub = staffReader(options);
  try {
    const pack = await hub.ask('POST', '/v1/log/packs', {
      ...(from === undefined ? {} : { from }),
      ...(to === undefined ? {} : { to }),
      ...(exchange === undefined ? {} : { exchanges: exchange }),
      ...(history === undefined ? {} : { history }),
    });
    const text = `${JSON.stringify(pack)}\n`;
    if (options.out === undefined) {
      data(text);
      return;
    }
    writeFileSync(options.out, text, { mode: 0o600 });
    const count = Array.isArray(pack['entries']) ? pack['entries'].length : 0;
    talk({ zh: `已写入 ${options.out}：${count} 条`, en: `wrote ${options.out}: ${count} entries` });
  } finally {
    hub.close();
  }
}
