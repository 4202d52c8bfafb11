/** Evidence, verified in this browser by the code of the command line. Only the command line repeats its decisions. */
import { hash } from '../receipt/browserCrypto.ts';
import type { LogFinding } from '../../../log/finding.ts';
import { anchoredLogKeys, followRotations } from '../../../log/note/keyRotation.ts';
import { checkChoice, type ChoiceCheck, type ReadEntry } from '../../../log/pack/checkChoice.ts';
import { destroyedAmong, type DestroyedUnit } from '../../../log/pack/destroyedAmong.ts';
import type { EvidenceFile } from '../../../log/pack/evidenceFile.ts';
import { parseEvidence } from '../../../log/pack/parseEvidence.ts';
import { checkPack } from '../../../log/pack/checkPack.ts';
import { parseLeaf } from '../../../log/parseLeaf.ts';

export interface ReadEvidence {
  readonly file: EvidenceFile;
  readonly text: string;
  /** hex SHA-256 of the text */
  readonly digest: string;
  readonly entries: readonly ReadEntry[];
  /** units that its entries report as destroyed */
  readonly destroyed: readonly DestroyedUnit[];
  readonly complete: ChoiceCheck['complete'];
  readonly findings: readonly Pick<LogFinding, 'code' | 'message'>[];
}

/**
 * @param text evidence.json
 * @param anchors anchors.json from another source; absent: the keys that the evidence itself contains
 * @throws Problem for text that is no evidence
 */
export function readEvidence(text: string, anchors?: string): ReadEvidence {
  const file = parseEvidence(text);
  const trusted = anchoredLogKeys(
    anchors === undefined ? file.anchors : (JSON.parse(anchors) as EvidenceFile['anchors']),
  );
  const pack = checkPack(
    file.pack,
    // anchors stored before a key rotation: the evidence contains the statement that leads to the new key
    followRotations(trusted, file.anchors.logKeyRotations ?? []),
    [{ name: 'evidence.json#/cosigned', text: file.cosigned }],
  );
  const entries = (pack.proven?.entries ?? []).map(({ index, bytes }) => ({ index, leaf: parseLeaf(bytes) }));
  const destroyed = destroyedAmong(pack.proven?.entries ?? []);
  const choice = checkChoice(file, entries, destroyed);
  return {
    file,
    text,
    digest: hexDigest(text),
    entries,
    destroyed,
    complete: choice.complete,
    findings: [...pack.findings, ...choice.findings],
  };
}

const hexDigest = (text: string): string =>
  [...hash('sha256', new TextEncoder().encode(text), 'binary')]
    .map((sign) => sign.charCodeAt(0).toString(16).padStart(2, '0'))
    .join('');
