/** Machines of one department in a separate process: senders of large calls, or devices that push single rows through the SDK. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { signingKey } from '../../certs/signatures/index.ts';
import { DatongClient } from '../../clients/sdk/datongClient.ts';

export interface Pushing {
  readonly department: string;
  readonly hub: { readonly exchange: string; readonly open: string };
  readonly ca: string;
  readonly tls: { readonly cert: string; readonly key: string };
  /** PEM */
  readonly signing: string;
  readonly dataset: string;
  readonly milliseconds: number;
  /** `calls`: so many rows in each call, by so many senders; `devices`: a row every so many milliseconds, by so many devices */
  readonly what:
    | { readonly calls: number; readonly senders: number }
    | { readonly devices: number; readonly everyMs: number };
  /** no two orders send the same keys */
  readonly round: number;
}

export interface Pushed {
  readonly rows: number;
  readonly calls: number;
  readonly seconds: number;
  /** latencies of the calls, or of single rows from `push` to their receipt, ascending milliseconds */
  readonly latencies: readonly number[];
}

process.on('message', (order: Pushing) => {
  push(order).then(
    (done) => process.send?.(done),
    (error: unknown) => process.send?.({ error: error instanceof Error ? error.message : String(error) }),
  );
});
process.on('disconnect', () => process.exit(0));

/** A row of 14 fields. */
export const reading = (station: string, nth: number): string =>
  `{"station":"${station}","time":"${new Date(Date.UTC(2026, 0, 1) + nth * 1_000).toISOString()}","pm25":${(nth % 900) / 4},"pm10":${nth % 400},` +
  `"so2":${nth % 60},"no2":${nth % 90},"co":${nth % 3000},"o3":${nth % 240},"temp":${(nth % 350) / 10},"pres":${1000 + (nth % 30)},"dewp":${nth % 20},` +
  `"rain":${(nth % 8) / 2},"wind_direction":"NW","wind_speed":${(nth % 70) / 10}}`;

/** They stay connected: a handshake costs as much as ten calls, and a device makes one in a day. */
const clients: DatongClient[] = [];

async function push(order: Pushing): Promise<Pushed> {
  const { what, milliseconds } = order;
  const until = performance.now() + milliseconds;
  const started = performance.now();
  const done = { rows: 0, calls: 0 };
  const latencies: number[] = [];
  const machines = 'calls' in what ? what.senders : what.devices;
  await Promise.all(
    Array.from({ length: machines }, (_, nth) => {
      const client = (clients[nth] ??= clientOf(order));
      const station = `${order.round}-${nth}`;
      return 'calls' in what
        ? calls(client, order.dataset, station, what.calls)
        : device(client, order.dataset, station, what.everyMs);
    }),
  );
  const seconds = (performance.now() - started) / 1_000;
  return { ...done, seconds, latencies: latencies.sort((a, b) => a - b) };

  async function calls(client: DatongClient, dataset: string, station: string, rows: number): Promise<void> {
    const path = `/v1/datasets/${dataset}/rows`;
    for (let first = 0; performance.now() < until; first += rows) {
      const body = Buffer.from(
        Array.from({ length: rows }, (_, i) => reading(station, first + i)).join('\n'),
      );
      const headers = { 'content-type': 'application/x-ndjson', 'datong-idempotency-key': randomUUID() };
      const begun = performance.now();
      const { json } = await client.call({ method: 'POST', path, headers, body, receipt: 'required' });
      latencies.push(performance.now() - begun);
      if ((json as { accepted: number }).accepted !== rows) throw new Error(JSON.stringify(json));
      done.calls += 1;
      done.rows += rows;
    }
  }

  async function device(
    client: DatongClient,
    dataset: string,
    station: string,
    everyMs: number,
  ): Promise<void> {
    const pusher = client.rows(dataset);
    const outcomes: Promise<unknown>[] = [];
    for (let nth = 0; performance.now() < until; nth += 1) {
      const begun = performance.now();
      outcomes.push(
        pusher.deliver(reading(station, nth)).then(({ problem }) => {
          if (problem !== undefined) throw new Error(problem.rule);
          latencies.push(performance.now() - begun);
        }),
      );
      await sleep(everyMs);
    }
    await Promise.all(outcomes);
    const { accepted, calls: made } = await pusher.flush();
    done.rows += accepted;
    done.calls += made;
  }
}

function clientOf({ department, hub, ca, tls, signing }: Pushing): DatongClient {
  return new DatongClient({ department, hub, ca, tls, signingKey: signingKey(signing) });
}
