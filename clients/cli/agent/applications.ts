import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { writeNew } from '../../../machine/writeNew.ts';
import { Problem } from '../../../terms/problem.ts';
import { exitCode, VerbFailure } from '../verb.ts';
import { tokenDigest, type Applications } from './agentLimits.ts';

/** Names of applications and their tokens; only its user may read the file. */
type TokenFile = Readonly<Record<string, string>>;

/**
 * Reads the tokens of a file, `{"registry": "…", "portal": "…"}`. A file that is missing is made, with one token for `default`.
 * @throws VerbFailure where others may read the file, or it is no such file
 */
export function readApplications(path: string): Applications {
  if (!existsSync(path)) {
    const made: TokenFile = { default: randomBytes(32).toString('base64url') };
    writeNew(path, `${JSON.stringify(made, null, 2)}\n`);
  }
  return readTokens(path);
}

/** @throws VerbFailure, the file system's error where there is no file */
function readTokens(path: string): Applications {
  const { mode, uid } = statSync(path);
  // another owner of the file, even if no one else can read it, has put their own token there
  const own = process.getuid?.();
  if (own !== undefined && uid !== own)
    throw new VerbFailure(exitCode.local, {
      zh: `令牌文件 ${path} 属于别的用户`,
      en: `the token file ${path} belongs to another user`,
    });
  if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
    throw new VerbFailure(
      exitCode.local,
      { zh: `令牌文件 ${path} 别人也能读`, en: `others may read the token file ${path}` },
      { zh: `执行 chmod 600 ${path}`, en: `run chmod 600 ${path}` },
    );
  }
  return new Map(Object.entries(parsed(path)).map(([name, token]) => [tokenDigest(token), name]));
}

/**
 * milliseconds; a file written this shortly before reading may change again within one tick of its clock, which is a second for some file
 * systems
 */
const tick = 2_000;
/** milliseconds for which a file that is being replaced may be empty or missing */
const halfWritten = 100;

/**
 * Re-reads the tokens of a file on each change: added or removed tokens count from the next request on, without a restart.
 * @returns called at each request. @throws Problem agent_tokens_unusable where the file is missing or invalid, and still is a moment later:
 * its earlier tokens give no access then
 * @throws VerbFailure at the start, as `readApplications`
 */
export function watchedApplications(path: string): () => Promise<Applications> {
  let known = readApplications(path);
  let stamp = '';
  const read = (): Applications => {
    try {
      const { mtimeMs, ctimeMs, size, ino, mode } = statSync(path);
      const found = [mtimeMs, ctimeMs, size, ino, mode].join(' ');
      if (found === stamp) return known;
      known = readTokens(path);
      stamp = Date.now() - Math.max(mtimeMs, ctimeMs) > tick ? found : '';
      return known;
    } catch (cause) {
      stamp = '';
      throw new Problem('agent_tokens_unusable', {}, { cause });
    }
  };
  return async () => {
    try {
      return read();
    } catch {
      await sleep(halfWritten);
      return read();
    }
  };
}

function parsed(path: string): TokenFile {
  const value: unknown = jsonIn(path);
  const entries = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  const sound = entries.every(
    (entry): entry is [string, string] =>
      typeof entry[1] === 'string' && /^[\x21-\x7e]{32,200}$/.test(entry[1]),
  );
  const tokens = new Set(entries.map(([, token]: readonly [string, unknown]) => token));
  if (entries.length === 0 || !sound || tokens.size < entries.length) throw malformed(path);
  return Object.fromEntries(entries);
}

function jsonIn(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    throw malformed(path);
  }
}

const malformed = (path: string): VerbFailure =>
  new VerbFailure(exitCode.local, {
    zh: `${path} 不是令牌文件：应为 {"应用名": "至少 32 个可见字符"}，各应用的令牌不同`,
    en: `${path} is no token file: {"application": "32 visible signs or more"}, another one for each`,
  });
