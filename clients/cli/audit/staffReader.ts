/** Data that an auditor reads from a running hub. */
import { readFileSync } from 'node:fs';
import { parseAnchors, type Anchors } from '../../../log/anchors.ts';
import { followRotations, rotationsOf } from '../../../log/note/keyRotation.ts';
import type { NoteVerifier } from '../../../log/note/noteKey.ts';
import { DatongRefusal } from '../apply/staffCall.ts';
import { openStaffAccess, type StaffOptions } from '../profile.ts';
import { staffConnection } from '../profiles/staffConnection.ts';
import { membersOf, staffSend, type StaffAnswer } from '../profiles/staffSend.ts';
import { talk } from '../verb.ts';

export interface StaffReader {
  /** @throws VerbFailure when the hub refuses */
  ask(method: 'GET' | 'POST', path: string, body?: object): Promise<Readonly<Record<string, unknown>>>;
  /** An answer that is no JSON. @throws VerbFailure when the hub refuses */
  bytes(path: string): Promise<Uint8Array>;
  /**
   * Public keys of the log, from the command line, else the profile, else the hub; with all keys to which rotation statements lead.
   * @throws Problem log_rotation_invalid
   */
  logKeys(named?: readonly NoteVerifier[]): Promise<readonly NoteVerifier[]>;
  close(): void;
}

/** @param usual the demo's member of staff that `--demo` selects @throws VerbFailure where no token or no hub is named */
export function staffReader(options: StaffOptions, usual = 'auditor'): StaffReader {
  const access = openStaffAccess(options, usual);
  const connection = staffConnection(access);
  const send = async (method: 'GET' | 'POST', path: string, body?: object): Promise<StaffAnswer> => {
    const answer = await staffSend(connection, access, method, path, body);
    if (answer.status >= 400)
      throw new DatongRefusal({ status: answer.status, exchange: undefined, body: membersOf(answer) });
    return answer;
  };
  const ask: StaffReader['ask'] = async (method, path, body) => membersOf(await send(method, path, body));
  const reported = async (): Promise<Anchors> => {
    // a staff profile knows only the staff listener, which returns the address of the open listener
    const open = access.hub?.open ?? openReported(await ask('GET', '/v1/log/state'), access.origin);
    const uri = `${open}/v1/log/anchors`;
    const reply = await connection.send({ method: 'GET', uri, headers: {}, body: Buffer.alloc(0) });
    return parseAnchors(membersOf({ status: reply.status, bytes: reply.body }));
  };
  return {
    ask,
    bytes: async (path) => (await send('GET', path)).bytes,
    logKeys: async (named = []) => {
      const stored = named.length === 0 ? access.hub?.anchors : undefined;
      const known = stored === undefined ? named : parseAnchors(textOf(stored)).logKeys;
      const { logKeys } = await reported();
      if (known.length > 0) return followRotations(known, rotationsOf(logKeys));
      talk({
        zh: '日志公钥取自枢纽本身：首次使用时请与另一渠道核对，或用 --key 指定',
        en: "the log's key is taken from the hub itself: compare it by another channel, or name it with --key",
      });
      return logKeys;
    },
    close: () => connection.close(),
  };
}

/** The open listener, as the hub reports it; an older hub reports none, and has one address for all. */
export const openReported = ({ open }: Readonly<Record<string, unknown>>, staff: string): string =>
  typeof open === 'string' ? open : staff;

const textOf = (anchors: string | object): unknown =>
  typeof anchors === 'string' && !anchors.trimStart().startsWith('{')
    ? readFileSync(anchors, 'utf8')
    : anchors;
