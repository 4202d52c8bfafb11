/** A submission that is broken off goes on by itself, and bad rows come back as their sender wrote them. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { readXlsx, writeXlsx } from 'hucre/xlsx';
import { parse } from 'yaml';
import { datongBin, datongEnvironment, type Ran } from '../../tests/datong.ts';
import { typedDatong } from '../../tests/typedDatong.ts';
import { DatongProblem } from '../sdk/datongProblem.ts';
import { sendFile } from '../sdk/sendFile.ts';
import { cellsOf, csvLine, headers, householdFile } from './demo/files/householdFile.ts';
import { seededRandom, residents } from './demo/files/invented.ts';
import { encodeGb18030 } from '../../terms/gb18030.ts';
import { cityHub } from '../../tests/cityHub.ts';

const {
  database,
  hub,
  city: { publicSecurity, operator },
} = await cityHub();
const home = mkdtempSync(join(tmpdir(), 'datong-again-'));
after(async () => {
  await hub.stop();
  rmSync(home, { recursive: true, force: true });
});
const { origins } = hub.hub;
const { department, tls, signing, client } = publicSecurity;
writeFileSync(
  join(home, 'datong.json'),
  JSON.stringify({
    v: 1,
    department,
    hub: { exchange: origins.exchange, open: origins.open, ca: hub.ca, keys: { keys: [] } },
    tls,
    signingKey: signing.privateKey.export({ format: 'jwk' }),
  }),
);
const file = join(home, 'household.csv');
writeFileSync(file, householdFile(2000, 7).bytes);
const env = { DATONG_HOME: join(home, 'kept') };
const datong = (...words: string[]): Promise<Ran> => typedDatong(words, { cwd: home, env });
const send = ['send', 'household.csv', '--dataset', 'pub-security.household'];
const unfinished = (): string[] => readdirSync(join(home, 'kept/uploads'));

/** The same command, killed as soon as it has named its batch. @returns the batch */
async function killed(): Promise<string> {
  const sending = spawn(process.execPath, [datongBin, ...send], {
    cwd: home,
    env: datongEnvironment(env),
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  sending.stderr.setEncoding('utf8');
  const [output] = (await once(sending.stderr, 'data')) as [string];
  sending.kill('SIGKILL');
  await once(sending, 'exit');
  const [, batch = ''] = /^batch (\S+),/.exec(output) ?? [];
  assert.ok(batch, `the batch is named before its first byte leaves: ${output}`);
  return batch;
}

test('a killed send continues in the same batch when the command is repeated', async () => {
  const batch = await killed();
  assert.equal(unfinished().length, 1);
  const done = await datong(...send, '--json');
  assert.equal(done.code, 0, done.stderr);
  assert.equal((JSON.parse(done.stdout) as { batch: string }).batch, batch);
  assert.deepEqual(unfinished(), [], 'what was answered is not gone on with');
});

test('the same bytes once more are reported with the day they came', async () => {
  const again = await datong(...send);
  assert.match(again.stderr, /the same bytes were already sent on \d{4}-\d\d-\d\dT[\d:.]+\+08:00, batch /);
});

test('a file that has changed since begins a new submission', async () => {
  const batch = await killed();
  utimesSync(file, new Date(), new Date(Date.now() - 86_400_000));
  const done = await datong(...send, '--json');
  assert.match(done.stderr, /the file has changed since/);
  assert.notEqual((JSON.parse(done.stdout) as { batch: string }).batch, batch);
});

test('a network that fails for a while, at any call, costs only time', async () => {
  const bytes = householdFile(2001, 8).bytes;
  let calls = 0;
  let retried = 0;
  const answer = await sendFile(
    (input) => {
      calls += 1;
      // four of five calls never arrive
      if (calls % 5 !== 0) return Promise.reject(Object.assign(new Error('cut'), { code: 'ECONNRESET' }));
      return client.call(input);
    },
    'pub-security.household',
    bytes,
    { mapping: 'household', partSize: 64 * 1024, tries: 10, onRetry: () => (retried += 1) },
    () => Promise.resolve(),
  );
  assert.equal(answer.json.state, 'published');
  assert.ok(retried >= 8);
});

test('bad rows come back in the columns and the encoding of their file, with what is wrong', async () => {
  const listed = await datong('batches', '--state', 'published', '--json');
  const { batches } = JSON.parse(listed.stdout) as { batches: { batch: string; counts: { bad: number } }[] };
  const [newest] = batches;
  assert.ok(newest);
  const reported = await datong('quarantine', newest.batch, '-o', 'bad.csv');
  assert.equal(reported.code, 0, reported.stderr);
  assert.match(reported.stderr, new RegExp(`^next: .* --corrects ${newest.batch} `, 'm'));
  const [header = '', ...rows] = new TextDecoder('gb18030', { fatal: true })
    .decode(readFileSync(join(home, 'bad.csv')))
    .trimEnd()
    .split('\r\n');
  const [original = ''] = new TextDecoder('gb18030').decode(readFileSync(file)).split(/\r?\n/);
  assert.equal(header, `${original},错误`);
  assert.equal(rows.length, newest.counts.bad);
  const counts = await datong('quarantine', newest.batch);
  assert.match(counts.stdout, /^rows {2}rule +column +what is wrong +lines\n/);
  assert.match(counts.stdout, /^\s*\d+ {2}cn-resident-id\.checksum {2}.* \d+(?:, \d+)*(?: …)?$/m);
  assert.match(counts.stderr, new RegExp(`^next: datong batch quarantine ${newest.batch} -o bad\\.csv`, 'm'));
  const table = await datong('batches', '--state', 'published');
  assert.match(table.stdout, new RegExp(`^${newest.batch}  .*  \\d+ rows? +${newest.counts.bad} bad`, 'm'));
  assert.match(table.stderr, new RegExp(`^next: datong batch quarantine ${newest.batch} lists`, 'm'));
  const foreign = await datong('quarantine', '01890000-0000-7000-8000-000000000000', '-o', 'none.csv');
  assert.deepEqual([foreign.code, /batch_unknown/.test(foreign.stderr)], [1, true]);
});

test('bad rows that were taken out, mended and sent with --corrects are published with the good ones', async () => {
  const listed = await datong('batches', '--state', 'published', '--json');
  const { batches } = JSON.parse(listed.stdout) as { batches: { batch: string; counts: { rows: number } }[] };
  const [newest] = batches;
  assert.ok(newest);
  const [rows, seed] = [2001, 8];
  const all = residents(seededRandom(seed));
  const good = new Set(householdFile(rows, seed).good.map(({ id }) => id));
  const people = Array.from({ length: rows }, () => all.next().value).filter(({ id }) => !good.has(id));
  const taken = await datong('quarantine', newest.batch, '-o', 'to-mend.csv');
  assert.equal(taken.code, 0, taken.stderr);
  const [header = '', ...bad] = new TextDecoder('gb18030')
    .decode(readFileSync(join(home, 'to-mend.csv')))
    .trimEnd()
    .split('\r\n');
  assert.equal(bad.length, people.length);
  for (const [i, row] of bad.entries())
    assert.ok(row.includes(people[i]?.name ?? '?'), 'the rows that were spoiled, in their order');
  // the clerk mends the cells and leaves the column 错误 where it is
  const mended = people.map((person) => csvLine([...cellsOf(person), '已更正']));
  writeFileSync(join(home, 'mended.csv'), encodeGb18030([`${header}\r\n`, ...mended].join('')));
  const sent = await datong(
    'send',
    'mended.csv',
    '--dataset',
    'pub-security.household',
    '--corrects',
    newest.batch,
    '--json',
  );
  assert.equal(sent.code, 0, sent.stderr);
  const done = JSON.parse(sent.stdout) as { state: string; corrects: string; counts: object };
  assert.deepEqual(
    [done.state, done.corrects, done.counts],
    ['published', newest.batch, { records: rows, rows, bad: 0, skipped: 0 }],
  );
});

test('a bad row names the permitted values, and a refused file its probable format', async () => {
  const [header = '', row = ''] = new TextDecoder('gb18030')
    .decode(householdFile(20, 4).bytes)
    .split(/\r?\n/);
  writeFileSync(join(home, 'tenant.csv'), encodeGb18030(`${header}\r\n${row.replace('户主', '租客')}\r\n`));
  const tenant = await datong('send', 'tenant.csv', '--dataset', 'pub-security.household', '--lang', 'zh');
  assert.match(tenant.stderr, /不在允许的取值之内：只能是 户主、配偶、/);
  const [, batch = ''] = /批次 ([0-9a-f-]{36})/.exec(tenant.stderr) ?? [];
  const taken = await datong('quarantine', batch, '-o', 'tenant-bad.csv', '--lang', 'zh');
  assert.equal(taken.code, 0, taken.stderr);
  const bad = new TextDecoder('gb18030').decode(readFileSync(join(home, 'tenant-bad.csv')));
  assert.match(bad, /与户主关系: 不在允许的取值之内：只能是 户主、配偶、/);

  writeFileSync(join(home, 'utf-8.csv'), `${header}\r\n${row}\r\n`);
  const other = await datong('send', 'utf-8.csv', '--dataset', 'pub-security.household');
  assert.deepEqual([other.code, /it looks like UTF-8/.test(other.stderr)], [1, true], other.stderr);
  const samples = join(import.meta.dirname, '../../tests/data/xlsx');
  const [workbook = ''] = readdirSync(samples).filter((name) => name.endsWith('.xlsx'));
  const sheet = await datong('send', join(samples, workbook), '--dataset', 'pub-security.household');
  assert.deepEqual([sheet.code, /this is xlsx, not csv/.test(sheet.stderr)], [1, true], sheet.stderr);
});

/** One person in a table of dBase III that names no code page; their name is `hex`. */
function tableOf(id: string, hex: string): Buffer {
  const fields = [
    ['ID', 18],
    ['NAME', 16],
  ] as const;
  const header = Buffer.alloc(32 + 32 * fields.length + 1);
  header[0] = 3;
  header[4] = 1;
  header[8] = header.length;
  header[10] = 1 + 18 + 16;
  for (const [i, [name, length]] of fields.entries()) {
    header.write(name, 32 + 32 * i);
    header.write('C', 32 + 32 * i + 11);
    header[32 + 32 * i + 16] = length;
  }
  header[header.length - 1] = 13;
  return Buffer.concat([header, Buffer.from(` ${id}`), Buffer.from(hex.padEnd(32, '20'), 'hex')]);
}

test('a .cpg file goes with its table, and the hub reads by it', async () => {
  const steward = await hub.token('steward-of-tables', ['steward'], 'pub-security');
  const rest = {
    sex: '1',
    birth_date: '1975-01-01',
    household_no: 'H00001',
    relation: '户主',
    address: '东溪区',
    mobile: null,
    guardian_id: null,
    move_in_date: null,
    income: null,
    region_code: '990101',
  };
  const consts = Object.entries(rest).map(([name, value]): [string, object] => [name, { const: value }]);
  const document = {
    mapping: 'pub-security/tables@1',
    target: 'household@1',
    source: { format: 'dbf' },
    fields: Object.fromEntries([['person_id', { from: 'ID' }], ['name', { from: 'NAME' }], ...consts]),
  };
  const path = '/v1/datasets/pub-security.household/mappings';
  assert.equal((await hub.staff(steward, 'POST', path, { document })).status, 201);
  const [{ id } = { id: '' }] = householdFile(20, 4).good;
  writeFileSync(join(home, 'people.dbf'), tableOf(id, 'c8e2e0edeee2'));
  const sent = ['send', 'people.dbf', '--dataset', 'pub-security.household', '--mapping', 'tables'];
  assert.match((await datong(...sent)).stderr, /file_doubtful/);

  writeFileSync(join(home, 'people.cpg'), 'nothing known');
  const unknown = await datong(...sent);
  assert.deepEqual([unknown.code, /encoding_unknown/.test(unknown.stderr)], [1, true], unknown.stderr);

  writeFileSync(join(home, 'people.cpg'), 'ANSI 1251\n');
  const named = await datong(...sent);
  assert.match(named.stderr, /people\.cpg goes with the table/);
  assert.match(named.stderr, /batch_shrunk/, 'it is read now; a snapshot of one person is held');
  const { rows } = await hub.hub.database.owner.query<{ id: string }>(
    "SELECT id FROM batch WHERE state = 'held' ORDER BY opened_at DESC LIMIT 1",
  );
  const table = `rows.b_${(rows[0]?.id ?? '').replaceAll('-', '')}`;
  const held = await hub.hub.database.owner.query(`SELECT f_name FROM ${table}`);
  assert.deepEqual(held.rows, [{ f_name: 'Иванов' }]);

  const wrongly = await datong('send', 'people.dbf', '--dataset', 'pub-security.household');
  assert.match(wrongly.stderr, /code_page_without_table/);
  await assert.rejects(
    client.call({
      method: 'POST',
      path: '/v1/datasets/pub-security.household/batches',
      headers: { 'content-type': 'application/json' },
      body: Buffer.from('{"codePage":"klingon"}'),
      receipt: 'optional',
    }),
    (error: unknown) => error instanceof DatongProblem && error.code === 'encoding_unknown',
  );
});

test('a folder is sent as its files come to rest: published ones lie in sent/, others in refused/, with their control files', async () => {
  const outbox = join(home, 'outbox');
  mkdirSync(outbox);
  const month = householdFile(2_100, 8);
  const put = (name: string, content: string | Uint8Array): void =>
    writeFileSync(join(outbox, name), content);
  put('a.csv', month.bytes);
  put('a.ctl', '# 2026-09\n行数=2,100\n');
  put('b.csv', '没有这些列\n1\n'); // in UTF-8, where GB18030 is declared
  put('c.csv.part', 'still being written');
  const watch = [
    'send',
    '--watch',
    'outbox',
    '--once',
    '--dataset',
    'pub-security.household',
    '--problems',
    '0',
  ];
  const first = await datong(...watch);
  assert.equal(first.code, 1, first.stderr);
  assert.match(
    first.stderr,
    /sending a\.csv[\s\S]*is published[\s\S]*sending b\.csv[\s\S]*file_encoding_wrong/,
  );
  const lie = (): string[] =>
    readdirSync(outbox, { recursive: true, encoding: 'utf8' })
      .filter((name) => /\w\.\w/.test(name))
      .sort();
  assert.deepEqual(lie(), ['c.csv.part', 'refused/b.csv', 'sent/a.csv', 'sent/a.ctl']);
  put('a.csv', month.bytes);
  put('a.ctl', '行数=2100');
  const again = await datong(...watch);
  assert.equal(again.code, 0, 'the same bytes are not loaded twice');
  assert.ok(lie().includes('sent/a.2.csv'), 'and nothing is written over');
  for (const name of ['d.csv', 'd.csv.ctl']) put(name, '行数=many');
  const unread = await datong(...watch);
  assert.match(unread.stderr, /line 1 of the control file/);
  assert.ok(lie().includes('refused/d.csv.ctl'));
  assert.equal((await datong(...watch, '--control', 'a.ctl')).code, 2);
  const same = await datong(...send.with(1, 'outbox/sent/a.csv'), '--bad-rows', 'again.csv');
  assert.equal(same.code, 0, same.stderr);
  const bad = new TextDecoder('gb18030').decode(readFileSync(join(home, 'again.csv'))).trimEnd();
  assert.equal(
    bad.split('\r\n').length,
    1 + month.spoiled,
    'told with the submission, as its sender wrote them',
  );
});

test('rows go by a list of their keys, which is read before anything is asked, and each is traced to its line', async () => {
  const id = 'pub-security.closed';
  const body = { id, title: { zh: id, en: id }, schema: 'urn:datong:household:1.0', mode: 'upsert' };
  const made = await hub.staff(operator, 'POST', '/v1/datasets', { ...body, sharing: { type: 'none' } });
  assert.equal(made.status, 201);
  const ask = ['delete', 'keys.csv', '--dataset', id, '--reason', '销户清单'];
  writeFileSync(join(home, 'keys.csv'), 'person_id\n');
  assert.match((await datong(...ask)).stderr, /needs headings and 1 to 10000 keys/);
  writeFileSync(join(home, 'keys.csv'), `person_id\n${householdFile(20, 9).good[0]?.id ?? ''}\n`);
  const { stderr, stdout, code } = await datong(...ask, '--json');
  assert.deepEqual([code, JSON.parse(stdout)], [0, { ok: true, deleted: 0, missing: 1 }], stderr);
  const person = householdFile(2_100, 8).good[7]?.id ?? '';
  const row = ['batch', 'row', '--dataset', 'pub-security.household', '--key'];
  const origin = await datong(...row, `person_id=${person}`);
  assert.match(origin.stdout, /^file +a\.csv\nline +\d+\nmapping +household@1\n/m, origin.stderr);
  assert.equal((await datong(...row, 'person_id')).code, 2);
  const { document } = parse(
    readFileSync('samples/household/dataset.yaml', 'utf8').split('---').at(-1) ?? '',
  ) as {
    readonly document: object;
  };
  writeFileSync(
    join(home, 'next.json'),
    JSON.stringify({ ...document, mapping: 'pub-security/household@2' }),
  );
  const tried = await datong('map', 'try', 'next.json', '--dataset', 'pub-security.household');
  const { difference } = JSON.parse(tried.stdout) as { readonly difference: object };
  assert.deepEqual(difference, { added: 0, removed: 0, changed: 0, fields: {} }, tried.stderr);
});

test('the sender of a workbook gets its bad rows as a workbook, the wrong cells in colour, and sends it back corrected', async () => {
  const id = 'pub-security.sheets';
  const body = { id, title: { zh: id, en: id }, schema: 'urn:datong:household:1.0', mode: 'snapshot' };
  const made = await hub.staff(operator, 'POST', '/v1/datasets', { ...body, sharing: { type: 'none' } });
  assert.equal(made.status, 201);
  const clerk = await hub.token('steward-of-sheets', ['steward'], 'pub-security');
  const sample = parse(readFileSync('samples/household/dataset.yaml', 'utf8').split('---').at(-1) ?? '') as {
    readonly document: object;
  };
  const document = {
    ...sample.document,
    mapping: 'pub-security/sheets@1',
    source: { format: 'xlsx', options: { sheet: '户籍', headerRows: [2] } },
  };
  const mapped = await hub.staff(clerk, 'POST', `/v1/datasets/${id}/mappings`, { document });
  assert.equal(mapped.status, 201, JSON.stringify(mapped.json));
  const all = residents(seededRandom(31));
  const records = Array.from({ length: 40 }, () => cellsOf(all.next().value));
  const sex = headers.indexOf('性别');
  const birth = headers.indexOf('出生日期');
  const right = records[7] ?? [];
  const sheet = (rows: readonly (readonly string[])[]) =>
    writeXlsx({ sheets: [{ name: '户籍', rows: [[], ...rows.map((cells) => [...cells])] }] });
  const wrong = right.with(sex, '不详').with(birth, '20210230');
  writeFileSync(join(home, 'people.xlsx'), await sheet([headers, ...records.with(7, wrong)]));

  const sent = await datong('send', 'people.xlsx', '--dataset', id, '--bad-rows', 'bad.xlsx');
  const [, batch = ''] = /batch ([0-9a-f-]{36})/.exec(sent.stderr) ?? [];
  assert.deepEqual([sent.code, batch.length], [1, 36], sent.stderr);
  const { sheets } = await readXlsx(readFileSync(join(home, 'bad.xlsx')), { readStyles: true });
  const [{ name, rows, cells } = { name: '', rows: [], cells: undefined }] = sheets;
  assert.equal(name, '户籍');
  assert.deepEqual(rows[1], [...headers, '错误'], 'its headings stand where the mapping looks for them');
  assert.deepEqual(rows[2]?.slice(0, -1), wrong, 'the row as it was sent, texts as texts');
  assert.match(String(rows[2].at(-1)), /出生日期: .*; |性别: /);
  const coloured = wrong.flatMap((_, at) => {
    const style = cells?.get(`2,${at}`)?.style?.fill;
    return style?.type === 'pattern' && style.pattern === 'solid' ? [at] : [];
  });
  assert.deepEqual(coloured, [sex, birth]);

  await datong('quarantine', batch, '-o', 'bad-sheet.csv');
  assert.match(
    readFileSync(join(home, 'bad-sheet.csv'), 'utf8'),
    /^\uFEFF公民身份号码,/,
    'as CSV where it is called so',
  );
  writeFileSync(
    join(home, 'mended.xlsx'),
    await sheet([
      [...headers, '错误'],
      [...right, 'mended'],
    ]),
  );
  const again = await datong('send', 'mended.xlsx', '--dataset', id, '--corrects', batch, '--json');
  assert.equal(again.code, 0, again.stderr);
  const { counts } = JSON.parse(again.stdout) as { readonly counts: { readonly rows: number } };
  assert.equal(counts.rows, 40, 'the good rows of before and the mended one');
});

for (const { name, headerRows } of [
  { name: 'titled', headerRows: [2] },
  { name: 'two-headings', headerRows: [2, 3] },
])
  test(`bad rows of a file with headings in lines ${headerRows.join(' and ')} are mended and sent again`, async () => {
    const id = `pub-security.${name}`;
    const body = { id, title: { zh: id, en: id }, schema: 'urn:datong:household:1.0', mode: 'snapshot' };
    const made = await hub.staff(operator, 'POST', '/v1/datasets', { ...body, sharing: { type: 'none' } });
    assert.equal(made.status, 201);
    const clerk = await hub.token(`steward-of-${name}`, ['steward'], 'pub-security');
    const sample = parse(
      readFileSync('samples/household/dataset.yaml', 'utf8').split('---').at(-1) ?? '',
    ) as {
      readonly document: { readonly fields: Readonly<Record<string, object>> };
    };
    const upper = headerRows.length > 1 ? [headers.map((_, at) => (at === 0 ? '户籍' : ''))] : [];
    const named = (header: string): string => (upper.length > 0 ? `户籍/${header}` : header);
    const fields = Object.fromEntries(
      Object.entries(sample.document.fields).map(([field, spec]) => [
        field,
        'from' in spec ? { ...spec, from: named(String(spec.from)) } : spec,
      ]),
    );
    const document = {
      ...sample.document,
      fields,
      mapping: `pub-security/${name}@1`,
      source: { format: 'csv', options: { encoding: 'gb18030', headerRows } },
    };
    const mapped = await hub.staff(clerk, 'POST', `/v1/datasets/${id}/mappings`, { document });
    assert.equal(mapped.status, 201, JSON.stringify(mapped.json));
    const all = residents(seededRandom(41));
    const records = Array.from({ length: 40 }, () => cellsOf(all.next().value));
    const right = records[7] ?? [];
    const wrong = right.with(headers.indexOf('性别'), '不详');
    const lines = [['户籍登记表'], ...upper, headers, ...records.with(7, wrong)];
    writeFileSync(join(home, `${name}.csv`), encodeGb18030(lines.map((cells) => csvLine(cells)).join('')));
    const sent = await datong('send', `${name}.csv`, '--dataset', id);
    const [, batch = ''] = /batch ([0-9a-f-]{36})/.exec(sent.stderr) ?? [];
    assert.deepEqual([sent.code, batch.length], [1, 36], sent.stderr);
    const taken = await datong('quarantine', batch, '-o', `${name}-bad.csv`);
    assert.equal(taken.code, 0, taken.stderr);
    const bad = new TextDecoder('gb18030').decode(readFileSync(join(home, `${name}-bad.csv`)));
    const last = Math.max(...headerRows);
    assert.ok(bad.split('\r\n')[last - 1]?.startsWith(named('公民身份号码')), 'where the mapping reads them');
    writeFileSync(
      join(home, `${name}-bad.csv`),
      encodeGb18030(bad.replace(',不详,', `,${right[headers.indexOf('性别')]},`)),
    );
    const again = await datong('send', `${name}-bad.csv`, '--dataset', id, '--corrects', batch, '--json');
    assert.equal(again.code, 0, again.stderr);
    const { counts } = JSON.parse(again.stdout) as { readonly counts: { readonly rows: number } };
    assert.equal(counts.rows, 40, 'the good rows of before and the mended one');
  });

test('a file that the hub cannot take now remains in its folder; a later run sends it and files that came later', async () => {
  const outbox = join(home, 'later');
  mkdirSync(outbox);
  const watch = ['send', '--watch', 'later', '--dataset', 'pub-security.household', '--problems', '0'];
  const put = (name: string, bytes: Uint8Array): void => writeFileSync(join(outbox, name), bytes);
  const lie = (): string[] =>
    readdirSync(outbox, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.csv'))
      .sort();
  // as many are open as a department may have: none has been checked
  const opened = `INSERT INTO batch (id, dataset, department, state)
    SELECT gen_random_uuid(), 'pub-security.household', 'pub-security', 'receiving' FROM generate_series(1, 50)`;
  await database.app.query(opened);
  put('e.csv', householdFile(2_200, 9).bytes);
  const full = await datong(...watch, '--once');
  assert.deepEqual([full.code, lie().join(' ')], [1, 'e.csv'], full.stderr);
  assert.match(full.stderr, /too_many_open_batches/);
  await database.app.query("DELETE FROM batch WHERE state = 'receiving'");
  const watcher = spawn(process.execPath, [datongBin, ...watch, '--every', '1'], {
    cwd: home,
    env: datongEnvironment(env),
    stdio: 'ignore',
  });
  const ended = once(watcher, 'exit');
  const waitForFile = async (name: string): Promise<void> => {
    while (watcher.exitCode === null && !lie().includes(name))
      await new Promise((done) => setTimeout(done, 50));
  };
  await waitForFile('sent/e.csv');
  put('f.csv', householdFile(2_300, 10).bytes);
  await waitForFile('sent/f.csv');
  watcher.kill('SIGKILL');
  await ended;
  assert.deepEqual(lie(), ['sent/e.csv', 'sent/f.csv']);
});
