import { longestAnchors, parseAnchors, type Anchors } from '../../../log/anchors.ts';
import { followRotations, rotationsOf } from '../../../log/note/keyRotation.ts';
import type { NoteVerifier } from '../../../log/note/noteKey.ts';
import { readBoundedText } from '../boundedFile.ts';
import { exitCode, VerbFailure } from '../verb.ts';
import { readKeys } from './evidenceFolder.ts';

export interface TrustOptions {
  readonly key?: readonly string[];
  readonly anchors?: string;
}

export interface Trusted {
  readonly keys: readonly NoteVerifier[];
  readonly anchors: Anchors | undefined;
}

/** What the command line says is trusted: `--key` names the log's key, else `--anchors` does. */
export function trusted({ key, anchors: file }: TrustOptions): Trusted {
  const anchors = file === undefined ? undefined : parseAnchors(readBoundedText(file, longestAnchors));
  const known = anchors?.logKeys ?? [];
  // a key by itself is what is trusted; anchors beside it say what became of it
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
