/**
 * The profiles of this user, several side by side: a file each below DATONG_HOME (default ~/.datong), private to the user, and which of
 * them is in use, for verbs of staff and of departments apart. A department's keys stay where it was enrolled; its profile names the place.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { renameDurably } from '../../../machine/renameDurably.ts';
import { formatVersion, isRefusedVersion, refuseLaterVersion } from '../../../terms/refuseLaterVersion.ts';
import { exitCode, VerbFailure } from '../verb.ts';
import { reportUnstoredRoot } from './unstoredRoot.ts';

/** A person's access to the staff listener. */
export interface StaffProfile {
  readonly v: 1;
  readonly kind: 'staff';
  readonly hub: { readonly staff: string; readonly ca: string; readonly pin: string };
  readonly token: string;
}

/** Where a department was enrolled. */
export interface DepartmentProfile {
  readonly v: 1;
  readonly kind: 'department';
  readonly department: string;
  /** absolute path of its datong.json */
  readonly file: string;
}

export type StoredProfile = StaffProfile | DepartmentProfile;
export type ProfileKind = StoredProfile['kind'];

export const profileHome = (): string => resolve(process.env['DATONG_HOME'] ?? join(homedir(), '.datong'));
const folder = (): string => join(profileHome(), 'profiles');
const pathOf = (name: string): string => join(folder(), `${name}.json`);

/** A name is a file's name on every system. */
const nameForm = /^[\p{L}\p{N}][\p{L}\p{N}_@-]{0,59}$/u;

/** @throws VerbFailure (exit 2) */
export function checkName(name: string): string {
  if (nameForm.test(name)) return name;
  throw new VerbFailure(exitCode.usage, {
    zh: `配置名“${name}”只能由文字、数字、_、@、- 组成，最长 60`,
    en: `the name of a profile, "${name}", is made of letters, digits, _, @ and -, 60 at most`,
  });
}

export function profileNames(): readonly string[] {
  if (!existsSync(folder())) return [];
  const files = readdirSync(folder()).filter((file) => file.endsWith('.json'));
  return files.map((file) => file.slice(0, -'.json'.length)).sort();
}

/** undefined where no profile has the name. @throws VerbFailure (exit 4) for a file that is no profile; Problem made_by_later_release, format_version_malformed */
export function storedProfile(name: string): StoredProfile | undefined {
  if (!nameForm.test(name) || !existsSync(pathOf(name))) return undefined;
  const profile = parsed(pathOf(name));
  if (profile !== undefined) return profile;
  throw new VerbFailure(
    exitCode.local,
    { zh: `${pathOf(name)} 不是有效的配置`, en: `${pathOf(name)} holds no profile` },
    { zh: '删除它，再登录或入网一次', en: 'remove it and log in or enrol again' },
  );
}

function parsed(path: string): StoredProfile | undefined {
  const text = readFileSync(path, 'utf8');
  try {
    const content: unknown = JSON.parse(text);
    refuseLaterVersion(content, path);
    const value = content as Partial<Record<string, unknown>> & {
      hub?: Partial<StaffProfile['hub']>;
    };
    const { kind, token, file, department, hub } = value;
    const { staff, ca, pin } = hub ?? {};
    const all = (...parts: unknown[]): boolean =>
      parts.every((part) => typeof part === 'string' && part !== '');
    if (kind === 'staff' && all(token, staff, ca, pin)) return value as unknown as StaffProfile;
    if (kind === 'department' && all(file, department)) return value as unknown as DepartmentProfile;
  } catch (error) {
    if (isRefusedVersion(error)) throw error;
    // others are reported by the caller
  }
  return undefined;
}

/** Stores a profile and uses it where no profile of its kind is in use. @returns whether it is in use now */
export function storeProfile(name: string, profile: StoredProfile): boolean {
  write(pathOf(checkName(name)), profile);
  const { [profile.kind]: current } = inUse();
  if (current !== undefined && current !== name && storedProfile(current) !== undefined) return false;
  useProfile(name, profile.kind);
  return true;
}

/**
 * Replaces the root certificate of a staff profile by a further one of the hub's root.
 * @throws the file system's error, which is reported: the process uses the certificate all the same
 */
export function storeStaffRoot(name: string, pem: string): void {
  const stored = storedProfile(name);
  if (stored?.kind !== 'staff') return;
  try {
    write(pathOf(name), { ...stored, hub: { ...stored.hub, ca: pem } });
  } catch (error) {
    reportUnstoredRoot(error);
    throw error;
  }
}

/** The default profile, by kind. */
export function inUse(): Readonly<Partial<Record<ProfileKind, string>>> {
  const file = join(profileHome(), 'in-use.json');
  if (!existsSync(file)) return {};
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
    refuseLaterVersion(value, file);
    const { staff, department } = value as Readonly<Record<string, unknown>>;
    return {
      ...(typeof staff === 'string' ? { staff } : {}),
      ...(typeof department === 'string' ? { department } : {}),
    };
  } catch (error) {
    if (isRefusedVersion(error)) throw error;
    return {};
  }
}

export function useProfile(name: string, kind: ProfileKind): void {
  write(join(profileHome(), 'in-use.json'), { v: formatVersion, ...inUse(), [kind]: name });
}

/** Replaced atomically, and readable by this user alone. */
function write(path: string, value: object): void {
  mkdirSync(folder(), { recursive: true, mode: 0o700 });
  const draft = `${path}.${process.pid}.new`;
  writeFileSync(draft, `${JSON.stringify(value, undefined, 2)}\n`, { mode: 0o600 });
  renameDurably(draft, path);
}
