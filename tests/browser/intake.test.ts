/** 报送 in a real browser: a clerk sends a file, it is held, they correct it and send it again; what a department could write into these pages. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, test } from 'node:test';
import type { Download, Locator, Page } from 'playwright-core';
import { readXlsx } from 'hucre/xlsx';
import { encodeGb18030 } from '../../terms/gb18030.ts';
import { householdFile } from '../../clients/cli/demo/files/householdFile.ts';
import { readDocuments } from '../../clients/cli/apply/readDocuments.ts';
import { datasetTable } from '../../hub/domain/rowTable/layout.ts';
import { admitPerson } from '../admitPerson.ts';
import { testDatabase } from '../database.ts';
import { sampleCity, samples, testHub } from '../hub.ts';
import { openBrowser, type Watched } from './openBrowser.ts';
import { attack, healthy, lookAtPages, picture, signing } from './pages.ts';

const database = await testDatabase();
const hub = await testHub({ database, demo: { port: 0 }, strangers: { rate: 1_000, burst: 1_000 } });
const folder = mkdtempSync(join(tmpdir(), 'datong-sending-'));
const browser = await openBrowser();
after(async () => {
  await browser.close();
  await hub.stop();
  rmSync(folder, { recursive: true, force: true });
});
const origin = hub.hub.console;
const { identity } = hub.hub.services;
const city = await sampleCity(hub);
const household = 'pub-security.household';

const people = {
  clerk: await admitPerson(identity, '演示 报送员', [{ role: 'clerk', department: 'pub-security' }]),
  steward: await admitPerson(identity, '演示 公安管理员', [{ role: 'steward', department: 'pub-security' }]),
  second: await admitPerson(identity, '演示 公安安全员', [{ role: 'security', department: 'pub-security' }]),
  auditor: await admitPerson(identity, '演示 审计员', [{ role: 'auditor' }]),
};
type Who = keyof typeof people;
const { signedIn, open, nameOf } = signing<Who>(browser, origin, identity, people);

/** A mapping by which addresses are household numbers. */
let moved: object = {};
/** Its fields as they are read rightly. */
let readFields: object = {};
/** A dataset of the same schema whose release takes two persons. */
const two = 'pub-security.two-persons';
{
  const body = {
    id: two,
    title: { zh: attack, en: attack },
    schema: 'urn:datong:household:1.0',
    mode: 'snapshot',
    sharing: { type: 'none' },
    intake: { secondPerson: true },
  };
  assert.equal((await hub.staff(city.operator, 'POST', '/v1/datasets', body)).status, 201);
  const sample = readDocuments(resolve(samples, 'household/dataset.yaml')).find(
    ({ kind }) => kind === 'Mapping',
  );
  const document = {
    ...(sample?.members['document'] as object),
    mapping: 'pub-security/household@1',
    limits: { maxBad: 0 },
  };
  const { fields } = document as unknown as { readonly fields: Readonly<Record<string, unknown>> };
  readFields = fields;
  moved = { ...document, fields: { ...fields, address: fields['household_no'] } };
  const steward = await hub.token('stew', ['steward'], 'pub-security');
  const made = await hub.staff(steward, 'POST', `/v1/datasets/${two}/mappings`, { document });
  assert.equal(made.status, 201, JSON.stringify(made.json));
}

const header =
  '公民身份号码,姓名,性别,出生日期,户号,与户主关系,住址,行政区划代码,手机号码,监护人身份号码,迁入日期,年收入（元）';
const good = [
  '990101197610118739,孙伟,男,19761011,H000001,户主,云栖市东溪区文澜路152号20幢403室,990101,15406098071,,20171207,"109,366.00"',
  '990101197901190423,周若曦,女,19790119,H000001,配偶,云栖市东溪区文澜路152号20幢403室,990101,,,20171207,"112,790.80"',
];
/** One row with a birthday that no calendar has, and an address that would be code. */
const bad = `990101202108021580,孙梓萱,女,20210230,H000001,女,"${attack.replaceAll('"', '""')}",990101,,990101197610118739,20171207,0.00`;
const csv = (...lines: string[]): Buffer =>
  Buffer.from(encodeGb18030(`${[header, ...lines].join('\r\n')}\r\n`));
const september = {
  name: `九月${attack.replaceAll('/', '')}.csv`,
  mimeType: 'text/csv',
  buffer: csv(...good, bad),
};

/** The lasting table of a dataset. */
const tableOf = (id: string): string => {
  const schema = hub.hub.services.registry.current.datasets.get(id)?.schema;
  assert.ok(schema);
  return datasetTable(id, schema);
};
const shot = (page: Page, language: string, name: string) => picture(page, `${language}-${name}`);
const bytesOf = async (download: Download): Promise<Buffer> => readFile(await download.path());
const batches = async (dataset: string) =>
  (
    await database.owner.query<{
      id: string;
      state: string;
      corrects: string | null;
      rows_ok: string | null;
    }>('SELECT id, state, corrects, rows_ok FROM batch WHERE dataset = $1 ORDER BY id', [dataset])
  ).rows;

test('a clerk sends a file in their browser, it is held, they correct the row in place and send it again', async () => {
  const watched = await signedIn('zh', 'clerk');
  const { page } = watched;
  await page.getByRole('link', { name: '报送', exact: true }).click();
  await page.getByLabel('数据资源').selectOption(household);
  await page.getByLabel('把文件拖到这里').setInputFiles(september);
  await page.getByText('文件摘要（SHA-256）').waitFor();
  await shot(page, 'zh', 'send-chosen');
  await healthy(watched, 'chosen');
  await page.getByRole('button', { name: '开始报送' }).dblclick();
  await page.getByRole('heading', { name: /结果/ }).waitFor();
  await page.getByText('已搁置').first().waitFor();
  await shot(page, 'zh', 'send-held');
  await healthy(watched, 'held', true);
  assert.deepEqual(
    (await batches(household)).map(({ state }) => state),
    ['held'],
    'clicked twice, sent once',
  );
  await page.getByRole('link', { name: '查看批次' }).click();
  const cell = page.getByLabel('行 4 出生日期');
  await cell.waitFor();
  await page.waitForLoadState('networkidle');
  await page.getByRole('row', { name: '新增 2 2、3' }).waitFor();
  await shot(page, 'zh', 'held');
  await page.getByRole('button', { name: 'English' }).click();
  await page.getByRole('row', { name: 'added 2 2, 3' }).waitFor();
  await shot(page, 'en', 'held');
  await page.getByRole('button', { name: '中文' }).click();
  await cell.waitFor();
  await healthy(watched, 'held page');
  assert.equal(await cell.getAttribute('aria-invalid'), 'true');
  assert.equal(await page.getByLabel('行 4 住址').inputValue(), attack, 'a cell is text');
  const downloading = page.waitForEvent('download');
  await page.getByRole('button', { name: '下载问题数据' }).click();
  const text = new TextDecoder('gb18030').decode(await bytesOf(await downloading));
  assert.equal(text.split('\r\n')[0], `${header},错误`);
  assert.match(text, /出生日期: .+ \(date\.unreal\)/);
  await cell.fill('20210802');
  await page.getByRole('button', { name: '报送（已改 1 行，其余原样）' }).click();
  await page.getByText('已发布').first().waitFor();
  await healthy(watched, 'mended');
  const [held, mended] = await batches(household);
  assert.deepEqual([held?.state, mended?.state, mended?.corrects], ['superseded', 'published', held?.id]);
  // one sentence for a report, as the hub says it everywhere
  await watched.context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.getByRole('button', { name: '复制这句话' }).click();
  await page.getByText('已复制').waitFor();
  const sentence = String(await page.evaluate('navigator.clipboard.readText()'));
  assert.match(
    sentence,
    new RegExp(
      `^\\d{4}年\\d+月\\d+日 \\d\\d:\\d\\d，.+ 报送至 ${household}：共 3 条，合格 3 行，有问题 0 行，已发布；批次 ${mended?.id ?? ''}。$`,
    ),
  );
  await page.getByText(sentence, { exact: true }).waitFor();
  const receipt = page.waitForEvent('download');
  await page.getByRole('button', { name: '下载回执' }).click();
  const { leaf } = JSON.parse((await bytesOf(await receipt)).toString()) as { leaf: string };
  assert.match(
    Buffer.from(leaf, 'base64').toString(),
    /"operation":"commitBatch".*"way":"demo"|"way":"demo".*"commitBatch"/,
  );
  await watched.context.close();
});

/** Lets a file go over a place of the page, as a hand does that drags it there from the desktop. */
async function letGo({ page, context }: Watched, over: Locator, path: string): Promise<void> {
  const box = await over.boundingBox();
  assert.ok(box);
  const devtools = await context.newCDPSession(page);
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
    await devtools.send('Input.dispatchDragEvent', {
      type,
      x: box.x + box.width / 2,
      y: box.y + box.height / 2,
      data: { items: [], files: [path], dragOperationsMask: 1 },
    });
  await devtools.detach();
}

test('the same bytes are known, and an empty workbook has the columns and the codes', async () => {
  const watched = await signedIn('en', 'clerk');
  const { page } = watched;
  await open(page, `send?dataset=${household}`);
  const path = join(folder, september.name);
  writeFileSync(path, september.buffer);
  // a file dropped outside its place does nothing, and the page remains
  await letGo(watched, page.locator('main h1'), path);
  await page.waitForLoadState('networkidle');
  assert.equal(new URL(page.url()).pathname, '/console/send');
  await letGo(watched, page.locator('label.drop'), path);
  await page.locator('label.drop').getByText(september.name).waitFor();
  await page.getByText(/The same bytes were already sent on/).waitFor();
  const downloading = page.waitForEvent('download');
  await page.getByRole('button', { name: /Download an empty workbook/ }).click();
  const { sheets } = await readXlsx(await bytesOf(await downloading));
  assert.equal(sheets[0]?.rows[0]?.join(','), header);
  await shot(page, 'en', 'send-chosen');
  await healthy(watched, 'known');
  await watched.context.close();
});

/** The next file is answered for by the browser as one that was moved, or is locked by another program. */
const makeUnreadable = (page: Page): Promise<void> =>
  page.evaluate(() => {
    const original = Object.getOwnPropertyDescriptor(Blob.prototype, 'arrayBuffer') ?? {};
    Blob.prototype.arrayBuffer = () => {
      Object.defineProperty(Blob.prototype, 'arrayBuffer', original);
      return Promise.reject(new DOMException('moved', 'NotReadableError'));
    };
  });

test('paused, the page left and opened again: the same file continues at the hub’s position, another one does not', async () => {
  const watched = await signedIn('zh', 'clerk');
  const { page } = watched;
  const large = {
    name: '大文件.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from(householdFile(20_000, 5).bytes),
  };
  await open(page, `send?dataset=${household}`);
  await page.getByLabel('把文件拖到这里').setInputFiles(large);
  const totals = { name: '对账.txt', mimeType: 'text/plain', buffer: Buffer.from('rows=20000') };
  await page.getByLabel(/对账文件/).setInputFiles(totals);
  // the network fails after the first part
  let parts = 0;
  await page.route('**/parts/*', async (route) => {
    parts += 1;
    if (parts > 1) await route.abort();
    else await route.continue();
  });
  await page.getByRole('button', { name: '开始报送' }).click();
  await page.getByText(/网络中断/).waitFor();
  await shot(page, 'zh', 'send-away');
  await page.getByRole('button', { name: '暂停' }).click();
  await page.getByText(/已暂停/).waitFor();
  const [begun] = (await batches(household)).slice(-1);
  assert.equal(begun?.state, 'receiving');
  await page.unroute('**/parts/*');
  watched.faults.splice(0);
  await page.reload();
  await page.getByRole('heading', { name: '未完成的报送' }).waitFor();
  await page.getByLabel(/大文件/).setInputFiles(september);
  await page.getByText('这不是同一个文件').waitFor();
  await shot(page, 'zh', 'send-unfinished');
  await makeUnreadable(page);
  await page.getByLabel(/大文件/).setInputFiles(large);
  await page.getByText('无法读取此文件').waitFor();
  const committed = page.waitForRequest('**/commit', { timeout: 120_000 });
  await page.getByLabel(/大文件/).setInputFiles(large);
  const { control } = (await committed).postDataJSON() as { readonly control?: unknown };
  assert.deepEqual(control, { rows: 20_000 }, 'what the sender counted is compared, also after a reload');
  await page.getByRole('heading', { name: /结果/ }).waitFor({ timeout: 120_000 });
  const all = await batches(household);
  assert.equal(all.at(-1)?.id, begun.id, 'no second batch');
  assert.notEqual(all.at(-1)?.state, 'receiving');
  await healthy(watched, 'gone on', true);
  await page.getByRole('button', { name: '再报送一个文件' }).click();
  await page.getByLabel('把文件拖到这里').waitFor();
  assert.equal(await page.getByRole('heading', { name: '未完成的报送' }).count(), 0, 'it is finished');
  await watched.context.close();
});

test('a file that cannot be read is reported', async () => {
  const watched = await signedIn('en', 'clerk');
  const { page } = watched;
  await open(page, `send?dataset=${household}`);
  const chosen = page.getByLabel('Drop the file here');
  await makeUnreadable(page);
  await chosen.setInputFiles(september);
  await page.getByText(/This file cannot be read/).waitFor();
  await shot(page, 'en', 'send-unreadable');
  assert.equal(await page.getByRole('progressbar').count(), 0);
  assert.equal(await page.getByRole('button', { name: 'Send', exact: true }).isDisabled(), true);
  await page.locator('label.drop input').setInputFiles(september);
  await page.getByText(/The same bytes were already sent on/).waitFor();
  assert.equal(await page.getByText(/This file cannot be read/).count(), 0);
  await healthy(watched, 'unreadable');
  await watched.context.close();
});

test('a session that ends while a file is sent: the person signs in again on the page, and it continues by itself', async () => {
  const watched = await signedIn('zh', 'clerk');
  const { page } = watched;
  const large = {
    name: '中断.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from(householdFile(20_000, 6).bytes),
  };
  await open(page, `send?dataset=${household}`);
  await page.getByLabel('把文件拖到这里').setInputFiles(large);
  let parts = 0;
  await page.route('**/parts/*', async (route) => {
    parts += 1;
    if (parts === 2)
      await database.owner.query(
        'UPDATE staff_session SET ended_at = now(), ended_by = begun_by WHERE person = $1 AND ended_at IS NULL',
        [people.clerk.person],
      );
    await route.continue();
  });
  await page.getByRole('button', { name: '开始报送' }).click();
  await page.getByText('登录已失效。').waitFor();
  await page.getByRole('button', { name: nameOf('clerk') }).click();
  await page.getByRole('heading', { name: /结果/ }).waitFor();
  assert.equal((await batches(household)).filter(({ state }) => state === 'receiving').length, 0);
  await watched.context.close();
});

test('a held batch is released by two persons, each on their own page; a clerk decides nothing', async () => {
  const clerk = await signedIn('zh', 'clerk');
  await open(clerk.page, `send?dataset=${two}`);
  await clerk.page.getByLabel('把文件拖到这里').setInputFiles(september);
  await clerk.page.getByRole('button', { name: '开始报送' }).click();
  await clerk.page.getByText('已搁置').first().waitFor();
  assert.equal(await clerk.page.evaluate('window.hacked'), undefined);
  const [held] = await batches(two);
  await open(clerk.page, `held/${held?.id}`);
  assert.equal(await clerk.page.getByRole('button', { name: '放行' }).count(), 0, 'a clerk decides nothing');
  await clerk.context.close();
  for (const [who, reported] of [
    ['steward', '已提出，等待第二人。'],
    ['second', '已处理：已发布'],
  ] as const) {
    const watched = await signedIn('zh', who);
    const { page } = watched;
    await open(page, 'batches?state=held');
    await page
      .getByRole('row')
      .filter({ has: page.locator(`a[href$="/datasets/${two}"]`) })
      .getByRole('link')
      .nth(1)
      .click();
    await page.getByLabel('理由').fill('已与报送员核对');
    await page.getByRole('button', { name: '放行' }).click();
    await shot(page, 'zh', `held-${who}`);
    await page.getByRole('button', { name: '确认：放行' }).click();
    await page.getByText(reported).waitFor();
    if (who === 'second')
      assert.equal(await page.getByLabel('行 4 住址').count(), 0, 'rows are the senders’ alone');
    await healthy(watched, who);
    await watched.context.close();
  }
  // what readers see now is read again by its mapping: a batch of its own, which stops as the first one did
  const watched = await signedIn('zh', 'steward');
  const { page } = watched;
  await open(page, `held/${held?.id}`);
  // a mapping that is not registered yet: one column of it is read as another
  await page.getByLabel('映射正文（JSON）').fill('{');
  await page.getByText('映射正文不是 JSON').waitFor();
  assert.equal(await page.getByRole('button', { name: '试用' }).isDisabled(), true);
  await page.getByLabel('映射正文（JSON）').fill(JSON.stringify(moved));
  await page.getByRole('button', { name: '试用' }).click();
  await page.getByText('问题数据超过该映射的上限（maxBad）').waitFor();
  await page.getByRole('row', { name: '改变 2' }).waitFor();
  await shot(page, 'zh', 'mapping-trial');
  await healthy(watched, 'mapping trial');
  assert.equal((await batches(two)).length, 1, 'nothing of it stays');
  await page.getByLabel('理由').fill('核对映射');
  await page.getByRole('button', { name: '重新处理' }).click();
  await page.getByRole('link', { name: '正在生成新批次' }).click();
  await page.getByText('所依据的批次').waitFor();
  await page.getByText('已搁置').first().waitFor();
  await shot(page, 'zh', 'read-again');
  await healthy(watched, 'read again');
  await watched.context.close();
  assert.deepEqual(
    (await batches(two)).map(({ state }) => state),
    ['published', 'held'],
  );
});

test('the page of a batch shows the progress of its check, and the result without a reload', async () => {
  const watched = await signedIn('zh', 'clerk');
  const { page } = watched;
  const [batch] = (await batches(household)).filter(({ state }) => state === 'published');
  const set = (state: string, records: number): Promise<unknown> =>
    database.owner.query(
      "UPDATE batch SET state = $2, lease_owner = gen_random_uuid(), lease_until = now() + interval '1 day', progress = jsonb_build_object('bytes', bytes / 4, 'records', $3::int, 'bad', 2, 'seconds', 10) WHERE id = $1",
      [batch?.id, state, records],
    );
  await set('checking', 40_000);
  await open(page, `held/${batch?.id}`);
  await page.getByText('已读 40,000 行 · 问题 2 行').waitFor();
  await page.getByText(/每秒 4,000 行 · 约剩 3[01] 秒/).waitFor();
  await healthy(watched, 'checking');
  await set('checking', 50_000);
  await page.getByText('已读 50,000 行').waitFor();
  await set('published', 0);
  await page.getByRole('progressbar').waitFor({ state: 'detached' });
  await page.getByText('已发布').first().waitFor();
  await healthy(watched, 'done');
  await watched.context.close();
});

/** How the page of a dataset's quality is written, and who opens it. */
const qualityIn = {
  zh: {
    who: 'clerk',
    table: '数据质量',
    completeness: /完整/,
    mobile: /^手机号码 空缺/,
    counted: (empty: string, all: string) => `文件的 ${all} 个合格行中，手机号码 为空的有 ${empty} 行。`,
    list: '手机号码：为空或重复的行',
    numbers: [/有效行 \d/, /问题行 \d/, /有效 \d/, /唯一 \d/],
    problems: '问题，按规则和列',
    // no note that rows are hidden, and the names of twelve rows
    rows: [0, 12],
  },
  en: {
    who: 'auditor',
    table: 'Quality',
    completeness: /Completeness/,
    mobile: /^Mobile number Empty/,
    counted: (empty: string, all: string) =>
      `Mobile number is empty in ${empty} of ${all} good rows of the file.`,
    list: 'Lines in which Mobile number is empty or repeats a value',
    numbers: [/Rows \d/, /Bad rows \d/, /Validity \d/, /Uniqueness \d/],
    problems: 'Problems by rule and column',
    rows: [1, 0],
  },
} as const;

test('each number of the quality of a dataset opens what it counts: rows to those who may see them, counts and lines to the others', async () => {
  const [newest] = (await batches(household)).filter(({ state }) => state === 'published').slice(-1);
  const id = newest?.id ?? '';
  const { rows } = await database.owner.query<{ n: string }>(
    `SELECT count(*) AS n FROM rows.b_${id.replaceAll('-', '')} WHERE f_mobile IS NULL`,
  );
  const empty = Number(rows[0]?.n).toLocaleString('en-GB');
  const all = Number(newest?.rows_ok).toLocaleString('en-GB');
  for (const language of ['zh', 'en'] as const) {
    const words = qualityIn[language];
    const watched = await signedIn(language, words.who);
    const { page } = watched;
    await open(page, `datasets/${household}?tab=quality`);
    const row = page
      .getByRole('table', { name: words.table })
      .getByRole('row')
      .filter({ has: page.locator(`a[href$="/held/${id}"]`) });
    await row.getByRole('link', { name: words.completeness }).click();
    await page.getByRole('link', { name: words.mobile }).click();
    await page.getByText(words.counted(empty, all)).waitFor();
    const list = page.getByRole('status', { name: words.list });
    const lines = /(?:行号：|Lines: )(.+?) …/.exec((await list.textContent()) ?? '')?.[1] ?? '';
    assert.equal(lines.split(/、|, /).length, 100, lines);
    await shot(page, language, 'quality-opened');
    await healthy(watched, 'quality');
    for (const number of words.numbers) {
      await row.getByRole('link', { name: number }).click();
      await page.getByRole('table', { name: words.problems }).getByText('key.repeated').waitFor();
      assert.equal(new URL(page.url()).pathname, `/console/held/${id}`);
      await page.waitForLoadState('networkidle');
      const seen = await page.getByText('Rows with problems are shown to clerks and stewards').count();
      assert.deepEqual([seen, await page.getByLabel(/^行 \d+ 姓名$/).count()], words.rows);
      await page.goBack();
      await row.waitFor();
    }
    await healthy(watched, 'opened');
    await watched.context.close();
  }
});

lookAtPages('intake', {
  signedIn,
  open,
  made: async () => ({ held: (await batches(household))[0]?.id ?? '' }),
  before: { 'dataset-quality': ({ page }) => page.locator('.chart svg').waitFor() },
});

test('a steward queries by key where a row came from and deletes rows by a list; a clerk only queries', async () => {
  const id = 'pub-security.merged';
  const body = {
    id,
    title: { zh: '合并的户籍', en: 'Merged households' },
    schema: 'urn:datong:household:1.0',
    mode: 'upsert',
    sharing: { type: 'none' },
  };
  assert.equal((await hub.staff(city.operator, 'POST', '/v1/datasets', body)).status, 201);
  const token = await hub.token('guo', ['steward'], 'pub-security');
  const mapped = await hub.staff(token, 'POST', `/v1/datasets/${id}/mappings`, {
    document: { ...moved, mapping: 'pub-security/merged@1', fields: readFields },
  });
  assert.equal(mapped.status, 201, JSON.stringify(mapped.json));
  await city.publicSecurity.client.sendFile(id, csv(...good), { mapping: 'merged' });
  const [first = '', second = ''] = good.map((line) => line.slice(0, 18));
  const rows = async (): Promise<number> =>
    (await hub.hub.services.database.app.query(`SELECT 1 FROM ${tableOf(id)}`)).rows.length;
  assert.equal(await rows(), 2);

  const watched = await signedIn('zh', 'steward');
  const { page } = watched;
  await open(page, `datasets/${id}?tab=submissions`);
  await page.getByRole('link', { name: '按主键查行' }).click();
  const key = page.getByLabel('person_id', { exact: true });
  await key.fill(first);
  await page.getByRole('button', { name: '查来处' }).click();
  await page.getByText('merged@1').waitFor();
  await shot(page, 'zh', 'row-traced');
  await key.fill('990101197610118730');
  await page.getByRole('button', { name: '查来处' }).click();
  await page.getByText('row_unknown').waitFor();
  assert.equal(await page.getByText('merged@1').count(), 0, 'what was told of another one is gone');
  await healthy(watched, 'row traced', true);
  const keys = page.getByLabel(/^主键，每行一个/);
  await page.getByLabel('理由').fill('迁出注销');
  await keys.fill(`person_id\n${second}\n\n990101197610118730`);
  await page.getByText('读到 2 个主键').waitFor();
  await page.getByRole('button', { name: '删除这些行' }).click();
  await shot(page, 'zh', 'rows-to-delete');
  await page.getByRole('button', { name: '确认删除 2 个主键的行' }).click();
  await page.getByText('已删除 1 行；1 个主键没有对应的行').waitFor();
  assert.equal(await rows(), 1);
  assert.equal(await keys.inputValue(), '');
  await healthy(watched, 'rows deleted');
  // nothing that was typed is stored anywhere, nor is in an address
  const stored = await page.evaluate<string>(
    "JSON.stringify([location.href, document.cookie, { ...localStorage }, { ...sessionStorage }, performance.getEntriesByType('resource').map(({ name }) => name)])",
  );
  for (const one of [first, second, '990101197610118730']) assert.ok(!stored.includes(one));
  await page.reload();
  await key.waitFor();
  assert.equal(await key.inputValue(), '');
  await page.getByRole('button', { name: 'English' }).click();
  await page.getByRole('button', { name: 'Delete these rows' }).waitFor();
  await shot(page, 'en', 'rows-by-key');
  // of a snapshot nothing is deleted: the page says so instead of a form
  await open(page, `bykey/${two}`);
  await page.getByText('leave a row out of the next file to delete it').waitFor();
  await watched.context.close();

  const asking = await signedIn('zh', 'clerk');
  await open(asking.page, `bykey/${id}`);
  await asking.page.getByLabel('person_id', { exact: true }).fill(first);
  await asking.page.getByRole('button', { name: '查来处' }).click();
  await asking.page.getByText('merged@1').waitFor();
  assert.equal(await asking.page.getByText('按主键删除').count(), 0);
  await healthy(asking, 'a clerk asks');
  await asking.context.close();
});

for (const [language, mapping, said] of [
  [
    'zh',
    'pub-security/household@2',
    {
      ...{ link: '试用和替换映射', text: '映射正文（JSON）', attempt: '试用' },
      ...{ register: '登记这个映射', sure: /^确认登记 pub-security\/household@2/ },
      done: '等待另一人确认',
    },
  ],
  [
    'en',
    'pub-security/household-other@1',
    {
      ...{ link: 'Try or replace the mapping', text: 'Mapping (JSON)', attempt: 'Try it' },
      ...{ register: 'Register this mapping', sure: /^Register pub-security\/household-other@1/ },
      done: 'pub-security/household-other@1 is registered.',
    },
  ],
] as const)
  test(`a steward tries a mapping from the page of its dataset, and registers what was tried: ${mapping}`, async () => {
    const watched = await signedIn(language, 'steward');
    const { page } = watched;
    await open(page, `datasets/${two}?tab=submissions`);
    await page.getByRole('link', { name: said.link }).click();
    const typed = page.getByLabel(said.text);
    const next = { ...moved, mapping, fields: readFields };
    await typed.fill(JSON.stringify(next));
    assert.equal(
      await page.getByRole('button', { name: said.register }).count(),
      0,
      'not before it was tried',
    );
    await page.getByRole('button', { name: said.attempt, exact: true }).click();
    const register = page.getByRole('button', { name: said.register });
    await register.waitFor();
    await typed.fill(JSON.stringify(moved));
    assert.equal(await register.isDisabled(), true, 'another text than the one that was tried');
    await typed.fill(JSON.stringify(next));
    await register.click();
    await page.getByRole('button', { name: said.sure }).click();
    // a later version waits for a second person of the department
    const outcome = page.getByRole('status').filter({ hasText: said.done });
    await outcome.waitFor();
    assert.equal(await outcome.getByRole('link').count(), language === 'zh' ? 1 : 0);
    for (const width of [390, 1440]) {
      await page.setViewportSize({ width, height: 844 });
      await shot(page, language, `mapping-replaced-${width}`);
    }
    await healthy(watched, `mapping replaced, ${language}`);
    await watched.context.close();
  });
