/** Servers that are no source of pulls and of connectors: they lie, say too much, or nothing; and addresses that are misspelt. */
import assert from 'node:assert/strict';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { openSource } from '../../hub/features/pulls/openSource.ts';
import { mysqlUrl } from '../../machine/sources/mysqlUrl.ts';
import { connectMysql } from '../../machine/sources/mysqlWire.ts';
import { connectPostgres } from '../../machine/sources/postgres.ts';
import { grace, SourceFault } from '../../machine/sources/sqlSource.ts';

interface Listening {
  readonly port: number;
  /** one of each connection, in their order */
  readonly sockets: readonly Socket[];
  close(): void;
}
/** @param serves called with each connection */
async function listening(serves: (socket: Socket) => void): Promise<Listening> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    serves(socket);
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const close = (): void => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  return { port: (server.address() as AddressInfo).port, sockets, close };
}
/** What clients log in with at such a server. */
const login = { host: '127.0.0.1', database: 'a', user: 'reader', password: 'x' };

/** What a server says, packet by packet, as an impostor would. */
interface Impostor extends Listening {
  /** bytes of each packet that came, by connection */
  readonly received: Buffer[];
}
const packet = (nth: number, payload: Buffer): Buffer => {
  const head = Buffer.alloc(4);
  head.writeUIntLE(payload.length, 0, 3);
  head[3] = nth;
  return Buffer.concat([head, payload]);
};
const fine = Buffer.from([0, 0, 0, 2, 0, 0, 0]);
/** a greeting of MariaDB; without TLS */
const greeting = Buffer.concat([
  Buffer.from([10]),
  Buffer.from('10.11.0-MariaDB\0'),
  Buffer.from([1, 0, 0, 0]),
  Buffer.from('abcdefgh\0'),
  Buffer.from([0x89, 0xa2, 45, 2, 0, 0x08, 0, 21, ...Array.from({ length: 10 }, () => 0)]),
  Buffer.from('abcdefghijkl\0mysql_native_password\0'),
]);
/** @param says what it answers the n-th packet with; undefined: nothing */
async function impostor(
  says: (nth: number, received: Buffer, socket: Socket) => Buffer | undefined,
): Promise<Impostor> {
  const received: Buffer[] = [];
  const server = await listening((socket) => {
    socket.on('data', (bytes: Buffer) => {
      received.push(bytes);
      const answer = says(received.length, bytes, socket);
      if (answer !== undefined) socket.write(answer);
    });
    socket.write(packet(0, greeting));
  });
  return { ...server, received };
}

describe('a server that is none', () => {
  const openAt = (port: number, tls: 'verify' | 'off' = 'off', system: 'mysql' | 'postgres' = 'mysql') =>
    openSource(
      {
        query: 'SELECT 1 AS id',
        key: ['id'],
        seconds: 1,
        source: {
          ...(system === 'mysql' ? { system } : {}),
          host: '127.0.0.1',
          port,
          database: 'a',
          user: 'reader',
        },
      },
      { department: 'pub-security', host: '127.0.0.1', port, tls },
      'sesame',
    );

  test('requests a file of the hub: it gets none', async () => {
    const asking = Buffer.concat([Buffer.from([0xfb]), Buffer.from('/etc/passwd')]);
    const liar = await impostor((nth) =>
      nth === 1 ? packet(2, fine) : nth === 2 ? packet(1, asking) : packet(3, fine),
    );
    try {
      await assert.rejects(openAt(liar.port), { code: 'pull_source_unreachable' });
      assert.equal((liar.received[0]?.readUInt32LE(4) ?? 128) & 128, 0, 'it does not offer to send files');
      const [, named, given] = liar.received;
      assert.match(named?.toString('latin1') ?? '', /SET NAMES/);
      assert.deepEqual([...(given ?? [])], [0, 0, 0, 2], 'an empty packet');
      assert.equal(liar.received.length, 3, 'and nothing more');
    } finally {
      liar.close();
    }
  });

  test('offers no TLS, or hears of the password in the clear: it does not', async () => {
    const plain = await impostor(() => undefined);
    const clear = Buffer.concat([Buffer.from([0xfe]), Buffer.from('mysql_clear_password\0x\0')]);
    const switching = await impostor((nth) => (nth === 1 ? packet(2, clear) : undefined));
    try {
      await assert.rejects(openAt(plain.port, 'verify'), { code: 'pull_source_unreachable' });
      assert.equal(plain.received.length, 0);
      await assert.rejects(openAt(switching.port), { code: 'pull_source_unreachable' });
      assert.doesNotMatch(Buffer.concat(switching.received).toString('latin1'), /sesame/);
    } finally {
      plain.close();
      switching.close();
    }
  });

  test('accepts the login and then sends nothing: it is given up', async (t) => {
    const mute = await impostor((nth) => (nth === 1 ? packet(2, fine) : undefined));
    t.mock.timers.enable({ apis: ['setTimeout'] });
    try {
      const requested = assert.rejects(openAt(mute.port), { code: 'pull_source_unreachable' });
      while (mute.received.length < 2) await new Promise((resolve) => setImmediate(resolve));
      t.mock.timers.tick(14_999);
      await new Promise((resolve) => setImmediate(resolve));
      t.mock.timers.tick(1);
      await requested;
    } finally {
      mute.close();
    }
  });

  const text = (value: string): Buffer => Buffer.concat([Buffer.from([value.length]), Buffer.from(value)]);
  const end = Buffer.from([0xfe, 0, 0, 2, 0]);
  /** one column of texts */
  const column = Buffer.concat([
    ...['def', '', 'q', 'q', 'a', 'a'].map(text),
    Buffer.from([12, 45, 0, 255, 0, 0, 0, 253, 0, 0, 0, 0, 0]),
  ]);
  const tableOf = (rows: readonly Buffer[]): Buffer =>
    Buffer.concat(
      [Buffer.from([1]), column, end, ...rows, end].map((payload, i) => packet((i + 1) & 255, payload)),
    );
  /** @param answer to the first statement */
  const asking = async (answer: Buffer, maxRows: number): Promise<unknown> => {
    const liar = await impostor((nth) => (nth === 1 ? packet(2, fine) : answer));
    const wire = await connectMysql({ ...login, port: liar.port, tls: 'off' });
    try {
      const { rows } = await wire.ask({ text: 'SELECT a', values: [] }, 5_000, maxRows);
      assert.equal(wire.alive, true);
      return rows;
    } catch (error) {
      assert.ok(error instanceof SourceFault);
      assert.equal(wire.alive, false);
      return [error.kind, error.code];
    } finally {
      wire.close();
      liar.close();
    }
  };

  test('sends more rows than it is asked for: it is left at the first of them', async () => {
    const row = text('x');
    assert.deepEqual(await asking(tableOf([row, row]), 2), [['x'], ['x']]);
    assert.deepEqual(await asking(tableOf([row, row, row]), 2), ['unasked', '']);
    // one that never ends is left as well: rows are counted, not what they weigh
    const many = tableOf(Array.from({ length: 20_000 }, () => Buffer.from([0xfb])));
    assert.deepEqual(await asking(many.subarray(0, -9), 2), ['unasked', '']);
    const wide = [Buffer.from([0xfc, 0x88, 0x13]), ...Array.from({ length: 5_000 }, () => column), end, end];
    const columns = Buffer.concat(wide.map((payload, i) => packet((i + 1) & 255, payload)));
    assert.deepEqual(await asking(columns, 2), ['unasked', '']);
    const liar = await impostor((nth) => (nth === 1 ? packet(2, fine) : tableOf([row])));
    try {
      await assert.rejects(
        openAt(liar.port),
        { code: 'pull_source_unasked' },
        'of a statement that wants none',
      );
    } finally {
      liar.close();
    }
  });

  /** Writes as fast as it is read, until the other side has ended the connection. */
  const pump = (socket: Socket, part: Buffer): void => {
    while (!socket.destroyed) if (!socket.write(part)) break;
    if (!socket.destroyed) socket.once('drain', () => pump(socket, part));
  };

  test('sends one row, packet or notice without an end: it is ended at the limit of bytes', async () => {
    const head = Buffer.concat([Buffer.from([1]), column, end].map((payload, i) => packet(i + 1, payload)));
    // a packet of the largest length is continued by the next one
    const continued = Buffer.concat([Buffer.from([255, 255, 255, 4]), Buffer.alloc(0xff_ff_ff, 0x41)]);
    const liar = await impostor((nth, _, socket) => {
      if (nth === 1) return packet(2, fine);
      if (nth === 2) {
        socket.write(head);
        pump(socket, continued);
      }
      return undefined;
    });
    const wire = await connectMysql({ ...login, port: liar.port, tls: 'off' });
    try {
      const requested = wire.ask({ text: 'SELECT a', values: [] }, 20_000, 2);
      await assert.rejects(requested, (error) => error instanceof SourceFault && error.kind === 'large');
      assert.equal(wire.alive, false);
    } finally {
      wire.close();
      liar.close();
    }
    const accepted = Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 0]);
    const notice = Buffer.from('N\0\0\0\x10SNOTICE\0Mx\0\0');
    for (const [before, part] of [
      // at the login; a message that says it is a gigabyte long
      [accepted, Buffer.concat(Array.from({ length: 50_000 }, () => notice))],
      [Buffer.concat([accepted, Buffer.from([0x4e, 0x40, 0, 0, 0])]), Buffer.alloc(1 << 20, 0x41)],
    ] as const) {
      const postgres = await listening((socket) => {
        socket.once('data', () => {
          socket.write(before);
          pump(socket, part);
        });
      });
      try {
        await assert.rejects(
          connectPostgres({ ...login, port: postgres.port, ssl: false }, 5),
          (error) => error instanceof SourceFault && error.kind === 'large',
        );
      } finally {
        postgres.close();
      }
    }
  });

  test('sends without an end while no statement runs: it is ended', async () => {
    const part = Buffer.alloc(1 << 20, 0x41);
    const liar = await impostor((nth, _, socket) => {
      if (nth === 1) return packet(2, fine);
      socket.write(tableOf([text('x')]));
      // the beginning of a packet that is continued for ever
      socket.write(Buffer.from([255, 255, 255, 0]));
      const filler = Buffer.concat([Buffer.alloc(0xff_ff_ff), Buffer.from([255, 255, 255, 1])]);
      setTimeout(() => pump(socket, filler), 50);
      return undefined;
    });
    const wire = await connectMysql({ ...login, port: liar.port, tls: 'off' });
    try {
      await wire.ask({ text: 'SELECT a', values: [] }, 5_000, 2);
      const begun = performance.now();
      while (wire.alive && performance.now() - begun < 20_000) await sleep(20);
      assert.equal(wire.alive, false);
    } finally {
      wire.close();
      liar.close();
    }
    const ready = Buffer.from([0x5a, 0, 0, 0, 5, 0x54]);
    const done = Buffer.concat([Buffer.from([0x43, 0, 0, 0, 13]), Buffer.from('SELECT 1\0')]);
    let received = 0;
    const postgres = await listening((socket) => {
      socket.on('data', () => {
        received += 1;
        if (received === 1) socket.write(Buffer.concat([Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 0]), ready]));
        else socket.write(Buffer.concat([done, ready]));
        // a notice that says it is a gigabyte long, once all statements of the beginning are answered
        if (received < 5) return;
        setTimeout(() => {
          socket.write(Buffer.from([0x4e, 0x40, 0, 0, 0]));
          pump(socket, part);
        }, 50);
      });
    });
    try {
      const source = await connectPostgres({ ...login, port: postgres.port, ssl: false }, 5);
      const [socket] = postgres.sockets;
      const begun = performance.now();
      while (socket?.destroyed === false && performance.now() - begun < 20_000) await sleep(20);
      assert.equal(socket?.destroyed, true);
      await source.close();
    } finally {
      postgres.close();
    }
  });

  test('speaks the protocol of PostgreSQL, and sends more rows than it is asked for: it is left as well', async () => {
    const message = (kind: string, ...parts: readonly Buffer[]): Buffer => {
      const head = Buffer.alloc(5, kind);
      head.writeInt32BE(4 + Buffer.concat(parts).length, 1);
      return Buffer.concat([head, ...parts]);
    };
    const ready = message('Z', Buffer.from('I'));
    const done = message('C', Buffer.from('SELECT 1\0'));
    const row = message('D', Buffer.from([0, 1, 255, 255, 255, 255]));
    const names = message('T', Buffer.from([0, 1]), Buffer.from('a\0'), Buffer.alloc(18));
    const requested = async (...answer: readonly Buffer[]): Promise<unknown> => {
      let received = 0;
      const liar = await listening((socket) => {
        socket.on('data', () => {
          received += 1;
          if (received === 1) socket.write(Buffer.concat([message('R', Buffer.alloc(4)), ready]));
          else socket.write(Buffer.concat(received < 6 ? [done, ready] : [...answer, ready]));
        });
      });
      try {
        const source = await connectPostgres({ ...login, port: liar.port, ssl: false }, 5);
        try {
          return await source.rows({ text: 'SELECT a', values: [] }, 2);
        } finally {
          await source.close();
        }
      } catch (error) {
        assert.ok(error instanceof SourceFault);
        return error.kind;
      } finally {
        liar.close();
      }
    };
    assert.deepEqual(await requested(names, row, row, done), [[null], [null]]);
    assert.equal(await requested(names, row, row, row, done), 'unasked');
    assert.equal(await requested(names, ...Array.from({ length: 20_000 }, () => row)), 'unasked');
    assert.equal(await requested(...Array.from({ length: 20_000 }, () => done)), 'unasked');
  });

  test('speaks the protocol of PostgreSQL, and then says nothing, at the login or in the middle: it is given up', async (t) => {
    const ready = Buffer.from([0x5a, 0, 0, 0, 5, 0x49]);
    const done = Buffer.concat([Buffer.from([0x43, 0, 0, 0, 13]), Buffer.from('SELECT 1\0')]);
    const fine = Buffer.concat([Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 0]), ready]);
    for (const [answers, waits] of [
      [0, 10_000],
      [1, 1_000 + grace],
      [5, 1_000 + grace],
    ] as const) {
      let received = 0;
      const mute = await listening((socket) => {
        socket.on('data', () => {
          received += 1;
          if (received <= answers) socket.write(received === 1 ? fine : Buffer.concat([done, ready]));
        });
      });
      t.mock.timers.enable({ apis: ['setTimeout'] });
      try {
        const requested = assert.rejects(openAt(mute.port, 'off', 'postgres'), {
          code: 'pull_source_unreachable',
        });
        while (received <= answers) await new Promise((resolve) => setImmediate(resolve));
        t.mock.timers.tick(waits - 1);
        await new Promise((resolve) => setImmediate(resolve));
        assert.ok(!mute.sockets.some((socket) => socket.readableEnded), 'it is waited for');
        t.mock.timers.tick(1);
        await requested;
      } finally {
        t.mock.timers.reset();
        mute.close();
      }
    }
  });

  test('says that a text is longer than its packet: nothing of other packets is taken for it', async () => {
    assert.deepEqual(await asking(tableOf([Buffer.from([3, 120])]), 2), ['unreachable', 'EBADMSG']);
    assert.deepEqual(await asking(tableOf([Buffer.from([0xfd, 255])]), 2), ['unreachable', 'EBADMSG']);
    assert.deepEqual(await asking(tableOf([Buffer.alloc(0)]), 2), ['unreachable', 'EBADMSG']);
  });

  test('breaks off, or answers what is no protocol: the run ends, and the hub goes on', async (t) => {
    t.mock.method(console, 'trace', () => undefined); // the driver's own words
    const cell = (...bytes: number[]): Buffer => packet(1, Buffer.from(bytes));
    for (const [name, answer] of [
      ['more columns than there can be', cell(0xfe, 255, 255, 255, 255, 255, 255, 255, 127)],
      ['a column cut short', Buffer.concat([cell(1), packet(2, Buffer.from([3, 100]))])],
      ['an error without a text', cell(0xff)],
      ['nothing at all', cell()],
      ['noise', Buffer.alloc(200_000, 0x41)],
    ] as const) {
      const liar = await impostor((nth, _, socket) => {
        if (nth === 1) return packet(2, fine);
        socket.end(answer);
        return undefined;
      });
      try {
        await assert.rejects(
          openAt(liar.port),
          ({ code }: { code: string }) => /^pull_source_(unreachable|failed)$/.test(code),
          name,
        );
      } finally {
        liar.close();
      }
    }
  });
});

test('an address of MySQL is read strictly: what is misspelt would be a guarantee less', () => {
  const read = (address: string) => mysqlUrl(`mysql://${address}`);
  assert.deepEqual(read('reader:p%40ss@db.example/register'), {
    host: 'db.example',
    port: 3306,
    database: 'register',
    user: 'reader',
    password: 'p@ss',
    tls: 'verify',
  });
  assert.deepEqual(read('reader@[::1]:3307/register?tls=off'), {
    host: '::1',
    port: 3307,
    database: 'register',
    user: 'reader',
    password: '',
    tls: 'off',
  });
  assert.equal(read('a@b/c?ca=his.pem')?.caFile, 'his.pem');
  assert.equal(read('a@localhost/c?socket=/run/mysqld/mysqld.sock&tls=off')?.host, '/run/mysqld/mysqld.sock');
  for (const wrong of [
    ...[
      'b/c',
      'a@b',
      'a@b/c/d',
      'a@b/c?tls=no',
      'a@b/c?ssl=false',
      'a@b/c?tls=off&ca=x',
      'a@b/c?tls=off&tls=verify',
    ],
    ...['a@b/c?socket=x', 'a@b/c#x', 'a@b:99999/c', 'a%@b/c'],
  ])
    assert.equal(read(wrong), undefined, wrong);
});
