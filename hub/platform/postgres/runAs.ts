/**
 * PostgreSQL refuses to run as root. Where root starts the hub, the database runs as `postgres`, or else as `nobody`. That user must be
 * able to reach programs and data, which a project below a 0700 home does not allow.
 */
import { readFile, stat } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { dirname, resolve } from 'node:path';
import { Problem } from '../../../terms/problem.ts';

export interface UnixUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/**
 * The user to switch to, or undefined where the hub's own user is suitable.
 * @param users the table of users
 * @throws Problem postgres_no_user when the hub's user id has no entry in the user table (initdb requires one)
 */
export async function databaseUser(
  uid = process.getuid?.(),
  users = '/etc/passwd',
): Promise<UnixUser | undefined> {
  if (uid === undefined) return undefined;
  if (uid !== 0) {
    try {
      userInfo();
      return undefined;
    } catch (cause) {
      throw new Problem('postgres_no_user', { uid }, { cause });
    }
  }
  const table = (await readFile(users, 'utf8')).split('\n').map((line) => line.split(':'));
  for (const wanted of ['postgres', 'nobody']) {
    const entry = table.find(([name]) => name === wanted);
    const [, , id, group] = entry ?? [];
    if (id !== undefined && group !== undefined)
      return { name: wanted, uid: Number(id) >>> 0, gid: Number(group) >>> 0 };
  }
  throw new Problem('postgres_no_user', { uid: 0 });
}

/** Whether this user can traverse every folder above `path`, and has `bits` (4 read, 1 enter) on `path` itself. */
export async function reachable(path: string, user: UnixUser, bits = 5): Promise<boolean> {
  const may = async (place: string, wanted: number): Promise<boolean> => {
    const { mode, uid, gid } = await stat(place);
    const shift = uid === user.uid ? 6 : gid === user.gid ? 3 : 0;
    return ((mode >> shift) & wanted) === wanted;
  };
  let place = resolve(path);
  if (!(await may(place, bits))) return false;
  while (dirname(place) !== place) {
    place = dirname(place);
    if (!(await may(place, 1))) return false;
  }
  return true;
}

/** Options of a child process that runs as this user. */
export const identity = (user: UnixUser | undefined): { uid?: number; gid?: number } =>
  user === undefined ? {} : { uid: user.uid, gid: user.gid };
