/**
 * Which hub and which department a verb speaks for. `--profile FILE` wins, then `--as NAME` (a department of the running demo, or of
 * a `profiles` map in ./datong.json), then ./datong.json. Staff verbs take `--token` or DATONG_TOKEN, else the demo's `--as` staff.
 */
import type { Command } from 'commander';
import { existsSync, readFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { Problem } from '../../terms/problem.ts';
import { type DemoState, type Profile, readProfile } from '../sdk/profile.ts';
import { exitCode, VerbFailure } from './verb.ts';

export interface ProfileOptions {
  /** file of a profile */
  readonly profile?: string;
  /** name of a department, or of a staff token, of the running demo */
  readonly as?: string;
}

/** Adds `--as NAME` and `--profile FILE` to a verb that speaks for a department. */
export function withProfile(command: Command): Command {
  return command
    .option('--as <name>', 'department of the running demo (education, pub-security, …)')
    .option('--profile <file>', 'profile to use (default: ./datong.json)');
}

/** Where a running demo leaves its state: DATONG_STATE, else a file of this user below the temporary folder. */
export function demoStatePath(): string {
  return process.env['DATONG_STATE'] ?? join(tmpdir(), `datong-${userInfo().uid}`, 'demo.json');
}

/** State of the running demo; undefined where none runs. */
export function readDemoState(): DemoState | undefined {
  const path = demoStatePath();
  return existsSync(path) ? (readJson(path) as DemoState) : undefined;
}

/**
 * The profile the options name.
 * @throws VerbFailure (exit 2 or 4) that says how to get one; Problem configuration_invalid for a bad file
 */
export function openProfile(options: ProfileOptions): Profile {
  if (options.profile !== undefined) return fileProfile(resolve(options.profile));
  const local = resolve('datong.json');
  if (options.as !== undefined) return namedProfile(options.as, local);
  if (existsSync(local)) return fileProfile(local);
  throw new VerbFailure(
    exitCode.local,
    { zh: '没有找到 ./datong.json，也没有指明身份', en: 'there is no ./datong.json, and no name was given' },
    {
      zh: '演示环境用 --as 部门代码；正式环境先运行 datong enrol',
      en: 'with the demo use --as DEPARTMENT; otherwise run datong enrol first',
    },
  );
}

function fileProfile(path: string): Profile {
  return readProfile(readJson(path), path);
}

function namedProfile(name: string, local: string): Profile {
  const own = existsSync(local) ? member(member(readJson(local), 'profiles'), name) : undefined;
  if (own !== undefined) return readProfile(own, local);
  const state = readDemoState();
  const found = state === undefined ? undefined : member(state.profiles, name);
  if (found !== undefined) return readProfile(found, demoStatePath());
  throw unknownName(name, state === undefined ? [] : Object.keys(state.profiles));
}

/** Where the staff listener is, what to trust there, and the bearer token. */
export interface StaffAccess {
  readonly origin: string;
  readonly ca: string;
  readonly token: string;
}

export interface StaffOptions extends ProfileOptions {
  readonly token?: string;
}

/** Adds the options of a verb that speaks for a member of staff. */
export function withStaffToken(command: Command): Command {
  return command
    .option('--as <name>', 'staff token of the running demo (operator, steward, security, auditor)')
    .option('--token <token>', 'staff token (default: DATONG_TOKEN)')
    .option('--profile <file>', 'file that names the hub (default: ./datong.json)');
}

/** @throws VerbFailure (exit 2 or 4) where no token or no hub is named */
export function openStaffAccess(options: StaffOptions, usual?: string): StaffAccess {
  const token = options.token ?? process.env['DATONG_TOKEN'];
  const path = resolve(options.profile ?? 'datong.json');
  if (token !== undefined && existsSync(path)) {
    const { hub } = fileProfile(path);
    return staffAccess(hub.staff, hub.ca, token);
  }
  const state = readDemoState();
  if (state === undefined) throw options.as === undefined ? noStaffAccess() : unknownName(options.as, []);
  const name = options.as ?? usual;
  const held = token ?? (name === undefined ? undefined : state.staff[name]?.token);
  if (held === undefined) throw unknownName(name ?? '', Object.keys(state.staff));
  const ca = state.hub.ca.startsWith('-----BEGIN ') ? state.hub.ca : readFileSync(state.hub.ca, 'utf8');
  return staffAccess(state.hub.staff, ca, held);
}

function staffAccess(origin: string | undefined, ca: string, token: string): StaffAccess {
  if (origin === undefined) throw noStaffAccess();
  return { origin, ca, token };
}

function noStaffAccess(): VerbFailure {
  return new VerbFailure(
    exitCode.local,
    {
      zh: '没有工作人员令牌，或不知道管理端口',
      en: 'there is no staff token, or the staff listener is not known',
    },
    {
      zh: '用 --token 或环境变量 DATONG_TOKEN，并在 ./datong.json 写明 hub.staff；演示环境用 --as 令牌名',
      en: 'give --token or DATONG_TOKEN and name hub.staff in ./datong.json; with the demo use --as NAME',
    },
  );
}

function unknownName(name: string, known: readonly string[]): VerbFailure {
  return new VerbFailure(
    exitCode.usage,
    { zh: `没有名为“${name}”的身份`, en: `nobody here is called "${name}"` },
    known.length === 0
      ? {
          zh: '演示没有在运行：先在另一个终端运行 npx datong demo',
          en: 'no demo is running: start npx datong demo in another terminal',
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
      reasonZh: '不是 JSON',
      source: path,
    });
  }
}
