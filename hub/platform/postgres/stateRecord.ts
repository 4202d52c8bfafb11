/** `postgres.json` in the hub's state folder: which PostgreSQL made the data, where the data are, and which process owns it. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Flavour } from './programs.ts';
import { isRunning } from './liveness.ts';
import { readIfPresent } from '../../../machine/readIfPresent.ts';
import { writeDurably } from '../../../machine/writeDurably.ts';

export interface StateRecord {
  readonly flavour: Flavour;
  readonly major: number;
  readonly dataDir: string;
  /** the process that stops PostgreSQL when it ends; a process that finds it dead takes over */
  readonly owner: { readonly pid: number; readonly started: string };
}

/** Path of the record, once a cluster was or is being created. */
export const recordFile = (stateDir: string): string => join(stateDir, 'postgres.json');

export async function readRecord(stateDir: string): Promise<StateRecord | undefined> {
  const text = await readIfPresent(recordFile(stateDir));
  return text === undefined ? undefined : (JSON.parse(text) as StateRecord);
}

export async function writeRecord(stateDir: string, record: StateRecord): Promise<void> {
  await writeDurably(recordFile(stateDir), `${JSON.stringify(record, null, 2)}\n`);
}

/** When a process was started, so that a reused pid is not mistaken for it. Empty where the platform does not report it. */
async function startOf(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}

/** This process as owner. */
export async function thisProcess(): Promise<StateRecord['owner']> {
  return { pid: process.pid, started: await startOf(process.pid) };
}

export async function isOwnerAlive(owner: StateRecord['owner']): Promise<boolean> {
  return (await isRunning(owner.pid)) && (await startOf(owner.pid)) === owner.started;
}
