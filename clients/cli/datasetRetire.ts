/**
 * `datong dataset retire ID`: the first person proposes it. The second is shown what is destroyed, and agrees by the digest of what they
 * saw.
 */
import type { Command } from 'commander';
import type { StaffClient } from './apply/staffCall.ts';
import { bodyOf, sameOr } from './approve/waiting.ts';
import { personText } from './printedText.ts';
import type { StaffOptions } from './profile.ts';
import { withStaff } from './schema/schemaLife.ts';
import { translated } from './reportedValues.ts';
import { data, dataLines, say, talk } from './verb.ts';
import { defined } from '../../terms/defined.ts';
import { counted } from '../../terms/counted.ts';

export interface RetireOptions {
  readonly reason: string;
  readonly json?: boolean;
  /** agrees to what is shown */
  readonly yes?: boolean;
  /** digest of what was shown before */
  readonly digest?: string;
}

/** The proposal of one person, as shown to the second person before they agree. */
export interface Retirement {
  readonly by: string;
  readonly byName?: string;
  readonly reason: string;
  readonly due: string;
  readonly rows?: number;
  readonly agreements: readonly string[];
  readonly digest: string;
}

export function registerRetire(dataset: Command): void {
  withStaff<RetireOptions & StaffOptions>(
    dataset
      .command('retire')
      .description(
        '退役：须两人，第二人先看后定，其数据随后销毁 / retire it: the second of two persons reviews it first; then its rows are destroyed',
      )
      .argument('<dataset>', 'id of the dataset')
      .requiredOption('--reason <text>', 'reason; it is recorded in the log')
      .option('--yes', 'agree to what is shown; without it the second person changes nothing')
      .option('--digest <sha256>', 'agree to this alone, which was shown before'),
    "datong dataset retire pub-security.household --reason '核查'         # asks; the second person is shown what goes\n  datong dataset retire pub-security.household --reason '核查' --yes   # the second person agrees to it",
    retire,
  );
}

/** @throws VerbFailure where the digest has changed since, DatongRefusal */
export async function retire(
  client: StaffClient,
  id: string,
  { reason, json = false, yes = false, digest: named }: RetireOptions,
): Promise<void> {
  const about = `/v1/datasets/${encodeURIComponent(id)}`;
  const shown = bodyOf(await client.get(about))['retirement'] as Retirement | undefined;
  // before the first proposal, the hub compares the digest with the current state
  const digest = shown === undefined ? named : sameOr(named, shown.digest);
  if (shown !== undefined) {
    if (!json) dataLines(shownLines(shown));
    if (!yes && named === undefined) {
      if (json) data(JSON.stringify(shown));
      talk({
        zh: '未作任何更改；加 --yes 即同意以上内容',
        en: 'nothing is changed; --yes agrees to what is shown',
      });
      return;
    }
  }
  const decided = bodyOf(
    await client.post(`${about}/decision`, {
      act: 'retire',
      reason,
      ...defined({ digest }),
    }),
  );
  if (json) data(JSON.stringify(decided));
  else data(`${id}  ${translated('state', String(decided['state']))}`);
  if (decided['proposedBy'] === undefined) return;
  const agreements = decided['agreements'] as readonly string[];
  if (agreements.length > 0)
    talk({
      zh: `涉及共享协议：${agreements.join('  ')}`,
      en: `agreements over it: ${agreements.join('  ')}`,
    });
  talk({
    zh: '还须另一人以同一命令查看，并加 --yes 同意',
    en: 'another person reviews it with the same command, and agrees with --yes',
  });
}

/** A line each, as it is printed. */
export const shownLines = ({
  by,
  byName,
  reason,
  due,
  rows,
  agreements,
  digest,
}: Retirement): readonly string[] =>
  [
    {
      zh: `${personText(by, byName)} 提出退役（${reason}），至 ${due} 有效`,
      en: `${personText(by, byName)} wants it retired (${reason}), until ${due}`,
    },
    ...(rows === undefined ? [] : [{ zh: `将销毁 ${rows} 行`, en: `${counted(rows, 'row')} would go` }]),
    agreements.length === 0
      ? { zh: '没有共享协议随之终止', en: 'no agreement ends with it' }
      : {
          zh: `随之终止的共享协议：${agreements.join('  ')}`,
          en: `agreements that end with it: ${agreements.join('  ')}`,
        },
    { zh: `摘要  ${digest}`, en: `digest  ${digest}` },
  ].map((line) => say(line));
