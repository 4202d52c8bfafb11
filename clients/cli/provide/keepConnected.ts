/** A connection to every process of the hub, opened again whenever it ends. */
import { lookup } from 'node:dns/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LiveConnection } from '../../sdk/liveConnection.ts';
import type { Address } from './dial.ts';

/** maximum milliseconds of the first wait; it doubles each time, up to the longest */
const firstWait = 500;
const maxWait = 30_000;
/** milliseconds a connection must have lasted for the next wait to be short again */
const steady = 10_000;
/** milliseconds between two look-ups of the addresses of the hub's name */
const lookEvery = 30_000;

/**
 * Milliseconds until the next try, random each time, so that not all clients return at once to a hub that was down.
 * @param failures in a row before this one @param draw from 0 to 1
 */
export const pauseAfter = (failures: number, draw: number): number =>
  Math.min(firstWait * 2 ** failures, maxWait) * ((1 + draw) / 2);

export interface Keeping {
  /** the processes that their operator named; undefined: every address of the hub's name */
  readonly addresses: readonly Address[] | undefined;
  /** of the hub's origin */
  readonly name: Address;
  readonly open: (address: Address) => Promise<LiveConnection>;
  readonly opened: (address: Address) => void;
  /** @param again milliseconds until the next try */
  readonly ended: (address: Address, why: unknown, again: number) => void;
  readonly signal: AbortSignal;
}

/** Ends when the signal is aborted and every connection is closed. */
export async function keepConnected(keeping: Keeping): Promise<void> {
  const { addresses, name, signal } = keeping;
  const stored = new Map<string, Promise<void>>();
  const keep = (address: Address): void => {
    const key = `${address.host} ${address.port}`;
    if (!stored.has(key)) stored.set(key, keepOne(keeping, address));
  };
  if (addresses !== undefined) for (const address of addresses) keep(address);
  while (!signal.aborted) {
    if (addresses === undefined) for (const address of await addressesOf(name)) keep(address);
    await rest(lookEvery, signal);
  }
  await Promise.all(stored.values());
}

async function keepOne(keeping: Keeping, address: Address): Promise<void> {
  const { signal } = keeping;
  let failures = 0;
  while (!signal.aborted) {
    const started = performance.now();
    let why: unknown;
    try {
      const connection = await keeping.open(address);
      const close = (): void => connection.close();
      signal.addEventListener('abort', close);
      if (isStopped(signal)) close();
      keeping.opened(address);
      why = await connection.closed;
      signal.removeEventListener('abort', close);
    } catch (error) {
      why = error;
    }
    if (isStopped(signal)) return;
    if (performance.now() - started > steady) failures = 0;
    const pause = pauseAfter(failures, Math.random());
    keeping.ended(address, why, pause);
    await rest(pause, signal);
    failures += 1;
  }
}

/** IPv4 where the name has it: a hub that listens on both would be dialled twice. */
async function addressesOf({ host, port }: Address): Promise<readonly Address[]> {
  try {
    const found = await lookup(host, { all: true });
    const four = found.filter(({ family }) => family === 4);
    return (four.length === 0 ? found : four).map(({ address }) => ({ host: address, port }));
  } catch {
    return [{ host, port }]; // dialling it reports the reason
  }
}

/** Read again each time: it changes during a wait. */
const isStopped = ({ aborted }: AbortSignal): boolean => aborted;

/** Ends early where the signal is aborted. */
const rest = (ms: number, signal: AbortSignal): Promise<void> =>
  sleep(ms, undefined, { signal }).catch(() => undefined);
