/** The auditor's verbs as they are typed, against a running hub and against its evidence once the hub is gone. */
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { readXlsx } from 'hucre/xlsx';
import { pinOf } from '../../../certs/authority/identifiers.ts';
import { asLogin } from '../../../hub/platform/database/database.ts';
import { signCheckpoint } from '../../../log/checkpoint.ts';
import { leafHash } from '../../../log/hash.ts';
import { noteSigner } from '../../../log/note/noteKey.ts';
import type { PackFile } from '../../../log/pack/pack.ts';
import { emptyTree, growTree } from '../../../log/tree/growTree.ts';
import type { MonthReport } from '../../../log/monthReport.ts';
import { Problem } from '../../../terms/problem.ts';
import { testDatabase } from '../../../tests/database.ts';
import { writeDemoState } from '../../../tests/demoState.ts';
import type { Ran } from '../../../tests/datong.ts';
import { typedDatong } from '../../../tests/typedDatong.ts';
import { testHub, type TestHub } from '../../../tests/hub.ts';
import { DatongProblem } from '../../sdk/datongProblem.ts';
import { saveExchange } from '../../sdk/storedExchange.ts';
import { openReported } from './staffReader.ts';
import { storeVerified } from './verifiedLog.ts';
import { registerDepartment } from '../../../hub/identity/enrolment/registerDepartment.ts';
import { editedLeaf, leafTexts } from '../../../tests/leafTexts.ts';
import { withinOneDay } from '../../../tests/withinOneDay.ts';

await withinOneDay();

const database = await testDatabase({ connections: 10 });
const home = mkdtempSync(join(tmpdir(), 'datong-audit-verb-'));
const at = (...names: string[]): string => join(home, ...names);
const evidence = at('evidence');
const stateFile = at('demo.json');
let hub: TestHub;
let hubRuns = true;
/** exchanges of departments, and the folder of the one that is altered */
const retained = at('kept');
let exchange = '';

const datong = (...args: string[]): Promise<Ran> =>
  typedDatong(args, { cwd: home, env: { DATONG_STATE: stateFile } });
interface Finding {
  readonly code: string;
  readonly path?: string;
  readonly index?: number;
  readonly exchange?: string;
}
const findingsOf = ({ stdout }: Ran): readonly Finding[] =>
  (JSON.parse(stdout) as { findings: Finding[] }).findings;
const tamper = (sql: string): Promise<unknown> =>
  asLogin(database.address, (login) => login.query(`SET session_replication_role = replica; ${sql}`));

before(async () => {
  hub = await testHub({ database, jobsByTime: false });
  const token = await hub.token('auditor', ['auditor']);
  writeDemoState(stateFile, { ...hub.hub.origins, ca: hub.ca, keys: { keys: [] } }, { auditor: token });
});
after(async () => {
  if (hubRuns) await hub.stop();
  rmSync(home, { recursive: true, force: true });
});

describe('a running hub', () => {
  test('its whole log is verified; the key is reported as unproven unless it is given', async () => {
    const ran = await datong('audit', 'verify', '--demo');
    assert.equal(ran.code, 0, ran.stderr);
    assert.match(ran.stderr, /compare it by another channel/);
    assert.match(ran.stderr, /intact: datong\/yunxi, all \d+ entries fetched/);
    const given = await datong('audit', 'verify', '--demo', '--key', hub.hub.keys.log.vkey, '--json');
    const { ok, findings, verified } = JSON.parse(given.stdout) as Record<string, unknown>;
    assert.deepEqual([ok, findings, (verified as { from: number }).from], [true, [], 0]);
  });

  test('by a profile of staff, which knows the staff listener alone', async () => {
    const auditor = await hub.token('second auditor', ['auditor']);
    const env = { DATONG_HOME: at('staff'), DATONG_STATE: at('none.json') };
    const typed = (words: readonly string[], more: Readonly<Record<string, string>> = {}): Promise<Ran> =>
      typedDatong(words, { cwd: home, env: { ...env, ...more } });
    const words = ['login', '审计', '--hub', hub.hub.origins.staff, '--pin', pinOf(hub.ca)];
    const login = await typed(words, { DATONG_TOKEN: auditor });
    assert.equal(login.code, 0, login.stderr);
    const unnamed = await typed(['audit', 'verify']);
    assert.equal(unnamed.code, 0, unnamed.stderr);
    assert.match(unnamed.stderr, /intact: datong\/yunxi/);
    const named = await typed(['audit', 'verify', '--profile', '审计', '--key', hub.hub.keys.log.vkey]);
    assert.deepEqual([named.code, /compare it by another/.test(named.stderr)], [0, false], named.stderr);
  });

  test('a value of the column leaf is read here, with the hash next to it; an altered one is refused', async () => {
    const { rows } = await database.app.query<{ leaf: Buffer; hash: Buffer }>(
      'SELECT leaf, hash FROM audit_entry WHERE idx < 2 ORDER BY idx',
    );
    const shown = rows.map(({ leaf }) => `\\x${leaf.toString('hex')}`);
    const ran = await datong('audit', 'leaf', '--hash', ...shown);
    const texts = await leafTexts(database, 'idx < 2');
    assert.deepEqual(
      [ran.code, ran.stdout],
      [0, texts.map((text, nth) => `\\x${rows[nth]?.hash.toString('hex') ?? ''} ${text}\n`).join('')],
    );
    const plain = await datong('audit', 'leaf', Buffer.from(texts[1] ?? '').toString('hex'));
    assert.deepEqual([plain.code, plain.stdout], [0, `${texts[1] ?? ''}\n`]);
    for (const value of ['\\x', 'leaf', '\\x0100', `${shown[0] ?? ''}00`, (shown[0] ?? '').slice(0, -2)])
      assert.deepEqual((await datong('audit', 'leaf', value)).code, 5, value);
    // one that cannot be read hides none after it, and the settings of psql accuse no person
    const among = await datong('audit', 'leaf', shown[0] ?? '', '\\x0100', '{"v":1}', shown[1] ?? '');
    assert.deepEqual([among.code, among.stdout], [5, texts.map((text) => `${text}\n`).join('')]);
    assert.match(among.stderr, /value 2 is no entry of the log: it was altered/);
    assert.match(among.stderr, /value 3 is not bytea as psql shows it/);
    assert.match(among.stderr, /2 of 4 values could not be read/);
    const none = await datong('audit', 'leaf');
    assert.deepEqual([none.code, none.stdout], [2, '']);
    assert.match(none.stderr, /no value was given/);
  });

  test('an altered row is named by index and exchange; put back, the log is intact again', async () => {
    const { rows } = await database.app.query<{ id: string }>('SELECT id FROM audit_entry WHERE idx = 1');
    const swap = async (from: string, to: string): Promise<string> =>
      `UPDATE audit_entry SET leaf = ${await editedLeaf(database, 1, from, to)} WHERE idx = 1`;
    await tamper(await swap('"decision":"allow"', '"decision":"deny"'));
    const ran = await datong('audit', 'verify', '--demo', '--key', hub.hub.keys.log.vkey, '--json');
    assert.equal(ran.code, 5);
    assert.deepEqual(
      findingsOf(ran).map(({ code, index, exchange }) => [code, index, exchange]),
      [['entry_altered', 1, rows[0]?.id]],
    );
    await tamper(await swap('"decision":"deny"', '"decision":"allow"'));
    assert.equal((await datong('audit', 'verify', '--demo')).code, 0);
  });

  test('a refusal and a wrong key are distinguished', async () => {
    const refused = await datong('audit', 'verify', '--as', 'nobody');
    assert.equal(refused.code, 2);
    const stranger = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';
    const ran = await datong('audit', 'verify', '--demo', '--key', stranger, '--json');
    assert.equal(ran.code, 5);
    assert.deepEqual(
      findingsOf(ran).map(({ code }) => code),
      ['checkpoint_invalid'],
    );
  });

  test('only what was appended since the last verification is fetched, and it must continue that', async () => {
    const retained = at('demo.verified.checkpoint.json');
    assert.equal((await datong('audit', 'verify', '--demo')).code, 0);
    const again = await datong('audit', 'verify', '--demo', '--since-last', '--json');
    assert.equal(again.code, 0, again.stdout + again.stderr);
    const { verified } = JSON.parse(again.stdout) as { verified: { from: number; size: number } };
    assert.ok(verified.from > 1 && verified.size > verified.from, JSON.stringify(verified));
    assert.match(
      (await datong('audit', 'verify', '--demo', '--since-last')).stderr,
      /were not fetched again/,
    );
    // what was verified here was another history, signed with the same key
    const whole = readFileSync(retained, 'utf8');
    const tree = growTree(emptyTree, [leafHash(Buffer.from('another first entry'))]).state;
    const signer = noteSigner(hub.hub.keys.log.name, hub.hub.keys.log.privateKey);
    storeVerified(retained, { tree, note: signCheckpoint(1, tree.root, signer) });
    for (const more of [[], ['--since-last']]) {
      const forked = await datong('audit', 'verify', '--demo', '--json', ...more);
      assert.equal(forked.code, 5, forked.stderr);
      assert.deepEqual(
        findingsOf(forked).map(({ code, path }) => [code, path]),
        [['kept_inconsistent', retained]],
      );
    }
    // what is no verification of this log is none at all
    writeFileSync(retained, '{"v":1}');
    assert.equal((await datong('audit', 'verify', '--demo', '--since-last')).code, 0);
    writeFileSync(retained, whole);
  });

  test('what the tree does not cover is reported from the re-verification of the hub', async () => {
    const set = (column: string): string => `UPDATE audit_entry SET decision = '${column}' WHERE idx = 0`;
    await tamper(set('deny'));
    try {
      assert.equal(await hub.hub.runner.run('reverifyLog'), 'ok');
      const ran = await datong('audit', 'verify', '--demo', '--json');
      assert.equal(ran.code, 5, ran.stderr);
      assert.deepEqual(
        findingsOf(ran).map(({ code, index }) => [code, index]),
        [['columns_altered', 0]],
      );
    } finally {
      await tamper(set('allow'));
      assert.equal(await hub.hub.runner.run('reverifyLog'), 'ok');
    }
  });

  test('entries are found and shown as a table in either language, as CSV and as JSON', async () => {
    const search = (...words: string[]): Promise<Ran> => datong('audit', 'search', '--demo', ...words);
    const table = await search('--kind', 'genesis', '--counts');
    assert.equal(table.code, 0, table.stderr);
    assert.match(table.stdout, /^entry +time +who/);
    assert.match(table.stdout, /^ +0 .* hub .*genesis +allowed/m);
    assert.match(table.stdout, /^total +1$/m);
    assert.match(table.stderr, /this search is recorded in the log/);
    const chinese = await search('--kind', 'genesis', '--lang', 'zh');
    assert.match(chinese.stdout, /^序号 +时间 +部门或人员[^]*允许/);
    const csv = await search('--operation', 'searchEntries', '--csv');
    assert.match(csv.stdout, /^index,at,who,official,matter,dataset,operation,outcome,fields\n"\d+","20/);
    const { rows, checkpoint } = JSON.parse((await search('--until', '2020-01-01', '--json')).stdout) as {
      rows: unknown[];
      checkpoint: string;
    };
    assert.deepEqual(rows, []);
    assert.match(checkpoint, /^datong\/yunxi\n/);
  });

  test('a search about a person needs a reason, and the person is not on the command line', async () => {
    writeFileSync(at('person.txt'), '99010119990101777X\n');
    const about = ['--subject', at('person.txt'), '--dataset', 'a-b.c-d'];
    const bare = await datong('audit', 'search', '--demo', ...about);
    assert.equal(bare.code, 2);
    assert.match(bare.stderr, /--reason and --case/);
    const requested = await datong(
      'audit',
      'search',
      '--demo',
      ...about,
      '--reason',
      'a complaint',
      '--case',
      'X-1',
    );
    assert.equal(requested.code, 1);
    assert.match(requested.stderr, /unknown_reference/);
    assert.equal((await datong('audit', 'search', '--demo', '--from', 'yesterday')).code, 2);
  });

  test('a repeated query is stored under a name, without the person it was about', async () => {
    const search = (...words: string[]) => datong('audit', 'search', '--demo', ...words);
    assert.equal((await search('--operation', 'searchEntries', '--save', 'mine', '--limit', '1')).code, 0);
    const again = await search('--saved', 'mine', '--json');
    const { rows } = JSON.parse(again.stdout) as { rows: readonly { operation: string }[] };
    assert.ok(rows.length > 1 && rows.every(({ operation }) => operation === 'searchEntries'));
    const other = await search('--saved', 'mine', '--operation', 'saveSearch', '--json');
    assert.equal((JSON.parse(other.stdout) as { rows: unknown[] }).rows.length, 1);
    assert.match((await datong('audit', 'searches', '--demo')).stdout, /^mine +--operation searchEntries\n$/);
    assert.equal((await search('--saved', 'none')).code, 2);
    const identity = await search('--matter', '11010519491231002X', '--save', 'own');
    assert.deepEqual([identity.code, /search_identity_number/.test(identity.stderr)], [1, true]);
    assert.equal((await datong('audit', 'searches', '--demo', '--drop', 'mine')).code, 0);
    assert.equal((await datong('audit', 'searches', '--demo', '--drop', 'mine')).code, 1);
  });

  test('evidence is taken out', async () => {
    mkdirSync(join(evidence, 'receipts'), { recursive: true });
    const ran = await datong(
      'audit',
      'export',
      '--demo',
      '--history',
      '2',
      '-o',
      join(evidence, 'pack.json'),
    );
    assert.equal(ran.code, 0, ran.stderr);
    const anchors = await fetchOpen('/v1/log/anchors');
    writeFileSync(join(evidence, 'anchors.json'), anchors.body);
    writeFileSync(join(evidence, 'log.vkey'), `${hub.hub.keys.log.vkey}\n`);
    const receipt = await receiptOfStaffCall();
    writeFileSync(join(evidence, 'receipts', 'one.txt'), receipt);
    // the newest checkpoint is newer than the pack's: export once more, so that the pack reaches it
    assert.equal((await datong('audit', 'export', '--demo', '-o', join(evidence, 'pack.json'))).code, 0);
    const { checkpoint } = JSON.parse(readFileSync(join(evidence, 'pack.json'), 'utf8')) as PackFile;
    writeFileSync(join(evidence, 'checkpoint'), checkpoint);
  });

  test('a hub that does not state its addresses is called where it was found', () => {
    const [staff, open] = ['https://hub:8445', 'https://hub:8444'];
    assert.equal(openReported({ size: 1 }, staff), staff);
    assert.equal(openReported({ open }, staff), open);
  });

  test('an exchange of a department is stored, and the pack reaches it', async () => {
    await hub.hub.services.identity.perform('registerDepartment', { proven: { staff: 'hub' } }, (context) =>
      hub.hub.services.identity.prepare(
        registerDepartment,
        { code: 'education', name: { zh: '教育局', en: 'Education' }, kind: 'government' },
        context,
      ),
    );
    const { client } = await hub.enrol('education');
    const context = {
      purpose: 'school-enrolment',
      agreement: 'agr-none',
      onBehalfOf: 'clerk-0042',
      matter: 'RX-1',
    };
    const refused = await client
      .query('pub-security.household', {}, context)
      .catch((error: unknown) => error);
    assert.ok(refused instanceof DatongProblem && refused.kept?.receipt !== undefined, String(refused));
    exchange = await saveExchange(retained, refused.kept);
    assert.equal((await datong('audit', 'export', '--demo', '-o', at('whole.json'))).code, 0);
    assert.equal(
      (await datong('audit', 'export', '--demo', '--from', '1', '--to', '2', '-o', at('part.json'))).code,
      0,
    );
  });

  test('the figures of a month come out of an export alone as they came out of the hub', async () => {
    const month = new Date(database.now() + 8 * 3_600_000).toISOString().slice(0, 7);
    const files = ['--html', at('report.html'), '--xlsx', at('report.xlsx')];
    const requested = await datong('audit', 'report', month, '--demo', '--json', ...files);
    assert.equal(requested.code, 0, requested.stderr);
    const report = JSON.parse(requested.stdout) as MonthReport;
    assert.deepEqual(report.byDepartment['education']?.denials, { dataset_unknown: 1 });
    assert.match(readFileSync(at('report.html'), 'utf8'), /dataset_unknown 1/);
    const book = await readXlsx(readFileSync(at('report.xlsx')));
    assert.ok(JSON.stringify(book.sheets[0]?.rows).includes('dataset_unknown 1'));
    const { first, last } = report;
    const pack = at('month.json');
    const range = ['--from', String(first), '--to', String(last), '-o', pack];
    assert.equal((await datong('audit', 'export', '--demo', ...range)).code, 0);
    const alone = ['audit', 'report', month, '--key', hub.hub.keys.log.vkey, '--json', '--pack'];
    assert.deepEqual(JSON.parse((await datong(...alone, pack)).stdout), report);
    const short = await datong(
      'audit',
      'export',
      '--demo',
      ...range.slice(0, 4),
      '--compact',
      '-o',
      at('short.json'),
    );
    const half = Math.floor(((first ?? 0) + (last ?? 0)) / 2);
    const [early, late] = [at('early.json'), at('late.json')];
    await datong('audit', 'export', '--demo', '--from', String(first), '--to', String(half), '-o', early);
    await datong('audit', 'export', '--demo', '--from', String(half), '--to', String(last), '-o', late);
    assert.deepEqual(JSON.parse((await datong(...alone, late, '--pack', early)).stdout), report);
    assert.match(short.stderr, new RegExp(`short.json: ${report.entries} entries`));
    assert.equal((JSON.parse(readFileSync(at('short.json'), 'utf8')) as PackFile).ranges?.length, 1);
    assert.deepEqual(JSON.parse((await datong(...alone, at('short.json'))).stdout), report);
    const altered = readFileSync(pack, 'utf8').replace(/"leaf":"ey/, '"leaf":"fy');
    writeFileSync(at('altered-month.json'), altered);
    const refused = await datong(...alone, at('altered-month.json'));
    assert.deepEqual([refused.code, refused.stdout.startsWith('{')], [5, false]);
    assert.equal((await datong('audit', 'report', '2026-13', '--demo')).code, 2);
  });

  test('a hub that halted because its log does not hold is a finding, and not a network failure', async () => {
    hub.hub.audit.halt(new Problem('log_inconsistent', { what: 'the entries do not add up' }));
    const ran = await datong('audit', 'verify', '--demo', '--key', hub.hub.keys.log.vkey, '--json');
    assert.deepEqual([ran.code, findingsOf(ran).map(({ code }) => code)], [5, ['log_halted']]);
  });
});

describe('the evidence, once the hub is gone', () => {
  before(async () => {
    await hub.stop();
    hubRuns = false;
  });
  const verify = (...more: string[]): Promise<Ran> =>
    datong('audit', 'verify', evidence, '--key', join(evidence, 'log.vkey'), '--json', ...more);

  test('folder, pack and receipt verify', async () => {
    const folder = await datong('audit', 'verify', evidence, '--key', join(evidence, 'log.vkey'));
    assert.equal(folder.code, 0, folder.stderr);
    assert.match(
      folder.stderr,
      /intact: datong\/yunxi, all \d+ entries are here and proven one by one; stored checkpoints \(1\) and receipts \(1\) agree/,
    );
    const receipt = join(evidence, 'receipts', 'one.txt');
    const held = await datong(
      'receipt',
      'verify',
      receipt,
      '--anchors',
      join(evidence, 'anchors.json'),
      '--lang',
      'zh',
    );
    assert.equal(held.code, 0, held.stderr);
    assert.match(held.stderr, /回执成立：交换 \S+ 是日志第 \d+ 条，issueToken/);
  });

  test('an altered pack, a cut one and a foreign receipt fail with 5 and say where', async () => {
    const text = readFileSync(join(evidence, 'pack.json'), 'utf8');
    const pack = JSON.parse(text) as PackFile;
    const altered = pack.entries.map((entry) =>
      entry.index === 1
        ? {
            ...entry,
            leaf: Buffer.from(
              Buffer.from(entry.leaf, 'base64').toString().replace('allow', 'deny '),
            ).toString('base64'),
          }
        : entry,
    );
    writeFileSync(join(evidence, 'pack.json'), JSON.stringify({ ...pack, entries: altered }));
    const ran = await verify();
    writeFileSync(join(evidence, 'pack.json'), text);
    assert.equal(ran.code, 5);
    assert.ok(
      findingsOf(ran).some(
        ({ code, index, exchange }) => code === 'leaf_not_included' && index === 1 && exchange?.length === 36,
      ),
    );
    cpSync(join(evidence, 'receipts', 'one.txt'), at('reply.bin'));
    const receipt = join(evidence, 'receipts', 'one.txt');
    const other = await datong(
      'receipt',
      'verify',
      receipt,
      '--anchors',
      join(evidence, 'anchors.json'),
      '--reply',
      at('reply.bin'),
      '--json',
    );
    assert.equal(other.code, 5);
    assert.deepEqual(
      findingsOf(other).map(({ code }) => code),
      ['reply_differs'],
    );
  });

  test('a stored exchange verifies, and each part is reported as present and checked', async () => {
    const ran = await receiptVerify();
    assert.equal(ran.code, 0, ran.stdout + ran.stderr);
    assert.match(ran.stderr, /request: verified; reply: verified; receipt: verified/);
    const alone = await datong(
      'receipt',
      'verify',
      join(exchange, 'receipt.json'),
      '--anchors',
      anchors(),
      '--json',
    );
    assert.deepEqual(JSON.parse(alone.stdout), {
      ok: true,
      findings: [],
      parts: { request: 'absent', reply: 'absent', receipt: 'verified' },
    });
  });

  test('altered stored messages are found by both verbs: person, official, case, status', async () => {
    const edits: readonly (readonly [string, RegExp | string, string])[] = [
      ['request.http', '{}', '[]'],
      ['request.http', 'clerk-0042', 'clerk-0099'],
      ['request.http', 'RX-1', 'RX-2'],
      ['request.http', /household\/query/, 'household/explain'],
      ['reply.http', /^HTTP\/1.1 \d+/, 'HTTP/1.1 200'],
      ['reply.http', /"who":"[a-z-]+"/, '"who":"nobody"'],
      ['request.http', /^/, 'not a request '],
    ];
    for (const [name, from, to] of edits) {
      const file = join(exchange, name);
      const before = readFileSync(file, 'latin1');
      assert.notEqual(before.replace(from, to), before, `${name} ${to}`);
      writeFileSync(file, before.replace(from, to), 'latin1');
      const [receipt, audit] = [await receiptVerify(), await auditVerify('whole.json')];
      writeFileSync(file, before, 'latin1');
      assert.ok(
        receipt.code === 5 || /message_malformed/.test(receipt.stderr),
        `${name} → ${to}: ${receipt.stderr}`,
      );
      assert.equal(audit.code, 5, `${name} → ${to}: ${audit.stderr}`);
    }
    assert.equal((await auditVerify('whole.json')).code, 0);
  });

  test('only a whole log is called intact; else the missing part is reported', async () => {
    const whole = await auditVerify('whole.json', '--lang', 'zh');
    assert.match(
      whole.stderr,
      /日志完好：datong\/yunxi，\d+ 条全部在此并逐条核验；.*请求：1 份已核验；答复：1 份已核验/,
    );
    const part = await datong('audit', 'verify', at('part.json'), '--anchors', anchors(), '--lang', 'zh');
    assert.equal(part.code, 0, part.stdout);
    assert.doesNotMatch(part.stderr, /日志完好/);
    assert.match(part.stderr, /不是整个日志：.*此处 2 条逐条核验；未包含第 0, 3–\d+ 条/);
    const pack = JSON.parse(readFileSync(at('whole.json'), 'utf8')) as PackFile;
    writeFileSync(at('cut.json'), JSON.stringify({ ...pack, entries: pack.entries.toSpliced(2, 1) }));
    const cut = await auditVerify('cut.json', '--lang', 'zh');
    assert.doesNotMatch(cut.stderr, /日志完好/);
    assert.match(cut.stderr, /未包含第 2 条/);
    const { log } = JSON.parse((await auditVerify('cut.json', '--json')).stdout) as { log: object };
    assert.deepEqual(log, {
      origin: 'datong/yunxi',
      size: pack.entries.length,
      proven: pack.entries.length - 1,
      whole: false,
      leftOut: [{ first: 2, last: 2 }],
    });
  });

  test('700 MB, no UTF-8 or an endless file is refused with a sentence', async () => {
    writeFileSync(at('huge.json'), '');
    truncateSync(at('huge.json'), 700_000_000);
    writeFileSync(at('binary.json'), Buffer.of(0xff, 0xfe, 0));
    for (const [file, sentence] of [
      [at('huge.json'), /longer than 256 MB/],
      [at('binary.json'), /no text in UTF-8/],
      ['/dev/zero', /longer than 256 MB/],
    ] as const) {
      const ran = await datong('audit', 'verify', file, '--anchors', anchors());
      assert.equal(ran.code, 4, ran.stderr);
      assert.match(ran.stderr, sentence);
      const receipt = await datong('receipt', 'verify', file, '--anchors', anchors());
      assert.equal(receipt.code, 4, receipt.stderr);
    }
  });

  test('missing files are 4, a missing key is 2', async () => {
    assert.equal((await datong('audit', 'verify', at('none'), '--key', join(evidence, 'log.vkey'))).code, 4);
    assert.equal((await datong('audit', 'verify', evidence)).code, 2);
    assert.equal(
      (await datong('receipt', 'verify', at('none'), '--anchors', join(evidence, 'anchors.json'))).code,
      4,
    );
  });
});

const anchors = (): string => join(evidence, 'anchors.json');
const receiptVerify = (): Promise<Ran> =>
  datong(
    'receipt',
    'verify',
    join(exchange, 'receipt.json'),
    ...['--anchors', anchors()],
    ...['--request', join(exchange, 'request.http')],
    ...['--reply', join(exchange, 'reply.http')],
  );
const auditVerify = (pack: string, ...more: string[]): Promise<Ran> =>
  datong('audit', 'verify', at(pack), '--anchors', anchors(), '--receipts', retained, ...more);

async function fetchOpen(path: string): Promise<{ readonly body: Buffer }> {
  const { Connection } = await import('../../sdk/connection.ts');
  const connection = new Connection({ ca: hub.ca });
  const reply = await connection.send({
    method: 'GET',
    uri: `${hub.hub.origins.open}${path}`,
    headers: {},
    body: Buffer.alloc(0),
  });
  connection.close();
  return { body: Buffer.from(reply.body) };
}

/** A management call's own receipt. */
async function receiptOfStaffCall(): Promise<string> {
  const { Connection } = await import('../../sdk/connection.ts');
  const connection = new Connection({ ca: hub.ca });
  const token = await hub.token('operator', ['operator']);
  const reply = await connection.send({
    method: 'POST',
    uri: `${hub.hub.origins.staff}/v1/tokens`,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify({ name: 'second', scopes: ['auditor'], days: 1 })),
  });
  connection.close();
  const index = reply.rawHeaders.findIndex(
    (name, i) => i % 2 === 0 && name.toLowerCase() === 'datong-receipt',
  );
  const receipt = reply.rawHeaders[index + 1];
  assert.ok(
    index >= 0 && receipt !== undefined,
    `status ${reply.status}: ${Buffer.from(reply.body).toString()}`,
  );
  return receipt;
}
