/** `datong audit verify PATH`: a pack, or evidence, as it was handed over. Any bytes end in findings or in a sentence. */
import type { LogFinding } from '../../../log/finding.ts';
import {
  verifyPack,
  type NamedReceipt,
  type NamedText,
  type PackCheck,
} from '../../../log/pack/verifyPack.ts';
import type { Bilingual } from '../../../terms/bilingual.ts';
import { calledOperation } from '../../sdk/deprecation.ts';
import { readVerificationKeys } from '../verificationKeys.ts';
import { evidenceAt } from './evidence/evidenceFiles.ts';
import { verifyEvidence } from './evidence/fetchEvidence.ts';
import { readEvidence } from './evidenceFolder.ts';
import { packExtent } from './extents.ts';
import { trustedOffline, type TrustOptions } from './verifiedLog.ts';
import { defined } from '../../../terms/defined.ts';

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
            ...{ first, last, entries: gone, at, rules, entry },
          })),
        }),
  },
  exchanges,
});
