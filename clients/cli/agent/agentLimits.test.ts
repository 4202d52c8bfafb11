/** What one program may take of the agent, and how a token ends: a hub that answers on command, real sockets on loopback. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { Answer } from '../../sdk/types.ts';
import { type AgentLimits, tokenDigest, type Applications } from './agentLimits.ts';
import { agentServer } from './agentServer.ts';
import { watchedApplications } from './applications.ts';

const home = mkdtempSync(join(tmpdir(), 'datong-agent-limits-'));
after(() => rmSync(home, { recursive: true, force: true }));
const [portal, registry] = ['a'.repeat(40), 'c'.repeat(40)];
const both: Applications = new Map([
  [tokenDigest(portal), 'portal'],
  [tokenDigest(registry), 'registry'],
]);

interface Got {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly code: unknown;
}

/** An agent whose hub answers on command. */
async function held(
  limits: Partial<AgentLimits>,
  applications: () => Applications | Promise<Applications> = () => both,
  bytes = 2,
) {
  const waiting: (() => void)[] = [];
  const body = Buffer.alloc(bytes, '{}');
  const server = agentServer(
    {
      client: {
        call: async () => {
          await new Promise<void>((done) => waiting.push(done));
          return { status: 200, headers: new Map(), body } as unknown as Answer<unknown>;
        },
        openStream: () => Promise.reject(new Error('no')),
      },
      applications,
      keep: () => Promise.resolve(),
      onCall: () => undefined,
    },
    limits,
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    server,
    port,
    waiting,
    head: (method: string, token = portal) =>
      `${method} /v1/exchanges HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nauthorization: Bearer ${token}\r\n`,
    until: async (count: number, ended = (): boolean => false): Promise<void> => {
      while (waiting.length !== count && !ended()) await new Promise((done) => setTimeout(done, 5));
    },
    answerAll: (): void => {
      for (const done of waiting.splice(0)) done();
    },
    end: (): void => {
      server.close();
      server.closeAllConnections();
    },
    as: (token: string, by: Agent | false = false): Promise<Got> =>
      new Promise((resolve, reject) => {
        const headers = { authorization: `Bearer ${token}` };
        const sent = request(
          { host: '127.0.0.1', port, path: '/v1/exchanges', agent: by, headers },
          (reply) => {
            let text = '';
            reply.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
            reply.on('end', () =>
              resolve({
                status: reply.statusCode ?? 0,
                headers: reply.headers,
                code: (JSON.parse(text) as { code?: unknown }).code,
              }),
            );
          },
        );
        sent.on('error', reject).end();
      }),
  };
}

const reportOf = ({ status, code, headers }: Got): unknown[] => [status, code, headers['retry-after']];
const open = (port: number): Promise<Socket> =>
  new Promise((done) => {
    const socket = connect({ host: '127.0.0.1', port }, () => done(socket));
    socket.on('error', () => undefined);
  });

test('requests of one application above its limit wait, the others continue; one that leaves frees its place', async () => {
  const agent = await held({ underWay: 3, underWayOfOne: 2, ownPlaces: 1 });
  try {
    const own = [agent.as(portal), agent.as(portal)];
    await agent.until(2);
    assert.deepEqual(reportOf(await agent.as(portal)), [429, 'agent_application_busy', '1']);
    const other = agent.as(registry);
    await agent.until(3);
    assert.deepEqual(reportOf(await agent.as(registry)), [503, 'agent_busy', '1']);
    agent.answerAll();
    for (const got of await Promise.all([...own, other])) assert.equal(got.status, 200);

    const leaving = await open(agent.port);
    leaving.write(`${agent.head('GET', registry)}\r\n`);
    await agent.until(1);
    leaving.destroy();
    await once(leaving, 'close');
    await new Promise((done) => setTimeout(done, 50));
    const three = [agent.as(portal), agent.as(portal), agent.as(registry)];
    await agent.until(4);
    agent.answerAll();
    for (const got of await Promise.all(three)) assert.equal(got.status, 200);
  } finally {
    agent.end();
  }
});

test('requests sent one after another on a connection that is cut occupy no place', async () => {
  const agent = await held({ underWay: 6, underWayOfOne: 4, ownPlaces: 1 });
  try {
    for (const token of [portal, registry, portal]) {
      const leaving = await open(agent.port);
      leaving.write(`${agent.head('GET', token)}\r\n`.repeat(4));
      await agent.until(4);
      assert.equal((await agent.as(token)).status, 429);
      leaving.destroy();
      await once(leaving, 'close');
      await new Promise((done) => setTimeout(done, 50));
      agent.answerAll();
    }
    const five = [portal, portal, portal, portal, registry].map((token) => agent.as(token));
    await agent.until(5);
    agent.answerAll();
    assert.deepEqual(
      (await Promise.all(five)).map(({ status }) => status),
      [200, 200, 200, 200, 200],
    );
  } finally {
    agent.end();
  }
});

test('however many places the others hold, an application has some of its own', async () => {
  const agent = await held({ underWay: 2, underWayOfOne: 2, ownPlaces: 1 });
  try {
    const own = [agent.as(portal), agent.as(portal)];
    await agent.until(2);
    const other = agent.as(registry);
    await agent.until(3);
    assert.deepEqual(reportOf(await agent.as(registry)), [503, 'agent_busy', '1']);
    agent.answerAll();
    for (const got of await Promise.all([...own, other])) assert.equal(got.status, 200);
  } finally {
    agent.end();
  }
});

test('an idle connection is closed for one that sends a request; a request under way is not', async () => {
  const agent = await held({ connections: 3 });
  const stored = new Agent({ keepAlive: true });
  try {
    const first = agent.as(portal, stored);
    await agent.until(1);
    const silent = await Promise.all(Array.from({ length: 40 }, () => open(agent.port)));
    for (const one of silent.slice(0, 38)) if (!one.closed) await once(one, 'close');
    for (let call = 2; call < 5; call += 1) {
      const good = agent.as(registry);
      await agent.until(2);
      agent.waiting.pop()?.();
      assert.equal((await good).status, 200);
      silent.push(await open(agent.port));
    }
    agent.answerAll();
    assert.equal((await first).status, 200, 'it was the oldest of all');
    for (const one of silent) one.destroy();
  } finally {
    stored.destroy();
    agent.end();
  }
});

test('calls wait for their turn one application after another; one that leaves while it waits sends nothing', async () => {
  const agent = await held({ atOnce: 1 });
  try {
    const ended: string[] = [];
    const ask = (name: string, token: string): Promise<unknown> =>
      agent.as(token).then(({ status }) => ended.push(`${name} ${status}`));
    const calls = [ask('portal', portal)];
    await agent.until(1);
    for (let i = 0; i < 3; i += 1) calls.push(ask('portal', portal));
    const leaving = await open(agent.port);
    leaving.write(`${agent.head('GET', registry)}\r\n`);
    await new Promise((done) => setTimeout(done, 100));
    calls.push(ask('registry', registry));
    await new Promise((done) => setTimeout(done, 100));
    leaving.destroy();
    await once(leaving, 'close');
    await new Promise((done) => setTimeout(done, 50));
    for (let requested = 0; requested < calls.length; requested += 1) {
      await agent.until(1);
      agent.answerAll();
      while (ended.length <= requested) await new Promise((done) => setTimeout(done, 5));
    }
    await Promise.all(calls);
    assert.deepEqual(ended, ['portal 200', 'portal 200', 'portal 200', 'registry 200', 'portal 200']);
    assert.equal(agent.waiting.length, 0);
  } finally {
    agent.end();
  }
});

test('the application with the most connections loses one of its own, and no other does', async () => {
  const agent = await held({ connections: 4 });
  const own = new Agent({ keepAlive: true, maxSockets: 1 });
  const many = new Agent({ keepAlive: true, maxSockets: 3, maxFreeSockets: 3 });
  const answered = async (calls: readonly Promise<Got>[]): Promise<void> => {
    await agent.until(calls.length);
    agent.answerAll();
    for (const got of await Promise.all(calls)) assert.equal(got.status, 200);
  };
  try {
    // the oldest of all
    await answered([agent.as(registry, own)]);
    await answered([1, 2, 3].map(() => agent.as(portal, many)));
    const [stored] = Object.values(own.freeSockets)[0] ?? [];
    assert.ok(stored);
    for (let more = 0; more < 3; more += 1) await answered([agent.as(portal)]);
    await answered([agent.as(registry, own)]);
    assert.equal(Object.values(own.freeSockets)[0]?.[0], stored, 'on the connection of before');
  } finally {
    own.destroy();
    many.destroy();
    agent.end();
  }
});

test('a caller that sends single bytes slowly loses its connection; a good call passes at the same time', async () => {
  const agent = await held({ headersWithin: 300, requestWithin: 600 });
  /** what comes of bytes that are sent one after another, and when it ended */
  const dripped = async (head: string, drop: string): Promise<{ text: string; ms: number }> => {
    const socket = await open(agent.port);
    const began = performance.now();
    socket.write(head);
    const timer = setInterval(() => socket.write(drop), 40);
    let text = '';
    socket.setEncoding('latin1').on('data', (chunk: string) => (text += chunk));
    // not `once` of node:events, which a byte written into the closed connection makes reject
    await new Promise((done) => socket.once('close', done));
    clearInterval(timer);
    return { text, ms: performance.now() - began };
  };
  try {
    const post = agent.head('POST');
    const slow = [
      dripped(`${post}x: `, 'y'),
      dripped(`${post}content-length: 90000\r\n\r\n`, 'y'),
      dripped(`${post}transfer-encoding: chunked\r\n\r\n`, '1\r\ny\r\n'),
    ];
    const good = agent.as(portal);
    await agent.until(1);
    agent.answerAll();
    assert.equal((await good).status, 200);
    for (const { text, ms } of await Promise.all(slow)) {
      assert.match(text, /^HTTP\/1\.1 408 /);
      assert.ok(ms < 10_000, `after ${ms} ms`);
    }
    assert.equal(agent.waiting.length, 0, 'none of them reached the hub');
  } finally {
    agent.end();
  }
});

test('who does not read his answer loses it', async () => {
  const agent = await held({ silence: 300 }, undefined, 32 * 1024 * 1024);
  const connections = (): Promise<number> =>
    new Promise((done) => agent.server.getConnections((_error, count) => done(count)));
  try {
    const deaf = await open(agent.port);
    deaf.pause().write(`${agent.head('GET')}\r\n`);
    await agent.until(1);
    assert.equal(await connections(), 1);
    agent.answerAll();
    while ((await connections()) > 0) await new Promise((done) => setTimeout(done, 20));
    deaf.destroy();
  } finally {
    agent.end();
  }
});

test('a removed token ends at once, an added one counts at once; without a file no application is let in', async () => {
  const path = join(home, 'tokens.json');
  const write = (tokens: object): void => writeFileSync(path, JSON.stringify(tokens), { mode: 0o600 });
  write({ portal, registry });
  const agent = await held({}, watchedApplications(path));
  /** 200, or the code of the refusal */
  const as = async (token: string): Promise<unknown> => {
    let refused = false;
    const got = agent.as(token).finally(() => (refused = true));
    await agent.until(1, () => refused);
    agent.answerAll();
    const { status, code } = await got;
    return status === 200 ? 200 : code;
  };
  try {
    assert.deepEqual([await as(portal), await as(registry)], [200, 200]);
    const late = agent.as(registry);
    await agent.until(1);
    write({ portal });
    agent.answerAll();
    assert.equal((await late).code, 'agent_token_refused', 'what was under way is not handed out');
    assert.deepEqual([await as(portal), await as(registry)], [200, 'agent_token_refused']);
    const third = 'd'.repeat(40);
    write({ portal: third, registry }); // as many bytes as at first
    assert.deepEqual(
      [await as(portal), await as(third), await as(registry)],
      ['agent_token_refused', 200, 200],
    );
    // an editor empties the file, or takes it away, before it writes
    for (const empty of [() => writeFileSync(path, ''), () => rmSync(path)]) {
      const under = agent.as(registry);
      await agent.until(1);
      empty();
      agent.answerAll();
      const fresh = agent.as(third);
      setTimeout(() => write({ portal: third, registry }), 20);
      assert.equal((await under).status, 200);
      await agent.until(1);
      agent.answerAll();
      assert.equal((await fresh).status, 200);
    }
    for (const spoil of [() => writeFileSync(path, '{'), () => chmodSync(path, 0o644), () => rmSync(path)]) {
      spoil();
      assert.equal(await as(registry), 'agent_tokens_unusable');
      rmSync(path, { force: true });
      assert.equal(await as(registry), 'agent_tokens_unusable', 'and none is made in its place');
      write({ registry });
      assert.equal(await as(registry), 200);
    }
  } finally {
    agent.end();
  }
});
