/** A folder of evidence, as `datong demo --keep DIR` leaves it: pack.json, checkpoint, receipts/. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseVkey, type NoteVerifier } from '../../../log/note/noteKey.ts';
import type { NamedReceipt, NamedText } from '../../../log/pack/verifyPack.ts';
import { keptReply, keptRequest } from './keptMessages.ts';

export interface EvidenceFiles {
  readonly pack: string;
  readonly checkpoints: readonly NamedText[];
  readonly receipts: readonly NamedReceipt[];
}

/** @param path a pack, or a folder that holds one */
export function readEvidence(path: string): EvidenceFiles {
  if (!statSync(path).isDirectory())
    return { pack: readFileSync(path, 'utf8'), checkpoints: [], receipts: [] };
  const checkpoint = join(path, 'checkpoint');
  const receipts = join(path, 'receipts');
  return {
    pack: readFileSync(join(path, 'pack.json'), 'utf8'),
    checkpoints: existsSync(checkpoint) ? [readNamed(checkpoint)] : [],
    receipts: existsSync(receipts) ? readReceipts(receipts) : [],
  };
}

export const readNamed = (path: string): NamedText => ({ name: path, text: readFileSync(path, 'utf8') });

/**
 * Receipts of a file or folder: files are receipts, folders hold `receipt.json` with `request.http` and `reply.http` beside it,
 * which are then checked too.
 */
export function readReceipts(path: string): NamedReceipt[] {
  if (!statSync(path).isDirectory()) return [readNamed(path)];
  return readdirSync(path, { withFileTypes: true })
    .sort((a, b) => a.name.localeCompare(b.name))
    .flatMap((entry) =>
      entry.isDirectory() ? keptExchange(join(path, entry.name)) : [readNamed(join(path, entry.name))],
    );
}

function keptExchange(folder: string): NamedReceipt[] {
  const [receipt, request, reply] = ['receipt.json', 'request.http', 'reply.http'].map((name) =>
    join(folder, name),
  );
  if (receipt === undefined || !existsSync(receipt)) return [];
  return [
    {
      ...readNamed(receipt),
      ...(request !== undefined && existsSync(request) ? keptRequest(readFileSync(request)) : {}),
      ...(reply !== undefined && existsSync(reply) ? keptReply(readFileSync(reply)) : {}),
    },
  ];
}

/** Public keys of a log: each option is a key or a file with one a line. @throws Problem vkey_malformed */
export function readKeys(options: readonly string[]): NoteVerifier[] {
  return options.flatMap((option) => {
    // a vkey has a plus, so anything else is the name of a file, and says so when there is none
    const text = existsSync(option) || !option.includes('+') ? readFileSync(option, 'utf8') : option;
    return text
      .split('\n')
      .filter((line) => line.trim() !== '')
      .map(parseVkey);
  });
}
