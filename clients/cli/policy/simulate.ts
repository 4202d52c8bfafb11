/** `datong policy simulate FILE`: what a document would change at the hub, and which calls of the last days it would answer differently. */
import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { JointView } from '../../../policies/joint/jointViews.ts';
import type { CellChange, ChangeKind } from '../../../policies/questions/cellChange.ts';
import type { SimulatedKind, SimulationReport } from '../../../policies/questions/simulation.ts';
import { DatongRefusal, staffClient } from '../apply/staffCall.ts';
import { readDocuments } from '../apply/readDocuments.ts';
import { openStaffAccess, withStaffToken, type StaffOptions } from '../profile.ts';
import { columns } from '../printedText.ts';
import { data, dataLines, exitCode, say, talk, VerbFailure } from '../verb.ts';
import { wholeNumber } from '../values.ts';
import { cellRow, kindText } from './policyFiles.ts';

interface Options extends StaffOptions {
  readonly days: number;
  readonly most: number;
  readonly json?: boolean;
}

/** As the hub answers it. */
interface Simulated {
  readonly document: string;
  readonly tightening: boolean;
  readonly counts: Readonly<Record<ChangeKind, number>>;
  readonly cells: readonly CellChange[];
  readonly unions: readonly JointView[];
  readonly decisions: SimulationReport & {
    readonly days: number;
    /** time of the oldest call examined; older ones were not */
    readonly cutAt?: string;
  };
}

export function registerSimulate(policy: Command): void {
  withStaffToken(
    policy
      .command('simulate')
      .description(
        '在枢纽上试算一份文件：会改变什么，最近的调用有哪些会得到不同答复 / what a document would change at the hub, and which recent calls it would answer otherwise',
      )
      .argument('<file>', 'YAML file of one Agreement or Restriction'),
  )
    .option('--days <number>', 'number of past days', wholeNumber(1, 31), 7)
    .option('--most <number>', 'maximum number of log entries to examine', wholeNumber(1, 20_000), 20_000)
    .option('--json', 'as the hub answers it')
    .addHelpText(
      'after',
      '\nExit code 1 when something is added or loosened, or a call would be answered otherwise.\nExample: datong policy simulate agreement.yaml --days 30 --demo',
    )
    .action(run);
}

async function run(file: string, options: Options): Promise<void> {
  const document = documentIn(file);
  const client = staffClient(openStaffAccess(options, 'steward'));
  try {
    const { days, most } = options;
    const reply = await client.post('/v1/policy/simulations', { document, days, most });
    if (reply.status >= 400) throw new DatongRefusal(reply);
    const simulated = reply.body as unknown as Simulated;
    if (options.json === true) data(JSON.stringify(simulated));
    else dataLines(linesOf(simulated));
    const { counts, decisions } = simulated;
    const isUnchanged = counts.added + counts.loosened + decisions.different === 0;
    process.exitCode = isUnchanged ? exitCode.ok : exitCode.refused;
  } finally {
    client.close();
  }
}

/** @throws VerbFailure (exit 4) where the file contains none, or several */
function documentIn(file: string): object {
  const found = readDocuments(resolve(file)).filter(
    ({ kind }) => kind === 'Agreement' || kind === 'Restriction',
  );
  const [document] = found;
  if (document !== undefined && found.length === 1) return { kind: document.kind, ...document.members };
  throw new VerbFailure(exitCode.local, {
    zh: `${file} 应有一份 Agreement 或 Restriction，实有 ${found.length} 份`,
    en: `${file} should hold one Agreement or Restriction, and holds ${found.length}`,
  });
}

const outcomes: Readonly<Record<SimulatedKind, { readonly zh: string; readonly en: string }>> = {
  refused: { zh: '将被拒绝', en: 'would be refused' },
  granted: { zh: '将被允许', en: 'would be answered' },
  changed: { zh: '所得将不同', en: 'would get another answer' },
  reason: { zh: '拒绝理由将不同', en: 'would be refused for another reason' },
  open: { zh: '日志不足以判断', en: 'cannot be derived from the log' },
};

function* linesOf({ document, tightening, counts, cells, unions, decisions }: Simulated): Generator<string> {
  yield document;
  yield* columns(cells.map(cellRow));
  const total = Object.values(counts).reduce((sum, one) => sum + one, 0);
  if (total > cells.length)
    talk({ zh: `只列出前 ${cells.length} 项`, en: `the first ${cells.length} are listed` });
  yield (Object.keys(kindText) as ChangeKind[])
    .map((kind) => `${say(kindText[kind])} ${counts[kind]}`)
    .join('  ');
  if (tightening)
    yield say({
      zh: '一人即可生效：没有任何放宽',
      en: 'one person may put it in force: nothing is loosened',
    });
  for (const { consumer, about, tells } of unions)
    yield `${say({ zh: '合并后可得知', en: 'reveals together' })}  ${consumer}  ${about}: ${tells}`;
  const { days, calls, same, different, open, changes, cutAt } = decisions;
  yield say({
    zh: `最近 ${days} 天 ${calls} 次调用：${same} 次相同，${different} 次不同，${open} 次无法判断`,
    en: `${calls} calls of the last ${days} days: ${same} the same, ${different} different, ${open} open`,
  });
  if (cutAt !== undefined)
    yield say({
      zh: `只检查到 ${cutAt}，更早的调用未检查`,
      en: `there are more before ${cutAt}, which were not examined`,
    });
  yield* columns(
    changes.map(({ kind, change, count, exchanges }) => [
      String(count),
      say(outcomes[kind]),
      change,
      exchanges.join(' '),
    ]),
    new Set([0]),
  );
}
