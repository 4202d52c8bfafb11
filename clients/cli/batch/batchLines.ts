import type { Batch } from '../../sdk/types.ts';
import { say } from '../verb.ts';
import { personText } from '../printedText.ts';
import { counted } from '../../../terms/counted.ts';

/** The states of a batch in the reader's language. */
export const stateWords: Readonly<Record<Batch['state'], { readonly zh: string; readonly en: string }>> = {
  receiving: { zh: '接收中', en: 'receiving' },
  checking: { zh: '检查中', en: 'checking' },
  held: { zh: '已搁置', en: 'held' },
  prepared: { zh: '已备妥，待换版', en: 'prepared for the new version' },
  published: { zh: '已发布', en: 'published' },
  superseded: { zh: '已被取代', en: 'superseded' },
  rejected: { zh: '已退回', en: 'rejected' },
  dropped: { zh: '已作废', en: 'dropped' },
  failed: { zh: '失败', en: 'failed' },
  expired: { zh: '已过期', en: 'expired' },
};

/** `held  pub-security.household  2026-09-01T…  1200 rows, 14 bad` as cells of a table; rows by call with the number of calls. */
export function batchCells({ batch, dataset, state, openedAt, counts, calls }: Batch): string[] {
  const by =
    typeof calls !== 'number'
      ? undefined
      : { zh: `（${calls} 次调用）`, en: ` in ${counted(calls, 'call')}` };
  const rows =
    counts === undefined
      ? ''
      : say({ zh: `${counts.rows} 行${by?.zh ?? ''}`, en: `${counted(counts.rows, 'row')}${by?.en ?? ''}` });
  const bad = counts === undefined ? '' : say({ zh: `${counts.bad} 行有问题`, en: `${counts.bad} bad` });
  return [batch, dataset, say(stateWords[state]), openedAt ?? '', rows, bad];
}

/** Why a batch is held, what to do, and until when: lines for a reader. */
export function whyHeld({
  findings = [],
  heldUntil,
  proposedBy,
  proposedByName,
  decides,
  decidesName,
}: Batch): string[] {
  const lines = findings.flatMap(({ text, next }) => [say(text), `  ${say(next)}`]);
  if (heldUntil !== undefined)
    lines.push(
      say({ zh: `请在 ${heldUntil} 前核定，逾期作废`, en: `to be decided by ${heldUntil}, or it lapses` }),
    );
  if (decides !== undefined) {
    const who = personText(decides, decidesName);
    lines.push(say({ zh: `由 ${who} 核定`, en: `decided by ${who}` }));
  }
  if (proposedBy !== undefined) {
    const who = personText(proposedBy, proposedByName);
    lines.push(say({ zh: `${who} 已同意，等待第二人`, en: `${who} agreed; a second person is awaited` }));
  }
  return lines;
}

/** How a held batch differs from the last published one; empty without one. */
export function comparedWithCurrent({ counts }: Batch, current: Batch | undefined): string[] {
  const before = current?.counts;
  if (counts === undefined || before === undefined) return [];
  const reported = (now: number, then: number): string => `${now} (${now < then ? '' : '+'}${now - then})`;
  const [rows, bad] = [reported(counts.rows, before.rows), reported(counts.bad, before.bad)];
  return [
    say({
      zh: `与最近发布的批次 ${current?.batch ?? ''} 相比：合格 ${rows} 行，问题 ${bad} 行`,
      en: `compared with batch ${current?.batch ?? ''}, the last one published: ${rows} good rows, ${bad} bad`,
    }),
  ];
}

/** Rows that were destroyed with periods that had ended; empty without any. */
export const whatWent = ({ destroyed }: Batch): string[] =>
  destroyed === undefined
    ? []
    : [
        say({
          zh: `其中 ${destroyed} 行已随到期的期间销毁`,
          en: `${destroyed} of its rows went with periods that were over`,
        }),
      ];
