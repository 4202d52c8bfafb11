/** A folder of evidence, as `datong demo --keep DIR` writes it: pack.json, checkpoint, receipts/. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { maxNoteLength } from '../../../log/note/signedNote.ts';
import { parseVkey, type NoteVerifier } from '../../../log/note/noteKey.ts';
import { maxPackLength } from '../../../log/pack/pack.ts';
import type { NamedReceipt, NamedText } from '../../../log/pack/verifyPack.ts';
import { maxReceiptLength } from '../../../log/receipt/receipt.ts';
import type { StoredMessages } from '../../../log/receipt/verifyExchange.ts';
import { Problem } from '../../../terms/problem.ts';
import { readBounded, readBoundedText } from '../boundedFile.ts';
import { readVerificationKeys } from '../verificationKeys.ts';
import { storedReply, storedRequest, maxMessageLength } from './storedMessages.ts';

export interface EvidenceFiles {
  readonly pack: string;
  readonly checkpoints: readonly NamedText[];
  readonly receipts: readonly NamedReceipt[];
}

/** @param path a pack, or a folder that contains one */
export function readEvidence(path: string): EvidenceFiles {
  if (!statSync(path).isDirectory())
    return { pack: readBoundedText(path, maxPackLength), checkpoints: [], receipts: [] };
  const checkpoint = join(path, 'checkpoint');
  const receipts = join(path, 'receipts');
  return {
    pack: readBoundedText(join(path, 'pack.json'), maxPackLength),
    checkpoints: existsSync(checkpoint) ? [readCheckpoint(checkpoint)] : [],
    receipts: existsSync(receipts) ? readReceipts(receipts) : [],
  };
}

export const readCheckpoint = (path: string): NamedText => ({
  name: path,
  text: readBoundedText(path, maxNoteLength),
});

/** The receipt in a file: the header as received, or its JSON, indented or not. */
export const readReceipt = (path: string): NamedText => ({
  name: path,
  text: readBoundedText(path, maxReceiptLength),
});

/**
 * Receipts of a file or folder: files are receipts, folders contain `receipt.json`. `request.http`, `reply.http` and `signing-key.json`
 * next to it are checked too.
 */
export function readReceipts(path: string): NamedReceipt[] {
  if (!statSync(path).isDirectory()) return [readReceipt(path)];
  return readdirSync(path, { withFileTypes: true })
    .sort((a, b) => a.name.localeCompare(b.name))
    .flatMap((entry) =>
      entry.isDirectory() ? storedExchange(join(path, entry.name)) : [readReceipt(join(path, entry.name))],
    );
}

function storedExchange(folder: string): NamedReceipt[] {
  const receipt = join(folder, 'receipt.json');
  if (!existsSync(receipt)) return [];
  const unreadable: { readonly part: 'request' | 'reply'; readonly why: Problem }[] = [];
  const storedMessage = (
    part: 'request' | 'reply',
    file: string,
    parse: (bytes: Uint8Array) => StoredMessages,
  ): StoredMessages => {
    const path = join(folder, file);
    if (!existsSync(path)) return {};
    try {
      return parse(readBounded(path, maxMessageLength));
    } catch (why) {
      if (!(why instanceof Problem)) throw why;
      unreadable.push({ part, why });
      return {};
    }
  };
  return [
    {
      ...readReceipt(receipt),
      ...storedMessage('request', 'request.http', storedRequest),
      ...storedMessage('reply', 'reply.http', storedReply),
      ...adjacentSigningKey(receipt),
      unreadable,
    },
  ];
}

/** The key stored next to a request or receipt. It counts only where the entry names it by its thumbprint, so it need not be trusted. */
export function adjacentSigningKey(path: string): Pick<StoredMessages, 'signingKeys'> {
  const file = join(path, '..', 'signing-key.json');
  return existsSync(file) ? { signingKeys: readVerificationKeys(file) } : {};
}

/** Public keys of a log: each option is a key or a file with one a line. @throws Problem vkey_malformed */
export function readKeys(options: readonly string[]): NoteVerifier[] {
  return options.flatMap((option) => {
    // a vkey contains a plus; any other text is a file name, and a missing file is reported
    const text =
      existsSync(option) || !option.includes('+') ? readBoundedText(option, maxNoteLength) : option;
    return text
      .split('\n')
      .filter((line) => line.trim() !== '')
      .map(parseVkey);
  });
}
