import './browserCrypto.ts';
import { anchoredLogKeys } from '../../../log/note/keyRotation.ts';
import type { NoteVerifier } from '../../../log/note/noteKey.ts';
import { verifyReceipt } from '../../../log/receipt/verifyReceipt.ts';
import type { Bilingual } from '../../../terms/bilingual.ts';
import { Problem } from '../../../terms/problem.ts';

export interface Checked {
  readonly ok: boolean;
  readonly findings: readonly { readonly code: string; readonly message: Bilingual }[];
  /** facts of a valid receipt that are shown */
  readonly facts: Readonly<Record<string, string | number>>;
}

/**
 * Verifies a receipt against the keys of anchors.json, with the code of the command line.
 * @param text JSON, or the header as received (base64url of it)
 */
export function checkReceipt(text: string, anchors: string): Checked {
  const logKeys = keysOf(anchors);
  if (logKeys === undefined) {
    const message = { zh: '信任锚文件不是有效的 anchors.json', en: 'the anchors are no valid anchors.json' };
    return { ok: false, findings: [{ code: 'anchors_malformed', message }], facts: {} };
  }
  const { ok, findings, receipt, leaf, checkpoint } = verifyReceipt(headerText(text), {
    anchors: { logKeys },
  });
  return {
    ok,
    findings,
    facts: {
      index: receipt?.proof.index ?? 0,
      operation: leaf?.operation ?? '',
      decision: leaf?.decision ?? '',
      at: leaf?.at ?? '',
      size: checkpoint?.size ?? 0,
    },
  };
}

/** A file of the evidence folder contains the receipt's JSON; the header is its base64url form. */
function headerText(text: string): string {
  const trimmed = text.trim();
  return trimmed.startsWith('{') ? Buffer.from(trimmed).toString('base64url') : trimmed;
}

function keysOf(anchors: string): readonly NoteVerifier[] | undefined {
  try {
    const { logKeys, logKeyRotations = [] } = JSON.parse(anchors) as Record<string, unknown>;
    if (!Array.isArray(logKeys) || !Array.isArray(logKeyRotations)) return undefined;
    return anchoredLogKeys({
      logKeys: logKeys.map(String),
      logKeyRotations: logKeyRotations.map(String),
    });
  } catch (error) {
    if (error instanceof Problem || error instanceof SyntaxError) return undefined;
    throw error;
  }
}
