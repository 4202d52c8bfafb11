/** A receiver of telemetry that is down, slow, or answers garbage costs the hub no memory, no time of a call and no time at its stop. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer as createHttpServer, type ServerResponse } from 'node:http';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { usedBytes } from '../../bench/row.ts';
import { openTelemetry } from '../../hub/features/health/telemetry/openTelemetry.ts';
import type { DepartmentCaller } from '../../hub/identity/authentication/caller.ts';
import { departmentCode, type KeyId } from '../../terms/ids.ts';
import { freePorts } from '../freePorts.ts';
import { nonEmpty } from '../nonEmpty.ts';

const caller: DepartmentCaller = {
  kind: 'department',
  department: departmentCode('education'),
  keyid: 'key' as KeyId,
  certificate: '01',
  nonce: 'nonce',
  expires: 0,
  signatureHash: '',
  digest: '',
  signed: {},
};
const roundsOfCalls = 40;
const callsOfRound = 1_500;
/** MB, the buffers of the receivers included. One fault makes 120,000 spans, which would take more than twice this if they were not dropped. */
const maxGrowth = 64;

const answering = (answer: (response: ServerResponse) => void): Server =>
  createHttpServer((request, response) => {
    response.on('error', () => undefined);
    request.resume().on('end', () => answer(response));
  });
const raw = (text: string): Server =>
  createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => socket.end(text));
  });
const piece = Buffer.alloc(65_536, 'x');
const flood = (response: ServerResponse): void => {
  while (!response.destroyed && response.write(piece));
  if (!response.destroyed) response.once('drain', () => flood(response));
};

interface Fault {
  readonly receiver: Server | undefined;
  /** whether exports count as failed */
  readonly fails: boolean;
}
const faults: Readonly<Record<string, Fault>> = {
  'accepts everything': { receiver: answering((response) => response.end('{}')), fails: false },
  'is down': { receiver: undefined, fails: true },
  'never answers': { receiver: answering(() => undefined), fails: true },
  'sends a byte of its answer every 0.1 s': {
    receiver: answering((response) => {
      const dripping = setInterval(() => response.write(' '), 100);
      response.writeHead(200).once('close', () => clearInterval(dripping));
    }),
    fails: true,
  },
  'answers without an end': { receiver: answering(flood), fails: true },
  'is busy until tomorrow': {
    receiver: answering((response) => response.writeHead(503, { 'retry-after': '86400' }).end()),
    fails: true,
  },
  'speaks another protocol': { receiver: raw('220 mail.yunxi.example ESMTP\r\n'), fails: true },
  'closes each connection': { receiver: raw(''), fails: true },
  // status 200: the spans were accepted, and the body does not count
  'answers with a page of HTML': { receiver: answering((response) => response.end('<html>')), fails: false },
};

async function portOf(receiver: Server | undefined): Promise<number> {
  if (receiver === undefined) return freePorts();
  const sockets = new Set<Socket>();
  receiver.on('connection', (socket: Socket) => sockets.add(socket));
  receiver.listen(0, '127.0.0.1');
  await once(receiver, 'listening');
  after(() => {
    receiver.close();
    for (const socket of sockets) socket.destroy();
  });
  return (receiver.address() as AddressInfo).port;
}

/** Telemetry of a fault under load. @returns ms of the calls, bytes in use at their end, ms of its stop, and the outcomes of exports */
async function underLoad({ receiver }: Fault) {
  const outcomes: string[] = [];
  const telemetry = openTelemetry({
    config: {
      endpoint: `http://127.0.0.1:${await portOf(receiver)}`,
      tracesPerSecond: 1e9,
      metricsSeconds: 1,
    },
    hub: 'yunxi',
    metrics: {
      families: () =>
        Promise.resolve([
          { name: 'datong_log_entries', help: 'entries', type: 'gauge', values: [{ value: 1, labels: {} }] },
        ]),
    },
    exported: (signal, outcome) => outcomes.push(`${signal} ${outcome}`),
  });
  const { tracing } = telemetry;
  assert.ok(tracing);
  let milliseconds = 0;
  for (let round = 0; round < roundsOfCalls; round += 1) {
    const begun = performance.now();
    for (let nth = 0; nth < callsOfRound; nth += 1) {
      const call = tracing.begin({
        exchange: `exchange ${round} ${nth}`,
        operation: 'queryDataset',
        rawHeaders: [],
        caller,
        arrived: performance.now(),
      });
      assert.ok(call);
      void call.part('append', () => Promise.resolve());
      call.end(200);
    }
    milliseconds += performance.now() - begun;
    await sleep(100);
  }
  const used = usedBytes();
  const stopping = performance.now();
  await telemetry.close();
  return { milliseconds, used, stop: performance.now() - stopping, outcomes };
}

test('faults of the receiver: nothing accumulates, calls are as fast, and the hub stops in time', async (t) => {
  const before = usedBytes();
  let usual = Infinity;
  for (const [name, fault] of nonEmpty(Object.entries(faults)))
    await t.test(`a receiver that ${name}`, async () => {
      const { milliseconds, used, stop, outcomes } = await underLoad(fault);
      usual = Math.min(usual, milliseconds);
      assert.ok(milliseconds < 5 * usual + 500, `calls took ${milliseconds} ms, the fastest ${usual} ms`);
      assert.ok(stop < 4_000, `the stop took ${stop} ms`);
      for (const signal of ['traces', 'metrics'])
        assert.ok(
          outcomes.includes(`${signal} ${fault.fails ? 'failed' : 'ok'}`),
          `${signal}: ${[...new Set(outcomes)].join()}`,
        );
      const grown = (used - before) / 1e6;
      assert.ok(grown < maxGrowth, `the memory in use grew by ${grown} MB`);
    });
});
