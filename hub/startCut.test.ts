/** A connection to the database that is cut at any moment of a start is an outage of the database, and nothing is left open. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { after, test } from 'node:test';
import { exitOfProblem } from '../clients/cli/exitCode.ts';
import { Problem } from '../terms/problem.ts';
import { testDatabase } from '../tests/database.ts';
import type { SocketOrHost } from './platform/database/connection.ts';
import { readConfig } from './platform/config/readConfig.ts';
import { checkHub } from './checkHub.ts';
import { startHub } from './main.ts';
import { hubLogger } from './report.ts';

const home = mkdtempSync(join(tmpdir(), 'datong-cut-'));
const { host, port, user, database } = (await testDatabase()).address as SocketOrHost;
const logger = hubLogger('error', new Writable({ write: (_chunk, _encoding, done) => done() }));

/** answers of the server that still pass; then every connection is cut */
let passing = Infinity;
let passed = 0;
const open = new Set<Socket>();
const proxy = createServer((client) => {
  const server = connect(`${host}/.s.PGSQL.${port}`);
  for (const socket of [client, server]) {
    open.add(socket);
    socket.on('error', () => undefined).on('close', () => open.delete(socket));
  }
  client.pipe(server);
  server.on('data', (chunk) => {
    passed += 1;
    if (passed <= passing) client.write(chunk);
    else for (const socket of open) socket.destroy();
  });
  server.on('close', () => client.destroy());
  client.on('close', () => server.destroy());
});
proxy.listen(0, '127.0.0.1');
await once(proxy, 'listening');
after(() => {
  proxy.close();
  for (const socket of open) socket.destroy();
  rmSync(home, { recursive: true, force: true });
});

const anyPort = { host: '127.0.0.1', port: 0 };
const config = readConfig(
  {
    ...{ name: 'cut', publicOrigin: 'https://localhost:8443', stateDir: home },
    database: {
      url: `postgres://${user}@127.0.0.1:${(proxy.address() as AddressInfo).port}/${database}`,
      durable: false,
    },
    listeners: { exchange: anyPort, open: anyPort, staff: anyPort, admin: anyPort },
  },
  {},
);

/** Starts with a database that goes away after some answers. @returns the problem; undefined: it started before that */
async function cutAfter(answers: number, start: () => Promise<unknown>): Promise<Problem | undefined> {
  [passing, passed] = [answers, 0];
  try {
    await start();
    return undefined;
  } catch (error) {
    assert.ok(error instanceof Problem, `after ${answers} answers: ${String(error)}`);
    return error;
  }
}

test('serve and serve --check: cut after any number of answers', async () => {
  const hub = await startHub(config, { createKeys: true, logger, jobsByTime: false });
  const whole = passed;
  await hub.stop();
  assert.ok(whole > 40, `${whole} answers`);
  const starts: readonly (readonly [number, () => Promise<unknown>])[] = [
    [Math.ceil(whole / 12), async () => (await startHub(config, { logger, jobsByTime: false })).stop()],
    [5, () => checkHub(config, { newHub: false })],
  ];
  for (const [step, start] of starts)
    for (let answers = 1, refused = true; refused && answers < whole; answers += step) {
      const problem = await cutAfter(answers, start);
      refused = problem !== undefined;
      if (problem === undefined) assert.ok(answers > 10);
      else assert.equal(exitOfProblem(problem), 3, `${problem.code} after ${answers} answers`);
    }
});
