import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { exitCode, VerbFailure } from '../verb.ts';
import { tokenDigest, type Applications } from './refuseStrangers.ts';

/** Names of applications and their tokens; the file is its user's alone. */
type TokenFile = Readonly<Record<string, string>>;

/**
 * Reads the tokens of a file, `{"registry": "…", "portal": "…"}`. A file that is missing is made, with one token for `default`.
 * @throws VerbFailure where others may read the file, or it is no such file
 */
export function readApplications(path: string): Applications {
  if (!existsSync(path)) {
    const made: TokenFile = { default: randomBytes(32).toString('base64url') };
    writeFileSync(path, `${JSON.stringify(made, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
  }
  const { mode, uid } = statSync(path);
  // whoever owns the file, be it read by nobody else, has put his own token there
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
