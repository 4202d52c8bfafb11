/** The files of tests/ownFiles.ts in the console: chosen, drafted, registered, granted by an agreement that is checked before it is signed. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { Page } from 'playwright-core';
import { ownFiles } from '../ownFiles.ts';
import { openBrowser } from './openBrowser.ts';
import { healthy, picture } from './pages.ts';
import { open, registryCity, signedIn } from './registryCity.ts';
import { validTerm } from '../newYear.ts';

const town = await registryCity(false);
const browser = await openBrowser();
const home = mkdtempSync(join(tmpdir(), 'datong-console-files-'));
const transport = await town.hub.enrol('transport');
const steward = await town.person('演示 交通甲', 'steward', 'transport');
const office = await town.person('演示 数据局甲', 'operator');
after(async () => {
  await browser.close();
  await town.hub.stop();
  rmSync(home, { recursive: true, force: true });
});

const words = {
  zh: {
    drop: '把文件拖到这里，或选择文件',
    check: '检查',
    register: '登记',
    sample: '样例（按通常的脱敏）',
    sure: /^登记 transport\./,
    open: '打开数据资源',
    grant: '发起授权',
    to: '提供给',
    purpose: '使用场景',
    until: '有效期至',
    basis: '法律法规名称',
    holds: /检查通过/,
    save: '下载协议文件',
    name: '名称',
    wrong: '还不能登记',
    rows: '数据文件（可不选）',
    subject: '哪个数据项标明所涉的个人或单位',
    done: '已登记',
    provider: '提供部门',
    keyReasons: '主键的理由',
    keyReason: /4 条中 4 条取值各不相同/,
    marks: '读作空值的写法',
    mark: /“无”2 条（首见第 1 条），“-”1 条（首见第 2 条）/,
    keep: '保留 备注 的原文',
    submit: '提交，等待签署',
    submitSure: /^提交 agr-/,
    waits: /等待签署：/,
    gives: /将“office-zh”的 3 个数据项提供给.*教育局/,
    noRows: '没有数据，因此没有映射：其后用一个数据文件起草。',
    taken: /已有标准/,
    titleOf: '数据项 serial 的中文名称',
    typeOf: 'serial 的类型',
    guessed: '推测：整数',
    asText: '文本',
  },
  en: {
    drop: 'Drop a file here, or choose one',
    check: 'Check',
    register: 'Register',
    sample: 'Sample rows, masked as usual',
    sure: /^Register transport\./,
    open: 'Open the dataset',
    grant: 'New agreement',
    to: 'Given to',
    purpose: 'Purpose',
    until: 'Valid until',
    basis: 'Law or regulation',
    holds: /It can be signed/,
    save: 'Save the agreement',
    name: 'Name',
    wrong: 'It cannot be registered yet',
    rows: 'A file of rows (optional)',
    subject: 'Which field names the person or organisation?',
    provider: 'Provider',
    keyReasons: 'Reasons for the key',
    keyReason: /in 4 of 4 records/,
    marks: 'Texts that are read as empty',
    mark: /"无" in 2 \(first: record 1\), "-" in 1 \(first: record 2\)/,
    keep: 'keep the texts of 备注',
    submit: 'Submit, then sign',
    submitSure: /^Submit agr-/,
    waits: /Waits for a signature of:/,
    gives: /gives .* 3 fields of “office en”/,
    noRows: 'Without rows there is no mapping: draft it later from a file of rows.',
    done: 'Registered',
    taken: /the schema .* exists already/,
    titleOf: 'Chinese title of serial',
    typeOf: 'type of serial',
    guessed: 'guessed: whole number',
    asText: 'text',
  },
} as const;

/** Every field by its proposed mask, else unchanged. @returns how many are given */
async function chooseFields(page: Page): Promise<number> {
  const choices = page.locator('table select');
  const count = await choices.count();
  let given = 0;
  for (let place = 0; place < count; place += 1) {
    const choice = choices.nth(place);
    const options = await choice.locator('option').allInnerTexts();
    const proposed = options.findIndex((one) => /建议|proposed/.test(one));
    const at = proposed > 0 ? proposed : options.findIndex((one) => one.startsWith('✔'));
    if (at < 1) continue;
    await choice.selectOption({ index: at });
    given += 1;
  }
  return given;
}

/** The same pages in the other language: the file is drafted again, and its name is in use now. */
async function inOtherLanguage(path: string, dataset: string, language: 'zh' | 'en'): Promise<void> {
  const texts = words[language];
  const watched = await signedIn(browser, town, language, steward);
  const { page, context } = watched;
  await open(page, town, 'datasets/new');
  await page.getByLabel(texts.drop).setInputFiles(path);
  const check = page.getByRole('button', { name: texts.check, exact: true });
  await check.click();
  await page.getByRole('alert').filter({ hasText: texts.wrong }).filter({ hasText: texts.taken }).waitFor();
  await healthy(watched, `${path}: dataset, ${language}`);
  await open(page, town, `agreements/new?dataset=${dataset}`);
  for (const label of [texts.to, texts.purpose, texts.until, texts.basis])
    await page.getByLabel(label).first().waitFor();
  await healthy(watched, `${path}: agreement, ${language}`);
  await context.close();
}

/** Chooses a file, and a file of rows where there is one; checks and registers. @returns id of the dataset */
async function registered(
  page: Page,
  language: 'zh' | 'en',
  file: string,
  rows: string | undefined,
  expected: { readonly text: string; readonly outcomes: number },
): Promise<string> {
  const texts = words[language];
  await open(page, town, 'datasets/new');
  await page.getByLabel(texts.drop).setInputFiles(file);
  const check = page.getByRole('button', { name: texts.check, exact: true });
  await check.waitFor();
  if (rows !== undefined) {
    await page.getByLabel(texts.rows).setInputFiles(rows);
    // no values, so no guess whose rows they are
    await page.getByLabel(texts.subject).selectOption({ index: 1 });
  }
  await check.click();
  await page.getByText(expected.text, { exact: true }).first().waitFor();
  await page.getByRole('button', { name: texts.register, exact: true }).click();
  await page.getByRole('button', { name: texts.sure }).click();
  const made = page.getByRole('link', { name: texts.open });
  await made.waitFor();
  const outcomes = page.getByRole('list', { name: texts.done }).getByRole('listitem');
  assert.equal(await outcomes.count(), expected.outcomes);
  return ((await made.getAttribute('href')) ?? '').split('/').at(-1) ?? '';
}

test('a list of columns with a file of rows becomes a dataset with a mapping, by which the rows are published', async () => {
  const watched = await signedIn(browser, town, 'zh', steward);
  const [list, rows] = [join(home, '摊位字段清单.csv'), join(home, '摊位.csv')];
  writeFileSync(
    list,
    '字段名,中文名,类型,长度,主键\nstall_no,摊位编号,varchar,20,是\noperator,经营者名称,varchar,50,否\nphone,联系电话,varchar,11,否\n',
  );
  const lines = ['TW0001,东溪面摊,19900000001', 'TW0002,西岭糖水,19900000002', 'TW0003,老街豆花,19900000003'];
  writeFileSync(rows, ['摊位编号,经营者名称,联系电话', ...lines, ''].join('\n'));
  const expected = { text: words.zh.sample, outcomes: 3 };
  const dataset = await registered(watched.page, 'zh', list, rows, expected);
  assert.doesNotMatch(
    await watched.page.getByRole('table', { name: words.zh.sample }).innerText(),
    /19900000001/,
  );
  await healthy(watched, 'a list of columns');
  const [, mapping = ''] = dataset.split('.');
  const sent = await transport.client.sendFile(dataset, readFileSync(rows), { mapping });
  assert.equal(sent.json.state, 'published');
  await watched.context.close();
});

test('CREATE TABLE becomes a schema and a dataset without a mapping, and the page says so', async () => {
  const watched = await signedIn(browser, town, 'en', steward);
  const file = join(home, 'parking.sql');
  writeFileSync(
    file,
    "CREATE TABLE parking_place (\n  place_no varchar(20) NOT NULL PRIMARY KEY COMMENT '泊位编号',\n  street varchar(60) COMMENT '路段',\n  opened_on date COMMENT '启用日期'\n);\n",
  );
  const expected = { text: words.en.noRows, outcomes: 2 };
  const dataset = await registered(watched.page, 'en', file, undefined, expected);
  await healthy(watched, 'CREATE TABLE');
  const shown = await town.staff(steward, 'GET', `/v1/datasets/${dataset}`);
  assert.deepEqual(shown['mappings'], []);
  await watched.context.close();
});

for (const language of ['zh', 'en'] as const)
  test(`what the data office registers waits for the department, and a submitted agreement for both signatures (${language})`, async () => {
    const texts = words[language];
    const watched = await signedIn(browser, town, language, office);
    const { page, context } = watched;
    const pictured = async (name: string): Promise<void> => {
      await picture(page, name);
      await page.setViewportSize({ width: 390, height: 800 });
      await picture(page, `${name}-narrow`);
      await page.setViewportSize({ width: 1440, height: 900 });
    };
    const file = join(home, `office-${language}.csv`);
    writeFileSync(
      file,
      ['站点编号,站名,备注', 'S01,东门,无', 'S02,西门,-', 'S03,南门,临时', 'S04,北门,无'].join('\n'),
    );
    await open(page, town, 'datasets/new');
    await page.getByLabel(texts.drop).setInputFiles(file);
    await page.getByLabel(texts.provider).first().selectOption('transport');
    const reasons = page.getByRole('list', { name: texts.keyReasons });
    assert.match(await reasons.innerText(), texts.keyReason);
    const marks = page.getByRole('group', { name: texts.marks });
    assert.match(await marks.innerText(), texts.mark);
    await page.getByRole('checkbox', { name: texts.keep }).check();
    await pictured(`dataset-marks-${language}`);
    await page.getByRole('button', { name: texts.check, exact: true }).click();
    await page.getByRole('heading', { name: texts.sample }).waitFor();
    await healthy(watched, `office: dataset, ${language}`);
    await page.getByRole('button', { name: texts.register, exact: true }).click();
    await page.getByRole('button', { name: texts.sure }).click();
    const waiting = page.locator('a[href*="/proposals/"]');
    await waiting.waitFor();
    const proposal = ((await waiting.getAttribute('href')) ?? '').split('/').at(-1) ?? '';
    const stored = await town.staff(steward, 'GET', `/v1/proposals/${proposal}`);
    assert.deepEqual([stored['owner'], stored['state']], ['transport', 'waiting']);
    const { document } = stored['body'] as { document: { fields: Record<string, { nullIf?: unknown }> } };
    assert.equal(document.fields['remark']?.nullIf, undefined, 'the texts of the field remain');
    const made = page.getByRole('link', { name: texts.open });
    const dataset = ((await made.getAttribute('href')) ?? '').split('/').at(-1) ?? '';

    await page.getByRole('link', { name: texts.grant }).click();
    await page.getByLabel(texts.to).selectOption('education');
    await page.getByLabel(texts.purpose).first().selectOption('statistics');
    await page.getByLabel(texts.until, { exact: true }).fill(validTerm.until.slice(0, 10));
    await page.getByLabel(texts.basis).first().fill('统计法');
    assert.ok((await chooseFields(page)) > 0);
    for (const reason of await page.locator('textarea.field-reason').all())
      await reason.fill('按站点统计乘车人数');
    await page.getByRole('button', { name: texts.check, exact: true }).click();
    await page.getByRole('status').filter({ hasText: texts.holds }).waitFor();
    await page.getByRole('button', { name: texts.submit, exact: true }).click();
    await page.getByRole('button', { name: texts.submitSure }).click();
    await page.getByText(texts.waits).first().waitFor();
    await page.getByText(texts.gives).first().waitFor();
    await page.getByText('按站点统计乘车人数').first().waitFor();
    await pictured(`agreement-submitted-${language}`);
    await healthy(watched, `office: agreement, ${language}`);
    const id = `agr-education-${dataset.split('.')[1] ?? ''}`;
    const view = await town.staff(office, 'GET', `/v1/policy/documents/${id}/versions/1`);
    assert.deepEqual([view['state'], view['missing']], ['submitted', ['transport', 'education']]);
    await context.close();
  });

for (const language of ['zh', 'en'] as const)
  test(`a steward corrects the title and the type of a guessed field, ${language}`, async () => {
    const texts = words[language];
    const watched = await signedIn(browser, town, language, steward);
    const { page, context } = watched;
    const file = join(home, `sluices-${language}.csv`);
    writeFileSync(file, ['gate,serial', 'east,1001', 'west,1002', 'south,1003', 'north,1004'].join('\n'));
    await open(page, town, 'datasets/new');
    await page.getByLabel(texts.drop).setInputFiles(file);
    await page.getByLabel(texts.titleOf).fill('闸门档案号');
    const type = page.getByLabel(texts.typeOf);
    assert.equal(await type.locator('option:checked').innerText(), texts.guessed);
    await type.selectOption({ label: texts.asText });
    for (const width of [390, 1440]) {
      await page.setViewportSize({ width, height: 844 });
      await picture(page, `dataset-corrected-${language}-${width}`);
    }
    await page.getByRole('button', { name: texts.check, exact: true }).click();
    const sample = page.getByRole('table', { name: texts.sample });
    await sample.getByRole('columnheader', { name: '闸门档案号' }).waitFor();
    await healthy(watched, `corrected, ${language}`);
    await page.getByRole('button', { name: texts.register, exact: true }).click();
    await page.getByRole('button', { name: texts.sure }).click();
    await page.getByRole('link', { name: texts.open }).waitFor();
    const { document } = await town.staff(steward, 'GET', `/v1/schemas/urn:datong:sluices-${language}:1.0`);
    const { serial } = (document as { properties: Record<string, Record<string, unknown>> }).properties;
    assert.deepEqual([serial?.['type'], serial?.['x-title']], ['string', { zh: '闸门档案号', en: 'serial' }]);
    await context.close();
  });

for (const [place, { name, write, hidden, language }] of ownFiles.entries())
  test(`${name}: from the file to a granted, masked answer in the console (${language})`, async () => {
    const texts = words[language];
    const path = join(home, name);
    write(path);
    const watched = await signedIn(browser, town, language, steward);
    const { page, context } = watched;
    await open(page, town, 'datasets/new');
    await page.getByLabel(texts.drop).setInputFiles(path);
    const check = page.getByRole('button', { name: texts.check, exact: true });
    await check.waitFor();
    if (place === 0) {
      const named = page.getByLabel(texts.name, { exact: false }).first();
      const proposed = await named.inputValue();
      await named.fill('Not A Name');
      await check.click();
      await page.getByRole('alert').filter({ hasText: texts.wrong }).waitFor();
      await named.fill(proposed);
    }
    await check.click();
    await page.getByRole('heading', { name: texts.sample }).waitFor();
    const sample = await page.getByRole('table', { name: texts.sample }).innerText();
    if (hidden !== undefined) assert.doesNotMatch(sample, hidden, 'masked');
    if (place < 2) {
      await picture(page, `dataset-drafted-${language}`);
      await page.setViewportSize({ width: 390, height: 800 });
      await picture(page, `dataset-drafted-${language}-narrow`);
      await page.setViewportSize({ width: 1440, height: 900 });
    }
    await healthy(watched, `${name}: dataset`);
    await page.getByRole('button', { name: texts.register, exact: true }).click();
    await page.getByRole('button', { name: texts.sure }).click();
    const made = page.getByRole('link', { name: texts.open });
    await made.waitFor();
    const dataset = ((await made.getAttribute('href')) ?? '').split('/').at(-1) ?? '';
    assert.equal(
      await page.locator('a[href*="/proposals/"]').count(),
      0,
      'a steward registers what is theirs',
    );
    const [, mapping = ''] = dataset.split('.');
    await transport.client.sendFile(dataset, readFileSync(path), { mapping });

    await page.getByRole('link', { name: texts.grant }).click();
    await page.getByLabel(texts.to).selectOption('education');
    await page.getByLabel(texts.purpose).first().selectOption('statistics');
    await page.getByLabel(texts.until, { exact: true }).fill(validTerm.until.slice(0, 10));
    await page.getByLabel(texts.basis).first().fill('统计法');
    assert.ok(await check.isDisabled(), 'no field is given before it is chosen');
    assert.ok((await chooseFields(page)) > 0);
    await check.click();
    await page.getByRole('status').filter({ hasText: texts.holds }).waitFor();
    if (place < 2) {
      await picture(page, `agreement-checked-${language}`);
      await page.setViewportSize({ width: 390, height: 800 });
      await picture(page, `agreement-checked-${language}-narrow`);
      await page.setViewportSize({ width: 1440, height: 900 });
    }
    await healthy(watched, `${name}: agreement`);
    const saved = page.waitForEvent('download');
    await page.getByRole('button', { name: texts.save }).click();
    const file = join(home, `agr-education-${mapping}.yaml`);
    await (await saved).saveAs(file);
    await town.city.apply(file, [transport, town.city.education]);
    const answer = await town.city.education.client.query(
      dataset,
      { limit: 5 },
      { purpose: 'statistics', agreement: `agr-education-${mapping}` },
    );
    const { records } = answer.json;
    assert.ok(records.length >= 4, JSON.stringify(records));
    if (hidden !== undefined) assert.doesNotMatch(JSON.stringify(records), hidden, 'masked');
    await context.close();
    await inOtherLanguage(path, dataset, language === 'zh' ? 'en' : 'zh');
  });
