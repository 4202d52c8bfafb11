/**
 * What a job that verifies records of its last run, under a MAC of the hub. A database administrator can postpone a job, lease it, or write
 * its position and its outcome into the table `job`, but cannot write such a record. Each process remembers the newest record that it knows,
 * so that an older one that was put back does not count. Readiness compares its time.
 */
import { createHmac, type KeyObject } from 'node:crypto';
import { isSameMac } from './seals.ts';

/** Members of every record. */
export interface Recorded {
  /** Unix milliseconds of the end of the run */
  readonly at: number;
  /** findings that remain after the run */
  readonly findings: number;
}

export interface Pass extends Recorded {
  /** Unix milliseconds before which no run is necessary, because this one was long */
  readonly pausedUntil: number;
  /** last table of a run that did not reach the end */
  readonly after?: string;
  /** Unix milliseconds of the last comparison of the catalogue */
  readonly catalogueAt?: number;
  /** digests of rows of `log_finding` that the hub did not write and that have an entry */
  readonly forged?: readonly string[];
  /** number of such rows that it does not name */
  readonly forgedMore?: number;
}

/** The record as a job stores it. */
export interface StoredPass {
  readonly pass: string;
  readonly mac: string;
}

/** The record of the last run, with other values; undefined where the stored one is not of the hub. The time remains: no run ended. */
export function changedPassRecord(
  name: string,
  stored: unknown,
  key: KeyObject,
  change: (pass: Recorded) => Recorded,
): StoredPass | undefined {
  const pass = openPassRecord<Recorded>(name, stored, key, Number.POSITIVE_INFINITY);
  return pass === undefined ? undefined : sealPassRecord(name, { ...change(pass), at: pass.at }, key);
}

function sealPassRecord(name: string, pass: Recorded, key: KeyObject): StoredPass {
  const text = JSON.stringify(pass);
  return { pass: text, mac: macOf(name, text, key).toString('base64') };
}

/** Milliseconds by which the clock of another process may be ahead. */
const clockDifference = 2 * 60_000;

/** The last run; undefined where there is none, its MAC does not match, or a clock that was wrong gave it a time in the future. */
export function openPassRecord<Kind extends Recorded = Pass>(
  name: string,
  stored: unknown,
  key: KeyObject,
  now: number,
): Kind | undefined {
  if (typeof stored !== 'object' || stored === null) return undefined;
  const { pass, mac } = stored as Partial<Record<keyof StoredPass, unknown>>;
  if (typeof pass !== 'string' || typeof mac !== 'string') return undefined;
  if (!isSameMac(Buffer.from(mac, 'base64'), macOf(name, pass, key))) return undefined;
  const read = JSON.parse(pass) as Kind;
  return read.at > now + clockDifference ? undefined : read;
}

const macOf = (name: string, pass: string, key: KeyObject): Buffer =>
  createHmac('sha256', key).update(`datong comparison 1\n${name}\n${pass}`).digest();

/** The newest record of a job that this process knows. */
export class PassMemory<Kind extends Recorded = Pass> {
  private newest: Kind | undefined;
  private readonly name: string;

  constructor(name: string) {
    this.name = name;
  }

  /** @param stored state of the job @param key undefined: nothing is sealed yet */
  last(stored: unknown, key: KeyObject | undefined, now: number): Kind | undefined {
    const found = key === undefined ? undefined : openPassRecord<Kind>(this.name, stored, key, now);
    if (this.newest !== undefined && this.newest.at > now + clockDifference) this.newest = undefined;
    if (found !== undefined && found.at >= (this.newest?.at ?? 0)) this.newest = found;
    return this.newest;
  }

  /** @returns the state of the job */
  record(pass: Kind, key: KeyObject | undefined): StoredPass | null {
    this.newest = pass;
    return key === undefined ? null : sealPassRecord(this.name, pass, key);
  }
}

const memories = new WeakMap<object, Map<string, PassMemory<never>>>();

/** What this process knows of a job, for the job and for readiness. @param app pool of the database, which identifies it */
export function passMemory<Kind extends Recorded = Pass>(app: object, name: string): PassMemory<Kind> {
  const own = memories.get(app) ?? new Map<string, PassMemory<never>>();
  memories.set(app, own);
  const memory = (own.get(name) as PassMemory<Kind> | undefined) ?? new PassMemory<Kind>(name);
  own.set(name, memory as unknown as PassMemory<never>);
  return memory;
}
