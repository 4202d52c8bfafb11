/** MySQL's protocol as a source of pulls and of connectors: a real MariaDB, good and bad. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { SqlSource } from '../../clients/cli/provide/configuration.ts';
import { sqlRows } from '../../clients/cli/provide/sqlRows.ts';
import type { LiveAsk } from '../../clients/sdk/liveConnection.ts';
import { openSource, type From, type Source } from '../../hub/features/pulls/openSource.ts';
import type { SourcePlace } from '../../hub/features/pulls/sourcePlace.ts';
import { connectMysqlSource } from '../../machine/sources/mysql.ts';
import { ownValue, rowsOf, statementOf } from '../../machine/sources/sqlSource.ts';
import { surroundingsWith } from '../../machine/surroundings.ts';
import { meetsCondition } from '../../policies/meetsCondition.ts';
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
    query: 'SELECT * FROM many -- all of it',
    key: ['id'],
    seconds: 5,
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
        (reported) =>
          typeof reported === 'string' ? reported : String((reported as { code?: string }).code),
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
        '1.100000023841858',
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
    // keys of each kind with an order: each finds itself, and nothing after itself
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

  test('an invalid day is read as it is, and is no place in an order', async () => {
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
      // a run that continues after a place that another one came to
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
      $id: 'urn:datong:try:1.0',
      type: 'object',
      additionalProperties: false,
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
    kind: 'sql',
    url: 'mysql:',
    key: ['id'],
    columns: { name: 'full`name' },
    seconds: 5,
    atOnce: 2,
    query: 'SELECT id, full_name AS `full``name`, paid, born, income FROM register.asked # all of them',
    mysql: {
      host: server.host,
      port: server.port,
      database: 'register',
      user: 'reader',
      password: 'sesame',
      tls: 'verify',
      ca: server.ca,
    },
    ...more,
  });
  const ask = (more: Partial<LiveAsk> = {}) => ({
    fields: ['id', 'name', 'paid', 'born', 'income'],
    filter: [],
    limit: 1_000,
    patience: 5_000,
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

  test('a connector finds every row that a question selects, for any type of the column', async () => {
    await server.admin(
      `CREATE TABLE compared (id INT UNSIGNED PRIMARY KEY, n BIGINT, amount DECIMAL(10, 2), code VARCHAR(9), gbk VARCHAR(9) CHARACTER SET gbk, day DATE,
         at DATETIME(1), y YEAR, f FLOAT, dd DOUBLE, b BIT(9), bin VARBINARY(4), yes TINYINT, e ENUM('b', 'a'), ti TIME, text_number VARCHAR(9), d38 DECIMAL(40, 38),
         INDEX (n), INDEX (amount), INDEX (code), INDEX (day), INDEX (at), INDEX (d38))`,
      `INSERT INTO compared VALUES
         (1, -5, -1.00, 'B', '李', '1990-01-31', '1990-01-31 00:00:00.5', 1990, 0.1, 0.1, b'1', 0x00, 1, 'b', '10:00:00', '9', '0.1'),
         (2, 5, 1.00, 'a', '张', '2000-02-29', '2000-02-29 12:00:00.0', 2026, 123456.7890625, 1e30, b'101', 0xff, 0, 'a', '-1:00:00', '10', '0.00000000000000000000000000000000000001'),
         (4294967295, 9007199254740991, 99999999.99, 'a ', 'a', '0000-00-00', '9999-12-31 23:59:59.9', 2070, -7, -0.5, b'111111111', 'ab', 1, 'a', '99:00:00', 'x', 1)`,
    );
    const types = {
      id: 'integer',
      n: 'integer',
      n_wide: 'number',
      n_text: 'string',
      amount: 'decimal',
      amount_number: 'number',
      amount_text: 'string',
      code: 'string',
      gbk: 'string',
      day: 'string',
      at: 'string',
      y: 'integer',
      f: 'number',
      dd: 'number',
      b: 'string',
      bin: 'string',
      yes: 'boolean',
      yes_text: 'string',
      e: 'string',
      ti: 'string',
      d38: 'decimal',
    };
    const properties = Object.fromEntries(
      Object.entries(types).map(([name, type]) => [
        name,
        type === 'decimal' ? { type: 'string', format: 'decimal', title: name } : { type, title: name },
      ]),
    );
    const wide = readSchema(
      {
        $schema: 'https://json-schema.org/draft/2020-12/schema',
        $id: 'urn:datong:compared:1.0',
        type: 'object',
        additionalProperties: false,
        properties,
      },
      surroundingsWith([]).resolve,
    );
    const columns = {
      n_wide: 'n',
      n_text: 'n',
      amount_number: 'amount',
      amount_text: 'amount',
      yes_text: 'yes',
    };
    const provider = sqlRows(
      { ...dataset, schema: wide },
      sqlOf({ query: 'SELECT * FROM compared', columns }),
    );
    const fields = Object.keys(types);
    try {
      const { rows: all } = await provider.rows(ask({ fields }));
      assert.deepEqual(
        all.map((row) => row['f']),
        [0.10000000149011612, 123456.7890625, -7],
        'FLOAT to its last digit',
      );
      const numbers = [
        -1, 0, 5, -5, 5.5, 0.1, 1.004, 4294967295, 4294967296, 9007199254740991, 1e30, -0.5, 1e-7, 2026, 70,
        123456.789,
      ];
      const decimals = [
        '-1',
        '1.004',
        '0.995',
        '0.996',
        '99999999.99',
        '100000000',
        '-0.0000001',
        '123456789012345678901234567890.123456789012345678901234567890',
        '0.1',
      ];
      const texts = [
        '',
        'a',
        'A',
        'B',
        'a ',
        'b',
        '张',
        '😀',
        '5',
        '-5',
        '05',
        '1.0',
        '1.00',
        '1',
        '0',
        'x',
        '10:00:00',
        '10',
        '101',
        '000000101',
        '\\x',
        '\\xff',
        '\\x6162',
        '2',
        '\\',
        "'",
      ].concat([
        '1990-01-31',
        '1990-02-30',
        '0000-00-00',
        '2000',
        '2000-2-29',
        '1990-01-31 00:00:00.5',
        '1990-01-31 00:00:00',
        '2000-02-29 12:00:00.0',
        '2000-02-29T12:00:00',
        '9999-12-31',
      ]);
      const kinds = {
        integer: numbers,
        number: numbers,
        decimal: decimals,
        string: texts,
        boolean: [true, false],
      };
      let queries = 0;
      for (const [name, type] of Object.entries(types)) {
        const values: readonly (string | number | boolean)[] = kinds[type as keyof typeof kinds];
        const conditions = values.flatMap((value) => [
          { field: name, op: 'eq', value },
          ...['gt', 'gte', 'lt', 'lte'].map((bound) => ({
            field: name,
            op: 'range',
            value: { [bound]: value },
          })),
        ]);
        const field = wide.fields.find((one) => one.name === name);
        assert.ok(field);
        for (const condition of [...conditions, { field: name, op: 'in', value: values }]) {
          const meets = (row: Readonly<Record<string, unknown>>): boolean =>
            meetsCondition(condition as never, field, row[name]);
          const { rows } = await provider.rows(ask({ fields, filter: [condition as never] }));
          const due = all.filter(meets).map((row) => row['id']);
          assert.deepEqual(
            rows.filter(meets).map((row) => row['id']),
            due,
            JSON.stringify(condition),
          );
          queries += due.length;
        }
      }
      assert.ok(queries > 1_000, `${queries} rows were due`);
      for (const [field, value] of [
        ['amount', '0.0000000000000000000000000000000000000000001'],
        ['n_wide', 1e300],
      ] as const)
        assert.deepEqual((await provider.rows(ask({ fields: ['id'], filter: [eq(field, value)] }))).rows, []);
    } finally {
      await provider.close();
    }
    // what cannot be answered exactly is refused, not answered with less
    const refusing = sqlRows(
      { ...dataset, schema: wide },
      sqlOf({ query: 'SELECT * FROM compared', columns: { n: 'text_number', amount: 'dd', n_wide: 'n' } }),
    );
    const range = (field: string, value: object) => ({ field, op: 'range' as const, value: value as never });
    for (const filter of [
      eq('n', 9),
      range('n', { lt: 11 }),
      range('amount', { lt: '0.1000000000000000000001' }),
      range('n_wide', { lt: 1e99 }),
    ])
      await assert.rejects(
        refusing.rows(ask({ fields: ['id'], filter: [filter] })),
        /exactly|no place/,
        JSON.stringify(filter),
      );
    await refusing.close();
    // and an index still serves what is equal
    const source = await connectMysqlSource({ ...sqlOf().mysql, database: 'register' } as never, 5);
    const reported = new Map((await source.columns('SELECT * FROM compared')).map((one) => [one.name, one]));
    for (const [name, text] of [
      ['id', '1'],
      ['n', '-5'],
      ['amount', '1.00'],
      ['code', 'a'],
      ['day', '1990-01-31'],
      ['at', '1990-01-31 00:00:00.5'],
      ['d38', '0.1'],
    ] as const) {
      const column = reported.get(name);
      assert.ok(column);
      const [plan] = await source.rows(
        statementOf(
          source.dialect,
          (bind) =>
            `EXPLAIN SELECT 1 ${rowsOf('SELECT * FROM compared')} WHERE ${column.place} = ${ownValue(column, text, bind)}`,
        ),
        1,
      );
      assert.match(plan?.join(' ') ?? '', / (?:const|ref|range) /, name);
    }
    await source.close();
  });

  test('a page ends where one row ends, and no other does: else it would lose one, or never end', async () => {
    await server.admin(
      'CREATE TABLE alike (n INT PRIMARY KEY, code VARBINARY(9), d38 DECIMAL(40, 38) NOT NULL, twice INT NOT NULL, some INT)',
      `INSERT INTO alike SELECT seq, CASE seq WHEN 4 THEN 'c4X' WHEN 5 THEN 'c4x' ELSE CONCAT('c', seq) END, seq * CAST('0.00000000000000000000000000000000000001' AS DECIMAL(40, 38)), seq DIV 5, NULLIF(seq, 9) FROM seq_1_to_9`,
    );
    const query = 'SELECT n AS id, CONVERT(code USING utf8mb4) AS code, d38, twice, some FROM alike';
    const byBytes = (text: string): string => text.replace('utf8mb4)', 'utf8mb4) COLLATE utf8mb4_bin');
    const walked = async (key: string, limit = 4, requested = query): Promise<unknown> => {
      const provider = sqlRows(dataset, sqlOf({ query: requested, key: [key] }));
      const seen: unknown[] = [];
      try {
        for (let after: string | undefined; ;) {
          const page = await provider.rows(
            ask({ fields: ['id'], limit, ...(after !== undefined && { after }) }),
          );
          seen.push(...page.rows.map((row) => row['id']));
          after = page.after.at(-1);
          if (!page.more) return seen;
          assert.ok(seen.length < 20, 'it ends');
        }
      } catch (error) {
        assert.match(String(error), /empty or repeated/);
        return 'unfit';
      } finally {
        await provider.close();
      }
    };
    assert.deepEqual(await walked('d38'), [1, 2, 3, 4, 5, 6, 7, 8, 9]);
    assert.equal(await walked('code'), 'unfit', 'two texts that its collation takes for one');
    assert.deepEqual(await walked('code', 6), [1, 2, 3, 4, 5, 6, 7, 8, 9], 'both on one page');
    assert.deepEqual(await walked('code', 4, byBytes(query)), [1, 2, 3, 4, 5, 6, 7, 8, 9]);
    assert.equal(await walked('twice'), 'unfit');
    assert.equal(await walked('some', 1), 'unfit', 'a row without a place');
    // a pull, whose pages have 2,000 rows: the 2,000th and the one after it
    await server.admin(
      'CREATE TABLE long_alike (n INT PRIMARY KEY, code VARBINARY(9), d38 DECIMAL(40, 38) NOT NULL)',
      `INSERT INTO long_alike SELECT seq, CASE seq WHEN 2000 THEN 'c2000X' WHEN 2001 THEN 'c2000x' ELSE CONCAT('c', LPAD(seq, 4, '0')) END,
         seq * CAST('0.00000000000000000000000000000000000001' AS DECIMAL(40, 38)) FROM seq_1_to_2010`,
    );
    const pulled = {
      query: `SELECT n, CONVERT(code USING utf8mb4) AS code, d38, TIMESTAMP('2026-01-01') AS at FROM long_alike`,
    };
    const counted = async (more: object): Promise<number> =>
      reading({ ...pulled, ...more }, async (source) => {
        let rows = 0;
        for await (const page of source.pages(start)) {
          rows += page.rows.length;
          assert.ok(rows < 5_000, 'it ends');
        }
        return rows;
      });
    assert.equal(await counted({ key: ['d38'] }), 2010);
    for (const more of [{}, { changed: 'at' }])
      await assert.rejects(counted({ key: ['code'], ...more }), { code: 'pull_key_unfit' });
    assert.equal(await counted({ key: ['code'], query: byBytes(pulled.query) }), 2010);
  });

  test('a connector cannot write, waits no longer than it may, and continues after a connection that broke', async () => {
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
    const requested = assert.rejects(slow.rows(ask({ fields: ['id'] })), { kind: 'unreachable' });
    await server.until("info LIKE '%SLEEP(20)%' AND user = 'reader'");
    await server.admin('KILL USER reader');
    await requested;
    await slow.close();
    await provider.close();
  });
});
