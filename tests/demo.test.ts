/** The README's main command, as a user runs it: the story to its end, and evidence that holds without the hub. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { createFolder } from '../clients/cli/demo/demoState.ts';
import { recordedExamples } from '../hub/platform/http/contract/curlExample.ts';
import { recordedCalls } from '../scripts/examples/recordedCalls.ts';
import { datongBin, datongEnvironment, runDatong, type Ran } from './datong.ts';
import { nonEmpty } from './nonEmpty.ts';
import { typedDatong } from './typedDatong.ts';

const home = mkdtempSync(join(tmpdir(), 'datong-demo-test-'));
after(() => rmSync(home, { recursive: true, force: true }));
const folder = join(home, 'kept');
const evidence = join(folder, 'evidence');
const recorded = join(home, 'recorded');
mkdirSync(recorded);

const recorder = new URL('../scripts/examples/recorder.mjs', import.meta.url).href;

/** A demo in a process of its own; what is typed afterwards, one command after the other. */
const datong = (language: string, ...args: string[]): Promise<Ran> =>
  (args[0] === 'demo' ? runDatong : typedDatong)(args, {
    env: {
      LANG: language,
      DATONG_STATE: join(home, 'demo.json'),
      ...(args.includes('--keep') ? { DATONG_RECORD: recorded, NODE_OPTIONS: `--import ${recorder}` } : {}),
    },
  });

const verify = (path: string): Promise<Ran> =>
  datong('en_GB.UTF-8', 'audit', 'verify', path, '--anchors', join(evidence, 'anchors.json'), '--json');

/** What a README shows of the story, line by line. */
function shownBy(readme: string): readonly string[] {
  const text = readFileSync(new URL(`../${readme}`, import.meta.url), 'utf8');
  const [, block = ''] = /^## (?:What the demo shows|演示里能看到什么)\n```\n([^]*?)^```/m.exec(text) ?? [];
  return block.split('\n').filter((line) => line.trim() !== '');
}
const isLeftOut = (line: string): boolean => /^\s*…+$/.test(line);

/** Every line was printed, and between two of them nothing that is not left out. Times, memory, versions, pseudonyms and the length of the log differ. */
function standsIn(shown: readonly string[], reported: readonly string[]): void {
  // a port that something else holds is named before all else
  const printed = reported.filter((line) => line.trim() !== '' && !/^\s*端口 \d+ 已被占用/.test(line));
  let [at, leftOut] = [0, true];
  for (const line of nonEmpty(shown)) {
    if (isLeftOut(line)) {
      leftOut = true;
      continue;
    }
    const pattern = line
      .replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
      .replace(/^ *\d+ ms/, ' *\\d+ ms')
      .replace(/^就绪：.*?PostgreSQL \S+ \S+；/, '就绪：.*；')
      .replaceAll(/p1\\\.[\w-]{22}/g, 'p1\\.[\\w-]{22}')
      .replace(/第 \d+ 条，检查点已签到 \d+ 条/, '第 \\d+ 条，检查点已签到 \\d+ 条')
      .replace(/ \d+ 条，逐条核验，完好 +/, ' \\d+ 条，逐条核验，完好 +')
      // one run of the job may record two stages of an escalation in one entry
      .replace('：16 条日志条目', '：1[4-6] 条日志条目');
    const found = printed.findIndex((one, i) => i >= at && new RegExp(`^${pattern}$`).test(one));
    const like = printed.filter((one) => one.includes(line.trim().slice(0, 12))).join('\n');
    assert.notEqual(found, -1, `the README shows what is not printed:\n${line}\n${like}`);
    if (!leftOut) assert.equal(found, at, `the README leaves out without a word:\n${printed[at] ?? ''}`);
    [at, leftOut] = [found + 1, false];
  }
}

test('a demo whose reader went away puts its database and its folder away', async () => {
  const temporary = join(home, 'temporary');
  mkdirSync(temporary, { mode: 0o711 });
  chmodSync(home, 0o711);
  const demo = spawn(process.execPath, [datongBin, 'demo'], {
    env: { ...datongEnvironment(), TMPDIR: temporary, DATONG_STATE: join(home, 'gone.json') },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const ended = once(demo, 'exit');
  await once(demo.stdout, 'data');
  demo.stdout.destroy();
  assert.deepEqual(await ended, [1, null]);
  assert.deepEqual(readdirSync(temporary), []);
  assert.equal(existsSync(join(home, 'gone.json')), false);
});

test('both README tell one story', () => {
  const [zh, en] = [shownBy('README.zh-CN.md'), shownBy('README.md')];
  const numbers = (line: string): readonly string[] =>
    isLeftOut(line)
      ? ['…']
      : (
          line.replace(/^(?: *\d+ ms|Act \d|ready:.*|就绪：.*)|p1\.[\w-]{22}|COMP-3/g, '').match(/\d+/g) ?? []
        ).sort();
  assert.deepEqual(en.map(numbers), zh.map(numbers));
});

test('the story runs to its end in Chinese, its figures counted', async () => {
  const { code, stdout, stderr } = await datong('zh_CN.UTF-8', 'demo', '--once', '--keep', folder);
  assert.equal(code, 0, stderr);
  for (const reported of [
    '虚构',
    '2000 条中 1988 条发布，12 条进入问题数据',
    'GB18030 CSV',
    'EBCDIC 主机文件（COBOL copybook、COMP-3 金额）：1896 条中 1890 条发布，6 条进入问题数据',
    'FoxPro DBF 表（cp936）：735 条中 721 条发布，6 条进入问题数据，8 条已删除的跳过',
    'HL7 v2 消息（VXU，GB18030）：1786 条中 1780 条发布，6 条进入问题数据',
    '合并',
    '离线核验',
    '近 12 个月养老保险到账 12 个月 → 免交社保参保证明',
    '在两区内有住宅 1 处 → 免交不动产权证书',
    '已接种 22 剂次 → 免交预防接种证',
    '5 个部门按时确认；transport 逾期 → 枢纽按期逐级上报值班人员、部门负责人、指挥中心',
    '22 个上课日中有 6 天',
    '168 行按月分开存放',
    '保全撤回后，作业销毁过期的一个月',
    '4 种格式，6417 条 = 6379 发布 + 30 问题数据 + 8 跳过',
    '4 份：户口簿、社保参保证明、不动产权证书、预防接种证',
    '对外提供的数据项     18 / 48',
    '越权请求             8 次，全部拒绝，8 次有日志和回执',
    'education，共 5 次，其中 5 次有办件号',
    '核验：',
    '先用合成副本联调：{"name":',
    '一次批量核对',
    '去掉出生日期 → schema_incompatible',
    '反例：含 {"birth_date":',
    '会受影响：云栖市教育局',
    '会受影响：云栖市卫生健康委员会',
    '其间教育局查询 6 次，全部得到答复',
    '随之更新：urn:datong:household:1.0 → urn:datong:household:1.1，脱敏后的',
    '1988 条中 40 条有问题，超出比例，整批搁置',
    '1988 条中有 40 条问题数据，超过映射允许的上限（maxBadRatio = 0.01）',
    '共 1988 行，一次成为新版本',
    '枢纽里没有它的一行数据',
    '在本机用普通 HTTP 问',
    '上午在窗口改了姓名',
    '连接器停了 → provider_unavailable',
    '断报：transport.traffic-event 应于',
    '家长撤回：与同意一样一步',
    '预警：education',
    '证据文件夹：符合所问的条目',
    '见证方拒绝（422）',
    '只对这一个孩子',
    '家长在应用中查“谁查过我的孩子”',
    '学校营养餐资助 · YC-2026-000017 · 个人同意',
    '没有此人对该使用场景的有效同意',
    '"suppressed":true',
    '东溪区教育局申请 req-000000001',
    '提供部门想再退回一次 → return_once',
    '2026-02-11 收到的申请须在 2026-03-03 前答复，春节放假不计，补班的周六 02-14、02-28 计入（不计则为 2026-03-05）',
    '条目已被改动',
  ]) {
    assert.ok(stdout.includes(reported), `${reported} is told`);
  }
  standsIn(shownBy('README.zh-CN.md'), stdout.split('\n'));
  for (const stored of [
    ...['cn-resident-id.checksum', 'csv.ragged', 'key.repeated'],
    ...['copybook.number', 'copybook.text', 'cn-uscc.checksum'],
    ...['dbf.number', 'dbf.date', 'encoding.invalid'],
    ...['hl7.control-id', 'date.unreal', 'enum'],
  ]) {
    assert.ok(stdout.includes(stored), `${stored} is told`);
  }
  const pseudonyms = stdout.match(/p1\.[\w-]{22}/g) ?? [];
  assert.deepEqual([pseudonyms.length, new Set(pseudonyms).size], [3, 1], 'one guardian in three answers');
  assert.doesNotMatch(stdout, /\b99010\d{13}[\dX]\b/, 'no identity number is printed');
  for (const refused of [
    'no_agreement',
    'field_not_granted',
    'purpose_not_agreed',
    'matter_missing',
    'filter_on_masked_field',
    'nonce_replayed',
    'digest_mismatch',
    'certificate_revoked',
  ]) {
    assert.ok(stdout.includes(refused), `${refused} is told`);
  }
  assert.equal(existsSync(join(home, 'demo.json')), false, 'the state file with its tokens is gone');
});

test('the evidence holds without the hub; nothing in it is missed when it is changed', async () => {
  for (const name of ['pack.json', 'checkpoint', 'log.vkey', 'anchors.json']) {
    assert.ok(existsSync(join(evidence, name)), name);
  }
  assert.equal(readdirSync(join(evidence, 'receipts')).length, 25);
  const whole = await verify(evidence);
  const reported = JSON.parse(whole.stdout) as {
    findings: unknown[];
    log: { whole: boolean; leftOut: unknown[] };
    exchanges: { parts: object }[];
  };
  assert.deepEqual([whole.code, reported.findings], [0, []]);
  assert.deepEqual([reported.log.whole, reported.log.leftOut], [true, []]);
  assert.equal(reported.exchanges.length, 25);
  // all but the requests that the hub refused for their signature or nonce: their entries vouch for no header
  const unproven = reported.exchanges.filter(
    ({ parts }) => JSON.stringify(parts) !== '{"request":"verified","reply":"verified","receipt":"verified"}',
  );
  assert.deepEqual(
    unproven.map(({ parts }) => parts),
    Array.from({ length: 3 }, () => ({ request: 'unsigned', reply: 'verified', receipt: 'verified' })),
  );

  const text = readFileSync(join(evidence, 'pack.json'), 'utf8');
  const pack = JSON.parse(text) as { checkpoint: string; entries: { index: number; leaf: string }[] };
  const changed = (change: (copy: typeof pack) => void): string => {
    const copy = JSON.parse(text) as typeof pack;
    change(copy);
    return JSON.stringify(copy);
  };
  const edited = (leaf: string): string =>
    Buffer.from(Buffer.from(leaf, 'base64').toString('utf8').replace('deny', 'allow')).toString('base64');
  const denial = pack.entries.findIndex(({ leaf }) =>
    Buffer.from(leaf, 'base64').toString('utf8').includes('"decision":"deny"'),
  );
  assert.ok(denial >= 0);
  const attacks: Record<string, string> = {
    edited: changed(({ entries }) => {
      const entry = entries[denial];
      if (entry !== undefined) entry.leaf = edited(entry.leaf);
    }),
    swapped: changed(({ entries }) => {
      const [a, b] = [entries[3], entries[4]];
      if (a !== undefined && b !== undefined) [a.leaf, b.leaf] = [b.leaf, a.leaf];
    }),
    resigned: changed((copy) => {
      copy.checkpoint = copy.checkpoint.replace(/[A-Za-z0-9+/]{8}=*\n$/, 'AAAAAAA=\n');
    }),
  };
  for (const [name, attack] of Object.entries(attacks)) {
    const path = join(home, `${name}.json`);
    writeFileSync(path, attack);
    assert.equal((await verify(path)).code, 5, name);
  }
});

test('each stored exchange proves its request, its reply and its place in the log', async () => {
  const [stored] = readdirSync(join(evidence, 'receipts'));
  const at = (name: string): string => join(evidence, 'receipts', stored ?? '', name);
  const anchors = join(evidence, 'anchors.json');
  const receipt = await datong(
    'en_GB.UTF-8',
    'receipt',
    'verify',
    at('receipt.json'),
    '--anchors',
    anchors,
    '--request',
    at('request.http'),
    '--reply',
    at('reply.http'),
  );
  assert.equal(receipt.code, 0, receipt.stderr);
  const reply = await datong(
    'en_GB.UTF-8',
    'signature',
    'verify',
    at('reply.http'),
    '--key',
    anchors,
    '--request',
    at('request.http'),
  );
  assert.equal(reply.code, 0, reply.stderr);
});

test('the files remain, and any reader can read them with the mappings of the samples', async () => {
  const files = readdirSync(join(folder, 'files')).sort();
  const samples = ['household', 'real-estate', 'social-insurance', 'vaccination'];
  assert.deepEqual(
    files.map((name) => name.split('.')[0]),
    samples,
  );
  const rows = [1988, 721, 1890, 1780];
  for (const [i, name] of files.entries()) {
    const mapping = ['--mapping', `samples/${samples[i] ?? ''}/dataset.yaml`];
    const regions = ['--code-lists', 'samples/city/regions.yaml'];
    const read = await datong('en_GB.UTF-8', 'adapt', join(folder, 'files', name), ...mapping, ...regions);
    assert.equal(read.code, 1, 'some records are bad');
    assert.equal(read.stdout.trim().split('\n').length, rows[i], name);
  }
});

test('a folder that holds something is left alone', async () => {
  const again = await datong('en_GB.UTF-8', 'demo', '--once', '--keep', folder);
  assert.equal(again.code, 4);
  assert.match(again.stderr, /not empty/);
});

test('a folder that git or npm would take along is refused before anything is made, an ignored one is not', async () => {
  const tree = mkdtempSync(join(tmpdir(), 'datong-tree-'));
  after(() => rmSync(tree, { recursive: true }));
  assert.equal(spawnSync('git', ['init', '--quiet', tree]).status, 0);
  const stored = join(tree, 'kept');
  const refused = await datong('en_GB.UTF-8', 'demo', '--once', '--keep', stored);
  assert.equal(refused.code, 4);
  assert.match(refused.stderr, /private keys/);
  assert.equal(existsSync(stored), false);
  writeFileSync(join(tree, '.gitignore'), '/kept/\n');
  assert.equal(createFolder(stored), stored);
});

/** Names of members on every level, lists by what is in them. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return [...new Set(value.map((item) => JSON.stringify(shapeOf(item))))].sort();
  if (typeof value !== 'object' || value === null) return '';
  const members = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(members.map(([name, inner]) => [name, shapeOf(inner)]));
}

test('what /docs shows of an operation is what this hub was asked and answered', () => {
  const examples = recordedExamples();
  const reported = new Map<string, Set<string>>();
  for (const { operationId, example } of recordedCalls(recorded)) {
    const shapes = reported.get(operationId) ?? new Set();
    reported.set(operationId, shapes.add(JSON.stringify([shapeOf(example.body), shapeOf(example.answer)])));
  }
  assert.ok(reported.size >= 30, `${reported.size} operations`);
  for (const [operationId, shapes] of nonEmpty([...reported])) {
    const { body, answer } = examples[operationId] ?? assert.fail(operationId);
    assert.ok(
      shapes.has(JSON.stringify([shapeOf(body), shapeOf(answer)])),
      `${operationId}: record it again (scripts/examples/recordExamples.ts)`,
    );
  }
});
