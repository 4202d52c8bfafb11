/**
 * What a job that compares the database records of its last run, under a MAC of the hub. A database administrator can postpone a job, lease
 * it, or write its position and its outcome into the table `job`, but cannot write such a record. Readiness compares its time.
 */
import { createHmac, type KeyObject } from 'node:crypto';
import { isSameMac } from './seals.ts';

export interface Pass {
  /** Unix milliseconds of the end of the run */
  readonly at: number;
  /** Unix milliseconds before which no run is necessary, because this one was long */
  readonly pausedUntil: number;
  /** findings that remain after the run */
  readonly findings: number;
  /** last table of a run that did not reach the end */
  readonly after?: string;
  /** Unix milliseconds of the last comparison of the catalogue */
  readonly catalogueAt?: number;
}

/** The record as a job stores it. */
export interface StoredPass {
  readonly pass: string;
  readonly mac: string;
}

function sealPassRecord(name: string, pass: Pass, key: KeyObject): StoredPass {
  const text = JSON.stringify(pass);
  return { pass: text, mac: macOf(name, text, key).toString('base64') };
}

/** Milliseconds by which the clock of another process may be ahead. */
const clockDifference = 2 * 60_000;

/** The last run; undefined where there is none, its MAC does not match, or a clock that was wrong gave it a time in the future. */
export function openPassRecord(name: string, stored: unknown, key: KeyObject, now: number): Pass | undefined {
  if (typeof stored !== 'object' || stored === null) return undefined;
  const { pass, mac } = stored as Partial<Record<keyof StoredPass, unknown>>;
  if (typeof pass !== 'string' || typeof mac !== 'string') return undefined;
  if (!isSameMac(Buffer.from(mac, 'base64'), macOf(name, pass, key))) return undefined;
  const read = JSON.parse(pass) as Pass;
  return read.at > now + clockDifference ? undefined : read;
}

const macOf = (name: string, pass: string, key: KeyObject): Buffer =>
  createHmac('sha256', key).update(`datong comparison 1\n${name}\n${pass}`).digest();

/**
 * The newest record that this process knows. An older one that was put back does not count, so that it cannot make the process repeat a part
 * and omit the rest.
 */
export class PassMemory {
  private newest: Pass | undefined;
  private readonly name: string;

  constructor(name: string) {
    this.name = name;
  }

  /** @param stored state of the job @param key undefined: nothing is sealed yet */
  last(stored: unknown, key: KeyObject | undefined, now: number): Pass | undefined {
    const found = key === undefined ? undefined : openPassRecord(this.name, stored, key, now);
    if (this.newest !== undefined && this.newest.at > now + clockDifference) this.newest = undefined;
    if (found !== undefined && found.at >= (this.newest?.at ?? 0)) this.newest = found;
    return this.newest;
  }

  /** @returns the state of the job */
  record(pass: Pass, key: KeyObject | undefined): StoredPass | null {
    this.newest = pass;
    return key === undefined ? null : sealPassRecord(this.name, pass, key);
  }

  get known(): Pass | undefined {
    return this.newest;
  }
}
