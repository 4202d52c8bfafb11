/** MySQL's protocol as a source of pulls and of connectors: a real MariaDB, good and bad, and servers that are none. */
import assert from 'node:assert/strict';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { after, before, describe, test } from 'node:test';
import type { SqlSource } from '../../clients/cli/provide/configuration.ts';
import { sqlRows } from '../../clients/cli/provide/sqlRows.ts';
import type { LiveAsk } from '../../clients/sdk/liveConnection.ts';
import { openSource, type From, type Source } from '../../hub/exchange/pull/openSource.ts';
import type { SourcePlace } from '../../hub/exchange/pull/sourcePlace.ts';
import { connectPostgres } from '../../machine/sources/postgres.ts';
import { SourceFault } from '../../machine/sources/sqlSource.ts';
import { mysqlUrl } from '../../machine/sources/mysqlUrl.ts';
import { connectMysql } from '../../machine/sources/mysqlWire.ts';
import { surroundingsWith } from '../../machine/surroundings.ts';
import { compileSchema } from '../../schemas/compile.ts';
import { readSchema } from '../../schemas/parse.ts';
import { noMariadb, startMariadb, type Mariadb } from '../mariadb.ts';

describe('MariaDB as a source', { skip: noMariadb }, () => {
  let server: Mariadb;
  let place: SourcePlace;
  before(async () => {
    server = await startMariadb('register');
    const { host, port, ca } = server;
    place = { department: 'pub-security', host, port, tls: 'verify', ca };
    await server.admin(
      `CREATE TABLE many (id INT PRIMARY KEY, at DATETIME(6) NOT NULL, exact DECIMAL(30, 10) NOT NULL, code VARCHAR(20) CHARACTER SET gbk NOT NULL, UNIQUE (exact, code))`,
      `INSERT INTO many SELECT seq, TIMESTAMPADD(SECOND, seq DIV 10, '2026-01-01 00:00:00.5'), 12345678901234567890 + (seq DIV 2) * 0.0000000001, IF(seq % 2 = 0, '张', '李') FROM seq_1_to_5000`,
      'CREATE ROLE mender_role',
      'CREATE ROLE deeper_role',
      'CREATE ROLE reader_role',
      'GRANT UPDATE ON register.many TO mender_role',
      'GRANT mender_role TO deeper_role',
      'GRANT SELECT ON register.* TO reader_role',
      ...['reader', 'writer', 'mender', 'filer', 'granter', 'member', 'deep', 'guest'].flatMap((name) => [
        `CREATE USER ${name} IDENTIFIED BY 'sesame'`,
        `GRANT SELECT ON register.* TO ${name}`,
      ]),
      'GRANT DELETE ON register.many TO writer',
      'GRANT UPDATE (code) ON register.many TO mender',
      'GRANT FILE ON *.* TO filer',
      'GRANT SELECT ON register.many TO granter WITH GRANT OPTION',
      'GRANT mender_role TO member',
      'GRANT deeper_role TO deep',
      // may read by a role alone
      'REVOKE SELECT ON register.* FROM guest',
      'GRANT reader_role TO guest',
      'SET DEFAULT ROLE reader_role FOR guest',
    );
  });
  after(() => server.stop());

  const documentOf = (more: object = {}): Parameters<typeof openSource>[0] => ({
    ...{ query: 'SELECT * FROM many -- all of it', key: ['id'], seconds: 5 },
    source: { system: 'mysql', host: place.host, port: place.port, database: 'register', user: 'reader' },
    ...more,
  });
  async function reading<T>(more: object, work: (source: Source) => Promise<T>): Promise<T> {
    const source = await openSource(documentOf(more), place, 'sesame');
    try {
      return await work(source);
    } finally {
      await source.close();
    }
  }
  const start: From = { kind: 'start' };
  async function cellsOf(query: string, key: readonly string[]): Promise<readonly (string | null)[]> {
    return reading({ query, key }, async (source) => {
      const { value } = (await source.pages(start).next()) as {
        value: { rows: readonly (readonly (string | null)[])[] };
      };
      return value.rows[0] ?? [];
    });
  }
  const failing = (more: object, at: Partial<SourcePlace> = {}, password = 'sesame') =>
    openSource(documentOf(more), { ...place, ...at }, password)
      .then(
        async (source) => {
          try {
            if (await source.unfit()) return 'unfit';
            for await (const { mark } of source.pages(start)) assert.ok(mark.length > 0);
            return 'read';
          } finally {
            await source.close();
          }
        },
        (error: unknown) => error,
      )
      .then(
        (told) => (typeof told === 'string' ? told : String((told as { code?: string }).code)),
        (error: unknown) => String((error as { code?: string }).code),
      );

  test('values come as the database writes them, whatever their type', async () => {
    await server.admin(
      `CREATE TABLE kinds (id BIGINT UNSIGNED PRIMARY KEY, big BIGINT, z INT(6) ZEROFILL, d DECIMAL(38, 10), f FLOAT, dd DOUBLE, day DATE, at DATETIME(3),
         ts TIMESTAMP NULL, ti TIME(2), y YEAR, yes TINYINT(1), b1 BIT(1), b9 BIT(9), bin BINARY(4), blobbed BLOB, j JSON, e ENUM('a', 'b'), s SET('x', 'y'),
         g VARCHAR(20) CHARACTER SET gbk, u VARCHAR(20), empty VARCHAR(5), nothing INT, uu UUID, p POINT)`,
      `INSERT INTO kinds VALUES (18446744073709551615, -9223372036854775808, 42, '1234567890123456789012345678.0123456789', 1.1, 0.1, '1987-07-01',
         '1987-07-01 00:00:00.100', '1987-07-01 12:00:00', '-838:59:59', 2026, 1, b'1', b'101', 'ab', 0x00FF, '{"a": 12345678901234567890}', 'b', 'x,y',
         '张三', '😀', '', NULL, '123e4567-e89b-12d3-a456-426655440000', POINT(1, 2))`,
    );
    assert.deepEqual(await cellsOf('SELECT * FROM kinds', ['id']), [
      ...[
        '18446744073709551615',
        '-9223372036854775808',
        '000042',
        '1234567890123456789012345678.0123456789',
      ],
      ...[
        '1.1',
        '0.1',
        '1987-07-01',
        '1987-07-01 00:00:00.100',
        '1987-07-01 12:00:00',
        '-838:59:59.00',
        '2026',
      ],
      ...['1', '1', '000000101', '\\x61620000', '\\x00ff', '{"a": 12345678901234567890}', 'b', 'x,y', '张三'],
      ...['😀', '', null, '123e4567-e89b-12d3-a456-426655440000', 'POINT(1 2)'],
    ]);
    // keys of each kind that keeps an order: each finds itself, and nothing behind itself
    for (const name of [
      'id',
      'big',
      'z',
      'd',
      'day',
      'at',
      'ts',
      'y',
      'yes',
      'b9',
      'bin',
      'blobbed',
      'g',
      'u',
    ])
      await reading({ query: 'SELECT * FROM kinds', key: [name] }, async (source) => {
        const { value } = (await source.pages(start).next()) as { value: { mark: readonly string[] } };
        assert.equal(await source.newer(value.mark), false, name);
      });
    for (const name of ['f', 'dd', 'ti', 'e', 's', 'j', 'uu', 'p'])
      assert.equal(
        await failing({ query: 'SELECT * FROM kinds', key: [name] }),
        name === 'j' ? 'read' : 'pull_invalid',
        name,
      );
  });

  test('a day that is none is read as it stands, and is no place in an order', async () => {
    await server.admin(
      'CREATE TABLE zeros (id INT PRIMARY KEY, day DATE NOT NULL, at DATETIME NOT NULL)',
      `INSERT INTO zeros VALUES (1, '0000-00-00', '2026-00-15 01:00:00')`,
    );
    assert.deepEqual(await cellsOf('SELECT * FROM zeros', ['id']), [
      '1',
      '0000-00-00',
      '2026-00-15 01:00:00',
    ]);
    for (const key of [['day'], ['at'], ['id', 'at']])
      assert.equal(await failing({ query: 'SELECT * FROM zeros', key }), 'unfit', key.join());
    await reading({ query: 'SELECT * FROM zeros', key: ['id'], changed: 'at' }, async (source) => {
      await assert.rejects(source.pages(start).next(), { code: 'pull_key_unfit' });
    });
  });

  test('pages follow exact keys and letters of GBK; rows that change while they are read neither vanish nor come twice', async () => {
    await reading({ key: ['exact', 'code'] }, async (source) => {
      assert.equal(await source.count(start), 5000);
      const ids: number[] = [];
      const marks: (readonly string[])[] = [];
      for await (const { rows, mark } of source.pages(start)) {
        ids.push(...rows.map(([id]) => Number(id)));
        marks.push(mark);
        if (marks.length === 1)
          await server.admin(
            'UPDATE many SET exact = exact + 1000 WHERE id % 3 = 0',
            'DELETE FROM many WHERE id % 5 = 0',
          );
      }
      assert.deepEqual(
        ids.toSorted((a, b) => a - b),
        Array.from({ length: 5000 }, (_, i) => i + 1),
      );
      assert.equal(marks.length, 3);
      assert.deepEqual(marks[0], ['12345678901234567890.0000001000', ids[1999] === 2000 ? '张' : '李']);
      // a run that goes on behind a place that another one came to
      assert.equal(await source.count({ kind: 'behind', mark: marks[1] ?? [] }), 1000);
    });
  });

  test('what changed shortly before the newest change is read once more', async () => {
    const since = (overlap: number, mark: string): Promise<number> =>
      reading({ changed: 'at', overlap }, (source) => source.count({ kind: 'since', mark: [mark, '1'] }));
    const { ids } = await reading({}, async (source) => ({ ids: await source.count(start) }));
    assert.equal(ids, 4000);
    // ten rows changed in each second, two of them are gone
    assert.equal(await since(0, '2026-01-01 00:08:19.500000'), 8 + 0);
    assert.equal(await since(1, '2026-01-01 00:08:19.500000'), 16);
    assert.equal(await since(0, '2026-01-01 00:08:19.500001'), 0);
  });

  test('a login that may do anything but read is refused, by whatever way it may', async () => {
    const { source } = documentOf();
    const as = (user: string): Promise<string> => failing({ source: { ...source, user } });
    for (const user of ['reader', 'guest']) assert.equal(await as(user), 'read', user);
    for (const user of ['writer', 'mender', 'filer', 'granter', 'member', 'deep'])
      assert.equal(await as(user), 'pull_role_writes', user);
    assert.equal(await failing({}, {}, 'wrong'), 'pull_source_refused');
    assert.equal(await failing({ source: { ...source, database: 'none' } }), 'pull_source_refused');
  });

  test('it only reads, and no longer and no more than it may; what breaks off is named', async () => {
    assert.equal(await failing({ query: 'SELECT SLEEP(20) AS id', seconds: 1 }), 'pull_source_slow');
    assert.equal(await failing({ query: 'SELECT * FROM nowhere' }), 'pull_source_failed');
    assert.equal(await failing({ query: 'SELECT id FROM many FOR UPDATE' }), 'pull_source_failed');
    assert.equal(
      await failing({ query: `SELECT 1 AS id) AS q INTO OUTFILE '/tmp/x' -- ` }),
      'pull_source_failed',
    );
    assert.equal(await failing({ key: ['none'] }), 'pull_invalid');
    assert.equal(await failing({ changed: 'code' }), 'pull_invalid');
    const large = `SELECT id, REPEAT('x', 1000000) AS x FROM many WHERE id < 120`;
    assert.equal(await failing({ query: large }), 'pull_page_too_large');
    await reading({}, async (source) => {
      const pages = source.pages(start);
      await pages.next();
      await server.admin('KILL USER reader');
      await assert.rejects(pages.next(), { code: 'pull_source_unreachable' });
    });
  });

  test('it proves its name, or its address, before it hears of the login', async () => {
    assert.equal(await failing({}), 'read', 'the certificate names 127.0.0.1');
    const { source } = documentOf();
    const other = { ...source, host: 'localhost' };
    assert.equal(
      await failing({ source: other }, { host: 'localhost' }),
      'pull_source_unreachable',
      'another name',
    );
    assert.equal(
      await failing({}, { ca: undefined } as never),
      'pull_source_unreachable',
      'an unknown authority',
    );
    assert.equal(await failing({}, { tls: 'off' }), 'read');
  });

  const schema = readSchema(
    {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      ...{ $id: 'urn:datong:try:1.0', type: 'object', additionalProperties: false },
      properties: {
        id: { type: 'integer', title: 'id' },
        name: { type: 'string', title: 'name' },
        paid: { type: 'boolean', title: 'paid' },
        born: { type: 'string', title: 'born' },
        income: { type: 'number', title: 'income' },
      },
    },
    surroundingsWith([]).resolve,
  );
  const dataset = { id: 'aa.bb', schema, compiled: () => compileSchema(schema, surroundingsWith([])) };
  const sqlOf = (more: Partial<SqlSource> = {}): SqlSource => ({
    ...{ kind: 'sql', url: 'mysql:', key: ['id'], columns: { name: 'full`name' }, seconds: 5, atOnce: 2 },
    query: 'SELECT id, full_name AS `full``name`, paid, born, income FROM register.asked # all of them',
    mysql: {
      ...{ host: server.host, port: server.port, database: 'register', user: 'reader', password: 'sesame' },
      ...{ tls: 'verify', ca: server.ca },
    },
    ...more,
  });
  const ask = (more: Partial<LiveAsk> = {}) => ({
    ...{ fields: ['id', 'name', 'paid', 'born', 'income'], filter: [], limit: 1_000, patience: 5_000 },
    ...more,
  });
  const eq = (field: string, value: unknown) => ({ field, op: 'eq' as const, value: value as string });

  test('a connector answers questions from it, their values bound and nothing else', async () => {
    await server.admin(
      'CREATE TABLE asked (id BIGINT PRIMARY KEY, full_name VARCHAR(20) CHARACTER SET gbk, paid TINYINT(1), born DATE, income DECIMAL(12, 2))',
      `INSERT INTO asked VALUES (1, '张三', 1, '1990-01-31', 12.50), (2, '李四', 0, '1991-02-28', NULL), (9007199254740991, "O'Neil\\\\", NULL, '1992-03-01', 0)`,
    );
    const provider = sqlRows(dataset, sqlOf());
    const found = async (...filter: LiveAsk['filter']): Promise<readonly unknown[]> =>
      (await provider.rows(ask({ filter }))).rows.map((row) => row['id']);
    try {
      const all = await provider.rows(ask());
      assert.deepEqual(all.rows, [
        { id: 1, name: '张三', paid: true, born: '1990-01-31', income: 12.5 },
        { id: 2, name: '李四', paid: false, born: '1991-02-28' },
        { id: 9007199254740991, name: "O'Neil\\", born: '1992-03-01', income: 0 },
      ]);
      assert.deepEqual([all.after, all.more], [['["1"]', '["2"]', '["9007199254740991"]'], false]);
      assert.deepEqual(await found(eq('name', '张三')), [1]);
      assert.deepEqual(await found(eq('name', "O'Neil\\")), [9007199254740991]);
      assert.deepEqual(await found(eq('id', 9007199254740991)), [9007199254740991]);
      assert.deepEqual(await found(eq('paid', true)), [1]);
      assert.deepEqual(await found(eq('income', 12.5)), [1]);
      assert.deepEqual(await found(eq('born', '1991-02-30')), [], 'a day that does not exist');
      for (const value of [
        "' OR 1=1 -- ",
        "\\' OR 1=1 -- ",
        '?',
        '`',
        "'); DROP TABLE asked; -- ",
        '%',
        '\0',
      ])
        assert.deepEqual(await found(eq('name', value)), [], value);
      assert.deepEqual(await found(eq('name', '😀')), [], 'letters that GBK lacks');
      const some = { field: 'name', op: 'in' as const, value: ['张三', '😀', '李四'] };
      assert.deepEqual(await found(some), [1, 2]);
      assert.deepEqual(await found({ ...some, value: [] }), []);
      const young = { field: 'born', op: 'range' as const, value: { gt: '1990-01-31', lte: '1992-03-01' } };
      assert.deepEqual(await found(young), [2, 9007199254740991]);
      await assert.rejects(provider.rows(ask({ fields: ['id`; --'] })), /field_unknown/);
      const page = await provider.rows(ask({ limit: 1, after: '["1"]' }));
      assert.deepEqual([page.rows.map((row) => row['id']), page.more], [[2], true]);
      for (const mark of ['', '[]', '[1]', '["a","b"]', '{'])
        await assert.rejects(provider.rows(ask({ after: mark })), /cursor_expired/);
    } finally {
      await provider.close();
    }
  });

  test('a connector cannot write, waits no longer than it may, and goes on behind a connection that broke', async () => {
    const rejected = async (more: Partial<SqlSource>, how: RegExp): Promise<void> => {
      const provider = sqlRows(dataset, sqlOf(more));
      await assert.rejects(provider.rows(ask({ fields: ['id'], patience: 200 })), how);
      await provider.close();
    };
    const root = { ...sqlOf().mysql, user: 'writer' } as SqlSource['mysql'];
    await rejected({ mysql: root, query: 'SELECT id FROM asked FOR UPDATE' }, /READ ONLY transaction/);
    await rejected({ query: 'SELECT SLEEP(20) AS id' }, /max_statement_time/);
    await rejected({ key: ['none'] }, /no column none/);
    const provider = sqlRows(dataset, sqlOf({ atOnce: 1 }));
    assert.equal((await provider.rows(ask())).rows.length, 3);
    await server.admin('KILL USER reader');
    await new Promise((resolve) => setTimeout(resolve, 20));
    const both = await Promise.all([provider.rows(ask()), provider.rows(ask())]);
    assert.deepEqual(
      both.map(({ rows }) => rows.length),
      [3, 3],
      'two questions, one connection',
    );
    const slow = sqlRows(dataset, sqlOf({ query: 'SELECT SLEEP(20) AS id' }));
    const asked = assert.rejects(slow.rows(ask({ fields: ['id'] })), { kind: 'unreachable' });
    await server.until("info LIKE '%SLEEP(20)%' AND user = 'reader'");
    await server.admin('KILL USER reader');
    await asked;
    await slow.close();
    await provider.close();
  });
});

/** What a server says, packet by packet, as an impostor would. */
interface Impostor {
  readonly port: number;
  /** bytes of each packet that came, by connection */
  readonly heard: Buffer[];
  close(): void;
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
  says: (nth: number, heard: Buffer, socket: Socket) => Buffer | undefined,
): Promise<Impostor> {
  const heard: Buffer[] = [];
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    socket.on('data', (bytes: Buffer) => {
      heard.push(bytes);
      const answer = says(heard.length, bytes, socket);
      if (answer !== undefined) socket.write(answer);
    });
    socket.write(packet(0, greeting));
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const close = (): void => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  return { port: (server.address() as AddressInfo).port, heard, close };
}

describe('a server that is none', () => {
  const openAt = (port: number, tls: 'verify' | 'off' = 'off') =>
    openSource(
      {
        ...{ query: 'SELECT 1 AS id', key: ['id'], seconds: 1 },
        source: { system: 'mysql', host: '127.0.0.1', port, database: 'a', user: 'reader' },
      },
      { department: 'pub-security', host: '127.0.0.1', port, tls },
      'sesame',
    );

  test('asks for a file of the hub: it gets none', async () => {
    const asking = Buffer.concat([Buffer.from([0xfb]), Buffer.from('/etc/passwd')]);
    const liar = await impostor((nth) =>
      nth === 1 ? packet(2, fine) : nth === 2 ? packet(1, asking) : packet(3, fine),
    );
    try {
      await assert.rejects(openAt(liar.port), { code: 'pull_source_unreachable' });
      assert.equal((liar.heard[0]?.readUInt32LE(4) ?? 128) & 128, 0, 'it does not offer to send files');
      const [, named, given] = liar.heard;
      assert.match(named?.toString('latin1') ?? '', /SET NAMES/);
      assert.deepEqual([...(given ?? [])], [0, 0, 0, 2], 'an empty packet');
      assert.equal(liar.heard.length, 3, 'and nothing more');
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
      assert.equal(plain.heard.length, 0);
      await assert.rejects(openAt(switching.port), { code: 'pull_source_unreachable' });
      assert.doesNotMatch(Buffer.concat(switching.heard).toString('latin1'), /sesame/);
    } finally {
      plain.close();
      switching.close();
    }
  });

  test('takes the login and then says nothing: it is given up', async (t) => {
    const mute = await impostor((nth) => (nth === 1 ? packet(2, fine) : undefined));
    t.mock.timers.enable({ apis: ['setTimeout'] });
    try {
      const asked = assert.rejects(openAt(mute.port), { code: 'pull_source_unreachable' });
      while (mute.heard.length < 2) await new Promise((resolve) => setImmediate(resolve));
      t.mock.timers.tick(14_999);
      await new Promise((resolve) => setImmediate(resolve));
      t.mock.timers.tick(1);
      await asked;
    } finally {
      mute.close();
    }
  });

  const text = (said: string): Buffer => Buffer.concat([Buffer.from([said.length]), Buffer.from(said)]);
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
  const asking = async (answer: Buffer, most: number): Promise<unknown> => {
    const liar = await impostor((nth) => (nth === 1 ? packet(2, fine) : answer));
    const address = { host: '127.0.0.1', port: liar.port, database: 'a', user: 'reader', password: 'x' };
    const wire = await connectMysql({ ...address, tls: 'off' });
    try {
      const { rows } = await wire.ask({ text: 'SELECT a', values: [] }, 5_000, most);
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

  test('speaks the protocol of PostgreSQL, and sends more rows than it is asked for: it is left as well', async () => {
    const said = (kind: string, ...parts: readonly Buffer[]): Buffer => {
      const head = Buffer.alloc(5, kind);
      head.writeInt32BE(4 + Buffer.concat(parts).length, 1);
      return Buffer.concat([head, ...parts]);
    };
    const ready = said('Z', Buffer.from('I'));
    const done = said('C', Buffer.from('SELECT 1\0'));
    const row = said('D', Buffer.from([0, 1, 255, 255, 255, 255]));
    const names = said('T', Buffer.from([0, 1]), Buffer.from('a\0'), Buffer.alloc(18));
    const asked = async (...answer: readonly Buffer[]): Promise<unknown> => {
      const sockets: Socket[] = [];
      let heard = 0;
      const liar = createServer((socket) => {
        sockets.push(socket);
        socket.on('error', () => undefined);
        socket.on('data', () => {
          heard += 1;
          if (heard === 1) socket.write(Buffer.concat([said('R', Buffer.alloc(4)), ready]));
          else socket.write(Buffer.concat(heard < 6 ? [done, ready] : [...answer, ready]));
        });
      });
      await new Promise<void>((resolve) => void liar.listen(0, '127.0.0.1', resolve));
      const { port } = liar.address() as AddressInfo;
      const address = { host: '127.0.0.1', port, database: 'a', user: 'reader', password: 'x', ssl: false };
      try {
        const source = await connectPostgres(address, 5);
        return await source.rows({ text: 'SELECT a', values: [] }, 2).finally(() => source.close());
      } catch (error) {
        assert.ok(error instanceof SourceFault);
        return error.kind;
      } finally {
        liar.close();
        for (const socket of sockets) socket.destroy();
      }
    };
    assert.deepEqual(await asked(names, row, row, done), [[null], [null]]);
    assert.equal(await asked(names, row, row, row, done), 'unasked');
    assert.equal(await asked(names, ...Array.from({ length: 20_000 }, () => row)), 'unasked');
    assert.equal(await asked(...Array.from({ length: 20_000 }, () => done)), 'unasked');
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
    ...{
      host: 'db.example',
      port: 3306,
      database: 'register',
      user: 'reader',
      password: 'p@ss',
      tls: 'verify',
    },
  });
  assert.deepEqual(read('reader@[::1]:3307/register?tls=off'), {
    ...{ host: '::1', port: 3307, database: 'register', user: 'reader', password: '', tls: 'off' },
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
