/**
 * Selects the hub and the identity of a verb. `--profile` has precedence (a name of `datong client profiles`, or a file), then `--as NAME`
 * (of the running demo, or of a `profiles` map in ./datong.json), then ./datong.json for a department, then the profile in use. Staff verbs
 * also take `--token` or DATONG_TOKEN for the hub of a file. No hub is ever guessed: only `--as` and `--demo` reach a running demo, and a
 * profile in use that the command line does not name is reported on stderr.
 */
import type { Command } from 'commander';
import { existsSync, readFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { refuseLaterVersion } from '../../terms/refuseLaterVersion.ts';
import { Problem } from '../../terms/problem.ts';
import { type DemoState, type Profile, readProfile } from '../sdk/profile.ts';
import { printDepartment, printStaff, nothingNamed, unknownProfile } from './profiles/profiles.ts';
import { inUse, storeStaffRoot, storedProfile, type StaffProfile } from './profiles/profileHome.ts';
import { exitCode, VerbFailure } from './verb.ts';

export interface ProfileOptions {
  /** name of a profile, or its file */
  readonly profile?: string;
  /** name of a department, or of a staff token, of the running demo */
  readonly as?: string;
}

/** Adds `--as NAME` and `--profile FILE` to a verb that speaks for a department. */
export function withProfile(command: Command): Command {
  return command
    .option('--as <name>', 'department of the running demo (education, pub-security, …)')
    .option('--profile <name>', 'profile or its file (default: ./datong.json, else the one in use)');
}

/** Where a running demo leaves its state: DATONG_STATE, else a file of this user below the temporary folder. */
export function demoStatePath(): string {
  return process.env['DATONG_STATE'] ?? join(tmpdir(), `datong-${userInfo().uid}`, 'demo.json');
}

/** State of the running demo; undefined where none runs. */
export function readDemoState(): DemoState | undefined {
  const path = demoStatePath();
  if (!existsSync(path)) return undefined;
  const state = readJson(path);
  refuseLaterVersion(state, path);
  return state as DemoState;
}

/**
 * The profile that the options name.
 * @throws VerbFailure (exit 2 or 4) with the way to get one; Problem configuration_invalid for a bad file
 */
export const openProfile = (options: ProfileOptions): Profile => locateProfile(options).profile;

/** The profile, with the file next to it that stores the newest checkpoint of its hub's log. */
export function openStoredProfile(options: ProfileOptions): {
  readonly profile: Profile;
  readonly checkpoint: string;
  /** the file of a department enrolled here, whose certificate can be replaced; undefined for the demo's */
  readonly file: string | undefined;
} {
  const { profile, source } = locateProfile(options);
  const own = member(readJson(source), 'department') !== undefined;
  return {
    profile,
    file: own ? source : undefined,
    checkpoint: adjacentCheckpoint(source, profile.department),
  };
}

/** Path of the newest checkpoint of a department's hub. @param file of the profile */
export const adjacentCheckpoint = (file: string, department: string): string =>
  `${file.replace(/\.json$/, '')}.${department}.checkpoint.json`;

interface Located {
  readonly profile: Profile;
  readonly source: string;
}

function locateProfile(options: ProfileOptions): Located {
  const located = (source: string): Located => ({ profile: fileProfile(source), source });
  if (options.profile !== undefined) return located(departmentFile(options.profile));
  const local = resolve('datong.json');
  if (options.as !== undefined) return namedProfile(options.as, local);
  if (existsSync(local)) return located(local);
  const named = process.env['DATONG_PROFILE'];
  const name = named ?? inUse().department;
  if (name === undefined) throw nothingNamed('department');
  const found = located(departmentFile(name));
  if (named === undefined) printDepartment(name, found.profile);
  return found;
}

/** The file of a profile, by its name or by itself. @throws VerbFailure (exit 2) for a name that is not a department's */
function departmentFile(named: string): string {
  if (isFile(named)) return resolve(named);
  const stored = storedProfile(named);
  if (stored === undefined) throw unknownProfile(named);
  if (stored.kind === 'department') return stored.file;
  throw new VerbFailure(exitCode.usage, {
    zh: `配置“${named}”是工作人员的，这里需要部门的`,
    en: `the profile "${named}" is of a member of staff; a department's is wanted here`,
  });
}

/** A path, and no name of a profile. */
const isFile = (text: string): boolean => /[/\\.]/.test(text);

function fileProfile(path: string): Profile {
  return readProfile(readJson(path), path);
}

function namedProfile(name: string, local: string): Located {
  const own = existsSync(local) ? member(member(readJson(local), 'profiles'), name) : undefined;
  if (own !== undefined) return { profile: readProfile(own, local), source: local };
  const state = readDemoState();
  const found = state === undefined ? undefined : member(state.profiles, name);
  if (found !== undefined) return { profile: readProfile(found, demoStatePath()), source: demoStatePath() };
  throw unknownName(name, state === undefined ? [] : Object.keys(state.profiles));
}

/** Address of the open listener, and the anchors that were fetched before. */
export interface KnownHub {
  readonly open: string;
  readonly anchors?: string | object | undefined;
}

/** Address of the staff listener, trusted root, and the bearer token. */
export interface StaffAccess {
  readonly origin: string;
  readonly ca: string;
  readonly token: string;
  /** further facts of the hub from the file that names it; a staff profile has only the staff listener */
  readonly hub?: KnownHub;
  /** replaces `ca` by a further certificate of the root, where a staff profile contains it */
  readonly keepRoot?: (pem: string) => void;
}

export interface StaffOptions extends ProfileOptions {
  readonly token?: string;
  /** use the running demo, as the verb's usual member of staff, or with the given token */
  readonly demo?: boolean;
}

/** Adds the options of a verb that speaks for a member of staff. */
export function withStaffToken(command: Command): Command {
  return command
    .option('--as <name>', 'member of staff of the running demo (operator, steward, security, auditor)')
    .option('--demo', 'the running demo, in the role that this verb needs')
    .option('--token <token>', 'your token (default: DATONG_TOKEN)')
    .option('--profile <name>', 'profile of yours, or a file that names the hub (default: the one in use)');
}

/**
 * The hub and the token that the options name.
 * @param usual the demo's member of staff that `--demo` selects
 * @throws VerbFailure (exit 2 or 4) where no token or no hub is named; the file system's error for a missing profile
 */
export function openStaffAccess(options: StaffOptions, usual?: string): StaffAccess {
  if (options.as !== undefined || options.demo === true) return demoAccess(options, usual);
  const token = options.token ?? process.env['DATONG_TOKEN'];
  if (options.profile !== undefined && !isFile(options.profile)) return staffProfile(options.profile, token);
  if (token === undefined && options.profile === undefined) {
    const named = process.env['DATONG_PROFILE'];
    const name = named ?? inUse().staff;
    if (name === undefined) throw nothingNamed('staff');
    const access = staffProfile(name, undefined);
    if (named === undefined) printStaff(name, access.origin);
    return access;
  }
  const path = resolve(options.profile ?? 'datong.json');
  if (options.profile === undefined && !existsSync(path)) throw noStaffAccess();
  const { hub } = fileProfile(path);
  if (token === undefined) throw noStaffAccess();
  return staffAccess(hub.staff, hub.ca, token, hub);
}

/** @param token replaces the stored one */
function staffProfile(name: string, token: string | undefined): StaffAccess {
  const stored = storedProfile(name);
  if (stored === undefined) throw unknownProfile(name);
  const { hub, token: own } = staffOf(stored, name);
  return {
    origin: hub.staff,
    ca: hub.ca,
    token: token ?? own,
    keepRoot: (pem) => storeStaffRoot(name, pem),
  };
}

function staffOf(stored: NonNullable<ReturnType<typeof storedProfile>>, name: string): StaffProfile {
  if (stored.kind === 'staff') return stored;
  throw new VerbFailure(exitCode.usage, {
    zh: `配置“${name}”是部门的，这里需要工作人员的`,
    en: `the profile "${name}" is a department's; one of a member of staff is wanted here`,
  });
}

/** A token from the environment is never sent to the demo, as it may be another hub's: the demo needs the token option. */
function demoAccess({ as, token, profile }: StaffOptions, usual?: string): StaffAccess {
  if (profile !== undefined || (as !== undefined && token !== undefined)) throw contradiction();
  const state = readDemoState();
  const name = as ?? usual ?? '';
  if (state === undefined) throw unknownName(name, []);
  const held = token ?? state.staff[name]?.token;
  if (held === undefined) throw unknownName(name, Object.keys(state.staff));
  const ca = state.hub.ca.startsWith('-----BEGIN ') ? state.hub.ca : readFileSync(state.hub.ca, 'utf8');
  return staffAccess(state.hub.staff, ca, held, state.hub);
}

const contradiction = (): VerbFailure =>
  new VerbFailure(exitCode.usage, {
    zh: '--as、--demo 指演示环境：不能再加 --profile；--as 也不能再加 --token',
    en: '--as and --demo select the running demo: do not give --profile with them, nor --token with --as',
  });

function staffAccess(origin: string | undefined, ca: string, token: string, hub: KnownHub): StaffAccess {
  if (origin === undefined) throw noStaffAccess();
  return { origin, ca, token, hub };
}

function noStaffAccess(): VerbFailure {
  return new VerbFailure(
    exitCode.local,
    {
      zh: '没有工作人员令牌，或不知道管理端口',
      en: 'there is no staff token, or the staff listener is not known',
    },
    {
      zh: '先运行 datong login；或用 --token、环境变量 DATONG_TOKEN，并在 ./datong.json 写明 hub.staff；演示环境用 --as 名称或 --demo',
      en: 'run datong login first; or give --token or DATONG_TOKEN and name hub.staff in ./datong.json; with the demo use --as NAME or --demo',
    },
  );
}

function unknownName(name: string, known: readonly string[]): VerbFailure {
  return new VerbFailure(
    exitCode.usage,
    { zh: `没有名为“${name}”的身份`, en: `no profile here is called "${name}"` },
    known.length === 0
      ? {
          zh: '演示没有在运行：先在另一个终端运行 datong demo',
          en: 'no demo is running: start datong demo in another terminal',
        }
      : { zh: `可用：${known.join('、')}`, en: `known: ${known.join(', ')}` },
  );
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined;
}

function readJson(path: string): unknown {
  const content = readFileSync(path, 'utf8');
  try {
    return JSON.parse(content) as unknown;
  } catch {
    throw new Problem('configuration_invalid', {
      key: '.',
      reason: 'it is not JSON',
      source: path,
    });
  }
}
