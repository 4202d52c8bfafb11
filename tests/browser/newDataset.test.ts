/** The ten files of tests/ownFiles.ts in the console: chosen, drafted, registered, granted by an agreement that is checked before it is signed. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { Page } from 'playwright-core';
import { ownFiles } from '../ownFiles.ts';
import { openBrowser } from './openBrowser.ts';
import { healthy, picture } from './pages.ts';
import { open, registryCity, signedIn } from './registryCity.ts';

const town = await registryCity(false);
const browser = await openBrowser();
const home = mkdtempSync(join(tmpdir(), 'datong-console-files-'));
const transport = await town.hub.enrol('transport');
const steward = await town.person('演示 交通甲', 'steward', 'transport');
after(async () => {
  await browser.close();
  await town.hub.stop();
  rmSync(home, { recursive: true, force: true });
});

const words = {
  zh: {
    ...{
      drop: '把文件拖到这里，或选择文件',
      check: '检查',
      register: '登记',
      sample: '样例（按通常的脱敏）',
    },
    ...{
      sure: /^登记 transport\./,
      open: '打开数据资源',
      grant: '发起授权',
      to: '提供给',
      purpose: '使用场景',
    },
    ...{ until: '有效期至', basis: '法律法规名称', holds: /检查通过/, save: '下载协议文件', name: '名称' },
    wrong: '还不能登记',
  },
  en: {
    ...{ drop: 'Drop a file here, or choose one', check: 'Check', register: 'Register' },
    ...{ sample: 'Sample rows, masked as usual', sure: /^Register transport\./, open: 'Open the dataset' },
    ...{
      grant: 'New agreement',
      to: 'Given to',
      purpose: 'Purpose',
      until: 'Valid until',
      basis: 'Law or regulation',
    },
    ...{
      holds: /It can be signed/,
      save: 'Save the agreement',
      name: 'Name',
      wrong: 'It cannot be registered yet',
    },
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

for (const [place, { name, write, hidden, language }] of ownFiles.entries())
  test(`${name}: from the file to a granted, masked answer in the console (${language})`, async () => {
    const said = words[language];
    const path = join(home, name);
    write(path);
    const watched = await signedIn(browser, town, language, steward);
    const { page, context } = watched;
    await open(page, town, 'datasets/new');
    await page.getByLabel(said.drop).setInputFiles(path);
    const check = page.getByRole('button', { name: said.check, exact: true });
    await check.waitFor();
    if (place === 0) {
      const named = page.getByLabel(said.name, { exact: false }).first();
      const proposed = await named.inputValue();
      await named.fill('Not A Name');
      await check.click();
      await page.getByRole('alert').filter({ hasText: said.wrong }).waitFor();
      await named.fill(proposed);
    }
    await check.click();
    await page.getByRole('heading', { name: said.sample }).waitFor();
    const sample = await page.getByRole('table', { name: said.sample }).innerText();
    if (hidden !== undefined) assert.doesNotMatch(sample, hidden, 'masked');
    if (place < 2) {
      await picture(page, `dataset-drafted-${language}`);
      await page.setViewportSize({ width: 390, height: 800 });
      await picture(page, `dataset-drafted-${language}-narrow`);
      await page.setViewportSize({ width: 1440, height: 900 });
    }
    await healthy(watched, `${name}: dataset`);
    await page.getByRole('button', { name: said.register, exact: true }).click();
    await page.getByRole('button', { name: said.sure }).click();
    const made = page.getByRole('link', { name: said.open });
    await made.waitFor();
    const dataset = ((await made.getAttribute('href')) ?? '').split('/').at(-1) ?? '';
    assert.equal(
      await page.locator('a[href*="/proposals/"]').count(),
      0,
      'a steward registers what is theirs',
    );
    const [, mapping = ''] = dataset.split('.');
    await transport.client.sendFile(dataset, readFileSync(path), { mapping });

    await page.getByRole('link', { name: said.grant }).click();
    await page.getByLabel(said.to).selectOption('education');
    await page.getByLabel(said.purpose).first().selectOption('statistics');
    await page.getByLabel(said.until, { exact: true }).fill('2027-12-31');
    await page.getByLabel(said.basis).first().fill('统计法');
    assert.ok(await check.isDisabled(), 'no field is given before it is chosen');
    assert.ok((await chooseFields(page)) > 0);
    await check.click();
    await page.getByRole('status').filter({ hasText: said.holds }).waitFor();
    if (place < 2) {
      await picture(page, `agreement-checked-${language}`);
      await page.setViewportSize({ width: 390, height: 800 });
      await picture(page, `agreement-checked-${language}-narrow`);
      await page.setViewportSize({ width: 1440, height: 900 });
    }
    await healthy(watched, `${name}: agreement`);
    const saved = page.waitForEvent('download');
    await page.getByRole('button', { name: said.save }).click();
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
  });
