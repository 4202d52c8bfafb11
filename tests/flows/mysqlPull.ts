/** A dataset that is filled from MariaDB, on the hub of pull.test.ts. */
import assert from 'node:assert/strict';
import { headers } from '../../clients/cli/demo/files/householdFile.ts';
import type { Mariadb } from '../mariadb.ts';
import { allRows, firstPage, pullsThatAreCut, type CutSource } from './cutPulls.ts';
import { people, type Cells } from './householdRecords.ts';

interface Town {
  readonly dataset: (name: string, mode: string) => Promise<string>;
  readonly pulled: (id: string, document: object) => Promise<void>;
  readonly run: (id: string) => Promise<string>;
  readonly counts: (id: string) => Promise<{ rows: number; bad: number }>;
  readonly failing: (document: object) => Promise<string>;
  /** where the register lies, as its reader */
  readonly source: object;
}

const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;

/** Registered, accepted, pulled, and pulled again for what changed. @returns how many runs brought rows */
export async function pullsFromMariadb(town: Town, server: Mariadb): Promise<number> {
  const { dataset, pulled, run, counts, failing, source } = town;
  const texts = headers.map((name) => `\`${name}\` VARCHAR(200) CHARACTER SET gbk`).join(', ');
  const insert = (records: readonly Cells[], at: string): Promise<void> =>
    server.admin(
      `INSERT INTO person VALUES ${records.map((cells) => `(${[...cells, at].map(quoted).join(', ')})`).join(', ')}`,
    );
  await server.admin(
    `CREATE TABLE person (${texts}, changed_at DATETIME(6) NOT NULL, PRIMARY KEY (\`${headers[0]}\`))`,
    "CREATE USER reader IDENTIFIED BY 'sesame'",
    'GRANT SELECT ON register.* TO reader',
    "CREATE USER writer IDENTIFIED BY 'sesame'",
    'GRANT SELECT, INSERT ON register.* TO writer',
  );
  await insert(people(60, 21), '2026-03-01 08:00:00.5');
  const documentOf = (more: object = {}) => ({
    source,
    query: 'SELECT * FROM person',
    key: [headers[0]],
    mapping: 'maria',
    schedule: { every: 'day' },
    changed: 'changed_at',
    overlap: 0,
    ...more,
  });
  const id = await dataset('maria', 'upsert');
  const wrong = (more: object): Promise<string> => failing({ ...documentOf(more), mapping: 'people' });
  const plain = { changed: undefined, overlap: undefined };
  assert.equal(await wrong({ ...plain, source: { ...source, user: 'writer' } }), 'pull_role_writes');
  assert.equal(await wrong({ ...plain, source: { ...source, port: undefined } }), 'pull_source_not_allowed');
  assert.equal(
    await wrong({ ...plain, source: { ...source, system: undefined } }),
    'pull_source_unreachable',
  );
  await pulled(id, documentOf());
  assert.equal(await run(id), 'read 60 published');
  assert.deepEqual(await counts(id), { records: 60, rows: 60, bad: 0, skipped: 0 });
  assert.equal(await run(id), 'nothing_new 0 -');
  // a day that is none is a row that cannot be read, and no more than that
  const [one = [], ...more] = people(60, 22);
  await insert([one.with(3, '0000-00-00'), ...more], '2026-03-02 08:00:00.123456');
  assert.equal(
    await run(id),
    'read 120 published',
    'those that changed at the mark itself are read once more',
  );
  assert.deepEqual(await counts(id), { records: 120, rows: 119, bad: 1, skipped: 0 });
  // other keys each time they are asked for: rows fall between the pages
  const shuffled = `SELECT seq AS \`${headers[0]}\`, SHA1(CONCAT(seq, '-', RAND())) AS place FROM seq_1_to_5000`;
  const liar = await dataset('marialiar', 'snapshot');
  await pulled(liar, documentOf({ ...plain, query: shuffled, key: ['place'], mapping: 'marialiar' }));
  assert.match(await run(liar), /^pull_order_broken \d+ expired \+$/);
  return 2;
}

/** The same server ends and hangs between two pages. */
export async function cutFromMariadb(
  town: Town & Pick<CutSource, 'partsOf' | 'rowsOf'>,
  server: Mariadb,
): Promise<void> {
  await server.admin('CREATE TABLE does (what VARCHAR(10))', "INSERT INTO does VALUES ('answer')");
  const texts = headers.map((name) => `\`${name}\` VARCHAR(200)`).join(', ');
  for (const [seed, table] of ['whole', 'changes'].entries()) {
    const rows = people(allRows, 41 + seed).map((cells, i) => [...cells, String(i + 1)]);
    await server.admin(
      `CREATE TABLE ${table} (${texts}, nth INT PRIMARY KEY, changed_at DATETIME(6) NOT NULL DEFAULT '2026-03-01', INDEX (changed_at, nth))`,
      `INSERT INTO ${table} (${[...headers, 'nth'].map((name) => `\`${name}\``).join(', ')}) VALUES ${rows.map((cells) => `(${cells.map(quoted).join(', ')})`).join(', ')}`,
      `UPDATE ${table} SET changed_at = '2026-03-01' + INTERVAL nth DIV 10 SECOND`,
    );
  }
  const [first = '', ...others] = headers.map((name) => `\`${name}\``);
  const slow = `nth > ${firstPage} AND (SELECT what <> 'answer' FROM does) AND SLEEP(20)`;
  const reported = others.map((name, i) => (i > 0 ? name : `IF(${slow}, NULL, ${name}) AS ${name}`));
  const queryOf = (table: string): string =>
    `SELECT ${[first, ...reported].join(', ')}, nth, changed_at FROM ${table}`;
  const ends: Promise<void>[] = [];
  const does = async (what: 'answer' | 'end' | 'hang'): Promise<void> => {
    await Promise.all(ends);
    await server.admin(`UPDATE does SET what = '${what}'`);
    if (what === 'end')
      ends.push(
        server.until("user = 'reader' AND state = 'User sleep'").then(() => server.admin('KILL USER reader')),
      );
  };
  const seen = await pullsThatAreCut(
    {
      ...town,
      does,
      ended: 'pull_source_unreachable',
      documentOf: (table, mapping, more) => ({
        source: town.source,
        query: queryOf(table),
        key: ['nth'],
        mapping,
        schedule: { every: 'day' },
        ...more,
      }),
    },
    'mariacut',
  );
  assert.equal(seen, allRows, 'none is lost');
}
