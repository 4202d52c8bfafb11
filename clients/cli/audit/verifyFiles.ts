/** `datong audit verify PATH`: a pack, or evidence, as it was handed over. Any bytes end in findings or in a sentence. */
import { existsSync, statSync } from 'node:fs';
import type { LogFinding } from '../../../log/finding.ts';
import { checkEventArchive, isEventArchive, type ArchiveRole } from '../../../log/pack/eventArchive.ts';
import { maxPackLength } from '../../../log/pack/pack.ts';
import {
  verifyPack,
  type NamedReceipt,
  type NamedText,
  type PackCheck,
} from '../../../log/pack/verifyPack.ts';
import type { Bilingual } from '../../../terms/bilingual.ts';
import { calledOperation } from '../../sdk/deprecation.ts';
import { readBoundedText } from '../boundedFile.ts';
import { readVerificationKeys } from '../verificationKeys.ts';
import { evidenceAt } from './evidence/evidenceFiles.ts';
import { verifyEvidence } from './evidence/fetchEvidence.ts';
import { readEvidence } from './evidenceFolder.ts';
import { packExtent } from './extents.ts';
import { trustedOffline, type TrustOptions } from './verifiedLog.ts';
import { defined } from '../../../terms/defined.ts';
import { exitCode, VerbFailure } from '../verb.ts';
import { counted } from '../../../terms/counted.ts';

export interface Verdict {
  readonly findings: readonly LogFinding[];
  readonly passed: Bilingual;
  /** further members of the JSON */
  readonly facts?: object;
}

export interface FilesOptions extends TrustOptions {
  readonly witness?: readonly string[];
  readonly signingKey?: readonly string[];
}

/**
 * Verifies evidence, a pack, or a folder with either, without the hub.
 * @param stored checkpoints and @param receipts that were given with it
 * @throws VerbFailure, Problem, or the file system's error where it cannot be read
 */
export function verifyFiles(
  path: string,
  options: FilesOptions,
  stored: readonly NamedText[],
  receipts: readonly NamedReceipt[],
): Verdict {
  const { keys, anchors } = trustedOffline(options);
  const whole = evidenceAt(path);
  if (whole !== undefined)
    return verifyEvidence(whole, { keys, checkpoints: stored, witnesses: options.witness ?? [] });
  const archive = eventArchiveAt(path);
  if (archive !== undefined) return verifyEventArchive(archive, { keys, anchors }, stored);
  const files = readEvidence(path);
  const named = (options.signingKey ?? []).flatMap(readVerificationKeys);
  const evidence = {
    keys,
    ...defined({ hubKeys: anchors?.hubKeys }),
    operationOf: calledOperation,
    checkpoints: [...files.checkpoints, ...stored],
    receipts: [...files.receipts, ...receipts].map((receipt) => ({
      ...receipt,
      signingKeys: [...named, ...(receipt.signingKeys ?? [])],
    })),
  };
  const check = verifyPack(files.pack, evidence);
  return {
    findings: check.findings,
    passed: packExtent(check, evidence.checkpoints.length),
    facts: factsOf(check),
  };
}

/** The text of an archive of an event; undefined where the path has something else. */
function eventArchiveAt(path: string): string | undefined {
  if (!existsSync(path) || statSync(path).isDirectory()) return undefined;
  const text = readBoundedText(path, maxPackLength);
  return isEventArchive(text) ? text : undefined;
}

/** @throws VerbFailure without the keys by which the hub signs */
function verifyEventArchive(
  text: string,
  { keys, anchors }: ReturnType<typeof trustedOffline>,
  checkpoints: readonly NamedText[],
): Verdict {
  if (anchors === undefined)
    throw new VerbFailure(
      exitCode.usage,
      { zh: '事件归档由枢纽签名', en: 'an archive of an event is signed by the hub' },
      { zh: '用 --anchors 给出 anchors.json', en: 'give anchors.json with --anchors' },
    );
  const { findings, read } = checkEventArchive(text, { keys, hubKeys: anchors.hubKeys, checkpoints });
  if (read === undefined) return { findings, passed: { zh: '', en: '' } };
  const { event, entries, scope, madeAt } = read.archive;
  const count = (as: ArchiveRole): number => entries.filter((one) => one.as === as).length;
  const [acknowledged, delivered, used] = [count('acknowledged'), count('delivered'), count('purpose')];
  const missed = count('missed') + count('escalated');
  return {
    findings,
    passed: {
      zh: `归档成立：事件 ${event.event}（${event.state === 'closed' ? '已关闭' : '进行中'}），${entries.length} 条日志条目均在所签名的日志中；确认 ${acknowledged}，逾期记录 ${missed}，送达 ${delivered}，其使用场景下的调用 ${used}${scope === 'all' ? '' : '（仅含发布部门提供的数据）'}`,
      en: `the archive holds: event ${event.event} (${event.state}), ${counted(entries.length, 'entry', 'entries')}, all in the signed log; ${acknowledged} acknowledgements, ${missed} records of missed deadlines, ${delivered} deliveries, ${counted(used, 'call')} under its purpose${scope === 'all' ? '' : ' (of data of the publisher only)'}`,
    },
    facts: {
      archive: {
        event: event.event,
        state: event.state,
        scope,
        madeAt,
        entries: entries.length,
        acknowledged,
        missed,
        delivered,
        purpose: used,
      },
    },
  };
}

const factsOf = ({ checkpoint, entries, whole, leftOut, destroyed, exchanges }: PackCheck): object => ({
  log: {
    origin: checkpoint?.origin,
    size: checkpoint?.size,
    proven: entries.length,
    whole,
    leftOut: leftOut.map(({ first, end }) => ({ first, last: end - 1 })),
    ...(destroyed.length === 0
      ? {}
      : {
          destroyed: destroyed.map(({ first, last, entries: gone, at, rules, index: entry }) => ({
            first,
            last,
            entries: gone,
            at,
            rules,
            entry,
          })),
        }),
  },
  exchanges,
});
