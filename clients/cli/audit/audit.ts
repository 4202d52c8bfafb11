/** `datong audit verify|export|search`: the log, checked without believing the hub. */
import type { Command } from 'commander';
import type { Checkpoint } from '../../../log/checkpoint.ts';
import { logFinding, type LogFinding } from '../../../log/finding.ts';
import { emptyTree } from '../../../log/tree/growTree.ts';
import type { NamedText } from '../../../log/pack/verifyPack.ts';
import type { Bilingual } from '../../../terms/bilingual.ts';
import { Problem } from '../../../terms/problem.ts';
import { withStaffToken, type StaffOptions } from '../profile.ts';
import { exitCode, reportFindings, VerbFailure } from '../verb.ts';
import { collect, wholeNumber } from '../values.ts';
import { DatongRefusal } from '../apply/staffCall.ts';
import { readCheckpoint, readReceipts } from './evidenceFolder.ts';
import { exportPacks, type PackOptions } from './exportPacks.ts';
import { registerEvidence } from './evidence/evidence.ts';
import { registerErase } from './erase.ts';
import { registerFindings } from './findings.ts';
import { registerReads } from './reads.ts';
import { registerViews } from './views.ts';
import { withAge } from './checkpointAge.ts';
import { registerAltered } from './altered.ts';
import { registerHolds } from './holds.ts';
import { registerLeaf } from './leaf.ts';
import { registerSearch } from './search.ts';
import { registerIncident } from './incident/incident.ts';
import { registerSubjects } from './incident/subjects.ts';
import { registerRetention } from './retention.ts';
import { registerReport } from './report/report.ts';
import { registerSavedSearches } from './savedSearches.ts';
import { readList } from '../reading/reader.ts';
import { staffReader } from './staffReader.ts';
import { storeVerified, readVerified, verifiedFile, trusted } from './verifiedLog.ts';
import { verifyBundles } from './verifyBundles.ts';
import { verifyFiles, type FilesOptions, type Verdict } from './verifyFiles.ts';
import { verifyLog } from './verifyLog.ts';
import { defined } from '../../../terms/defined.ts';
import { counted } from '../../../terms/counted.ts';

/** Maximum number of findings of the hub's own re-verification that are printed; one is enough to fail. */
const maxRows = 1_000;

interface VerifyOptions extends StaffOptions, FilesOptions {
  readonly checkpoint?: readonly string[];
  readonly receipts?: readonly string[];
  readonly sinceLast?: boolean;
  readonly json?: boolean;
}

type ExportOptions = StaffOptions & PackOptions;

const index = wholeNumber(0);
const collectSizes = (value: string, before: readonly number[] = []): number[] => [...before, index(value)];

export function register(program: Command): void {
  const audit = program
    .command('audit')
    .description(
      '审计日志：在本机核验，检索，导出证据 / the audit log: verify it here, search it, take evidence out',
    );
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
      .option('--checkpoint <file>', 'a checkpoint stored outside the hub; may be repeated', collect)
      .option('--receipts <path>', 'a receipt, or a folder of receipts, that came with replies', collect)
      .option(
        '--anchors <file>',
        "the hub's anchors.json: the log's key, and the keys that replies are signed by",
      )
      .option(
        '--witness <vkey>',
        '见证方公钥或其文件；证据的检查点须有其签名，可重复 / public key of a witness, or a file with it: it must have cosigned the checkpoint of the evidence; may be repeated',
        collect,
      )
      .option(
        '--signing-key <key>',
        'public signing key of a department whose requests were stored; may be repeated',
        collect,
      )
      .option(
        '--since-last',
        'of a running hub: fetch only what was appended since the last verification on this machine, which it must continue',
      )
      .option('--json', 'answer {ok, findings} as JSON')
      .addHelpText(
        'after',
        '\nExit codes: 0 everything holds, 5 something does not, 4 a file cannot be read.' +
          '\n\nExamples:\n  datong audit verify evidence --key evidence/log.vkey' +
          '\n  datong audit verify evidence --anchors anchors.json' +
          '\n  datong audit verify pack.json --key "datong/yunqi+1a2b3c4d+AR…" --checkpoint kept.txt --receipts receipts/' +
          '\n  datong audit verify --as auditor',
      ),
  ).action(verify);
  withStaffToken(
    audit
      .command('export')
      .description(
        '导出证据：日志条目及其证明、较早的检查点 / take evidence out: entries with their proofs, and earlier checkpoints',
      )
      .option('--from <index>', 'first entry (default: the whole log)', index)
      .option('--to <index>', 'last entry', index)
      .option('--exchange <id>', 'an exchange; may be repeated', collect)
      .option(
        '--history <size>',
        'size of a checkpoint that another party has stored; may be repeated',
        collectSizes,
      )
      .option(
        '--compact',
        '一个区间只附一份证明：文件更小，核验更快 / one proof for a range instead of one for each entry: shorter, verified faster',
      )
      .option(
        '-o, --out <file>',
        '要写入的文件；超过一个证据包时依次为 FILE.2、FILE.3（扩展名不变） / file to write (default: stdout); what exceeds one pack goes to pack.2.json, pack.3.json …',
      )
      .addHelpText(
        'after',
        '\nExamples:\n  datong audit export --as auditor -o pack.json\n  datong audit export --exchange 0192… --history 120 -o pack.json',
      ),
  ).action(exportPack);
  registerSearch(audit);
  registerSavedSearches(audit);
  registerFindings(audit);
  registerLeaf(audit);
  registerReads(audit);
  registerViews(audit);
  registerErase(audit);
  registerHolds(audit);
  registerAltered(audit);
  registerRetention(audit);
  registerEvidence(audit);
  registerReport(audit);
  registerIncident(audit);
  registerSubjects(audit);
}

async function verify(path: string | undefined, options: VerifyOptions): Promise<void> {
  const retained = (options.checkpoint ?? []).map(readCheckpoint);
  const receipts = (options.receipts ?? []).flatMap(readReceipts);
  const { findings, passed, facts } =
    path === undefined
      ? await verifyOnline(options, retained)
      : verifyFiles(path, options, retained, receipts);
  reportFindings(findings, {
    json: options.json === true,
    failure: exitCode.verification,
    passed,
    ...defined({ facts }),
  });
}

/** Problems by which a hub reports that its log is invalid: it then answers nothing else. */
const halted: readonly (string | undefined)[] = ['log_inconsistent', 'log_behind'];

async function verifyOnline(options: VerifyOptions, retained: readonly NamedText[]): Promise<Verdict> {
  const hub = staffReader(options);
  try {
    const keys = await hub.logKeys(trusted(options).keys);
    const file = verifiedFile(options);
    const known = readVerified(file, keys);
    const tree = known?.tree;
    const before = options.sinceLast === true ? tree : undefined;
    // checkpoints from outside are compared with every size, so the log is then read entry by entry
    const sound =
      retained.length === 0 ? await verifyBundles(hub, keys, before ?? emptyTree, tree) : undefined;
    if (sound === undefined) {
      const own = known === undefined ? [] : [{ name: file, text: known.note }];
      const { findings, checkpoint, destroyed } = await verifyLog(hub, keys, [...retained, ...own]);
      return { findings, passed: withAge(wholeLog(checkpoint, destroyed), checkpoint) };
    }
    storeVerified(file, sound);
    // search columns and subject tokens are outside the tree, so the hub's own re-verification compares them
    const { items } = await readList(
      (path) => hub.ask('GET', path),
      '/v1/log/findings',
      'findings',
      {},
      maxRows,
    );
    const { checkpoint, destroyed } = sound;
    const { size, time } = checkpoint;
    const facts = { verified: { from: before?.size ?? 0, size, destroyed, ...defined({ signedAt: time }) } };
    return {
      findings: items as unknown as readonly LogFinding[],
      passed: withAge(
        before === undefined ? wholeLog(checkpoint, destroyed) : continued(checkpoint, before.size),
        checkpoint,
      ),
      facts,
    };
  } catch (error) {
    if (error instanceof Problem && error.code === 'log_rotation_invalid')
      return { findings: [logFinding('checkpoint_invalid', { why: error })], passed: error.text };
    if (!(error instanceof DatongRefusal) || !halted.includes(error.code)) throw error;
    return { findings: [{ code: 'log_halted', message: error.text }], passed: error.text };
  } finally {
    hub.close();
  }
}

function wholeLog(checkpoint: Checkpoint | undefined, destroyed = 0): Bilingual {
  const { origin = '', size = 0 } = checkpoint ?? {};
  return destroyed === 0
    ? {
        zh: `日志完好：${origin}，${size} 条全部取回并在本机核验`,
        en: `the log is intact: ${origin}, all ${size} entries fetched and verified here`,
      }
    : {
        zh: `日志完好：${origin}，${size} 条中 ${destroyed} 条已到期销毁（有销毁条目为证，哈希已核验），其余 ${size - destroyed} 条全部取回并在本机核验`,
        en: `the log is intact: ${origin}; of ${size} entries ${destroyed} were destroyed at the end of their retention (entries record it, their hashes are verified); all ${size - destroyed} others fetched and verified here`,
      };
}

const continued = ({ origin, size }: Checkpoint, from: number): Bilingual => ({
  zh: `日志延续上次核验的 ${from} 条：${origin}，新增 ${size - from} 条取回并在本机核验；此前的条目此次未取回`,
  en: `the log continues the ${counted(from, 'entry', 'entries')} verified last: ${origin}, ${size - from} new ones fetched and verified here; those before were not fetched again`,
});

async function exportPack(options: ExportOptions): Promise<void> {
  const { from, to } = options;
  if (from !== undefined && to !== undefined && to < from)
    throw new VerbFailure(exitCode.usage, { zh: '--to 小于 --from', en: '--to is below --from' });
  const hub = staffReader(options);
  try {
    await exportPacks(options, (request) => hub.ask('POST', '/v1/log/packs', request));
  } finally {
    hub.close();
  }
}
