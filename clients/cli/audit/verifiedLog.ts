/** How far the log of a hub was verified on this machine: the next verification continues from there. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { renameDurably } from '../../../machine/renameDurably.ts';
import type { Command } from 'commander';
import { fromBase64, toBase64 } from '../../../log/base64.ts';
import { openCheckpoint } from '../../../log/checkpoint.ts';
import { sameHash } from '../../../log/hash.ts';
import type { NoteVerifier } from '../../../log/note/noteKey.ts';
import { packFrontier, unpackTree, type TreeState } from '../../../log/tree/growTree.ts';
import { formatVersion, isRefusedVersion, refuseLaterVersion } from '../../../terms/refuseLaterVersion.ts';
import { Problem } from '../../../terms/problem.ts';
import { demoStatePath, type StaffOptions } from '../profile.ts';
import { maxAnchorsLength, parseAnchors, type Anchors } from '../../../log/anchors.ts';
import { followRotations, rotationsOf } from '../../../log/note/keyRotation.ts';
import { readBoundedText } from '../boundedFile.ts';
import { collect } from '../values.ts';
import { exitCode, VerbFailure } from '../verb.ts';
import { readKeys } from './evidenceFolder.ts';

/** Next to the file that names the hub. */
export function verifiedFile({ as, demo, profile }: StaffOptions): string {
  const source = as !== undefined || demo === true ? demoStatePath() : resolve(profile ?? 'datong.json');
  return `${source.replace(/\.json$/, '')}.verified.checkpoint.json`;
}

/** A tree that was verified, with the checkpoint that signs it. */
export interface VerifiedLog {
  readonly tree: TreeState;
  readonly note: string;
}

/** The state verified last; undefined without one, or where the stored one belongs to another log. @throws Problem made_by_later_release, format_version_malformed */
export function readVerified(path: string, keys: readonly NoteVerifier[]): VerifiedLog | undefined {
  if (!existsSync(path)) return undefined;
  try {
    const content: unknown = JSON.parse(readFileSync(path, 'utf8'));
    refuseLaterVersion(content, path);
    const { checkpoint, frontier } = content as Record<string, unknown>;
    const { size, root } = openCheckpoint(String(checkpoint), keys);
    const tree = unpackTree(size, fromBase64(String(frontier)) ?? new Uint8Array());
    return sameHash(tree.root, root) ? { tree, note: String(checkpoint) } : undefined;
  } catch (error) {
    if (isRefusedVersion(error)) throw error;
    if (error instanceof Problem || error instanceof SyntaxError || error instanceof RangeError)
      return undefined;
    throw error;
  }
}

export function storeVerified(path: string, { tree, note: checkpoint }: VerifiedLog): void {
  const draft = `${path}.${process.pid}`;
  const frontier = toBase64(packFrontier(tree.frontier));
  writeFileSync(draft, `${JSON.stringify({ v: formatVersion, checkpoint, frontier })}\n`, { mode: 0o600 });
  renameDurably(draft, path);
}

export interface TrustOptions {
  readonly key?: readonly string[];
  readonly anchors?: string;
}

interface Trusted {
  readonly keys: readonly NoteVerifier[];
  readonly anchors: Anchors | undefined;
}

/** Adds the options that name the trusted keys. */
export const withTrustedKeys = (command: Command): Command =>
  command
    .option(
      '--key <vkey>',
      "the log's public key, or a file with it; several for a log that changed keys",
      collect,
    )
    .option(
      '--anchors <file>',
      "the hub's anchors.json: the log's key, and the keys that replies are signed by",
    );

/** The trusted keys of the command line: `--key` names the log's key, else `--anchors` does. */
export function trusted({ key, anchors: file }: TrustOptions): Trusted {
  const anchors = file === undefined ? undefined : parseAnchors(readBoundedText(file, maxAnchorsLength));
  const known = anchors?.logKeys ?? [];
  // a key alone is trusted; anchors given with it only add its rotations
  return { keys: key === undefined ? known : followRotations(readKeys(key), rotationsOf(known)), anchors };
}

/** The same, where nothing can be verified without. @throws VerbFailure */
export function trustedOffline(options: TrustOptions): Trusted {
  const found = trusted(options);
  if (found.keys.length > 0) return found;
  throw new VerbFailure(
    exitCode.usage,
    { zh: '离线核验需要日志公钥', en: 'a pack is verified with the public key of the log' },
    {
      zh: '用 --key 给出 vkey 或其文件，或用 --anchors 给出 anchors.json',
      en: 'give the vkey, or a file with it, with --key, or anchors.json with --anchors',
    },
  );
}
