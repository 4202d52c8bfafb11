/** A schema is written as a form in a real browser: next to the check, in step with its JSON, as a new version and as a first one. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { openBrowser } from './openBrowser.ts';
import { attack, healthy, picture } from './pages.ts';
import { open, registryCity, textOfAttacker, signedIn } from './registryCity.ts';

const town = await registryCity(false);
const browser = await openBrowser();
after(async () => {
  await browser.close();
  await town.hub.stop();
});
const police = await town.person('演示 公安甲', 'steward', 'pub-security');

const field = (title: object): object => ({
  type: 'string',
  maxLength: 40,
  'x-title': title,
  'x-sensitivity': 'L1',
  'x-personal': 'none',
});
const street = { street: { ...field({ zh: '街道', en: 'Street' }), pattern: '^.*$' } };
const schema = (version: string): Record<string, unknown> => ({
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: `urn:datong:lights:${version}`,
  $comment: attack,
  'x-title': textOfAttacker,
  'x-class': 'general',
  'x-primary-key': ['/lamp'],
  type: 'object',
  required: ['lamp'],
  properties: { lamp: field(textOfAttacker), ...street },
  additionalProperties: false,
});
await town.staff(police, 'POST', '/v1/schemas', { document: schema('1.0') });

test('a version is edited as a form next to the check, in step with its JSON, and what the form does not show is unchanged', async () => {
  const watched = await signedIn(browser, town, 'zh', police);
  const { page } = watched;
  await open(page, town, 'schemas/new?from=lights/1.0&view=json');
  const text = page.getByLabel('标准正文');
  // the next version, as the page begins it
  const nextVersion = schema('1.1');
  await page.getByRole('button', { name: '表单', exact: true }).click();
  const grid = page.getByRole('table', { name: '数据项' });
  await page.getByText(`$comment: ${JSON.stringify(attack)}`).waitFor();
  // a field that readers have is removed: the check next to the form names it
  await grid.getByRole('button', { name: '街道：更多' }).click();
  await page.getByText('pattern: "^.*$"').waitFor();
  await page.getByRole('button', { name: '删除数据项' }).click();
  await page.getByRole('button', { name: '确认删除 街道' }).click();
  await page.getByText('schema_incompatible').first().waitFor();
  await page.getByText('兼容承诺：BACKWARD').waitFor();
  await picture(page, 'zh-schema-form-breaks');
  await page.getByRole('button', { name: 'JSON 文本', exact: true }).click();
  await text.fill(JSON.stringify(nextVersion));
  await page.getByRole('button', { name: '表单', exact: true }).click();
  await page.getByRole('button', { name: '增加数据项' }).click();
  const name = page.getByLabel('field_1：代码');
  await name.fill('street');
  await page.getByText('且不与其他数据项重复').waitFor();
  await name.fill('watts');
  await page.getByLabel('watts：中文名称').fill('功率');
  await page.getByLabel('功率：类型').selectOption('integer');
  await page.getByLabel('功率：敏感级别').selectOption('L1');
  await page.getByRole('button', { name: '功率：更多' }).click();
  await page.getByLabel('英文名称').last().fill('Watts');
  await page.getByLabel('个人信息').selectOption('none');
  await page.getByText('可以登记').waitFor();
  await healthy(watched, 'form');
  await picture(page, 'zh-schema-form');
  await page.getByRole('button', { name: 'JSON 文本', exact: true }).click();
  const { properties, ...others } = nextVersion as { readonly properties: object };
  assert.deepEqual(JSON.parse(await text.inputValue()), {
    ...others,
    properties: {
      ...properties,
      watts: {
        'x-title': { zh: '功率', en: 'Watts' },
        type: 'integer',
        'x-sensitivity': 'L1',
        'x-personal': 'none',
      },
    },
  });
  await watched.context.close();
});

test('a first version is written as a form, and registered', async () => {
  const watched = await signedIn(browser, town, 'zh', police);
  const { page } = watched;
  await open(page, town, 'schemas/new');
  await page.getByText('还没有数据项。').waitFor();
  assert.ok(await page.getByRole('button', { name: '提交登记' }).isDisabled());
  await page.getByLabel('标准代码').fill('poles');
  await page.getByLabel('中文名称').fill('灯杆');
  await page.getByLabel('英文名称').fill('Poles');
  await page.getByRole('button', { name: '增加数据项' }).click();
  await page.getByLabel('field_1：代码').fill('pole');
  await page.getByLabel('pole：中文名称').fill('杆号');
  await page.getByLabel('杆号：敏感级别').selectOption('L1');
  await page.getByRole('button', { name: '杆号：更多' }).click();
  await page.getByLabel('英文名称').last().fill('Pole');
  await page.getByLabel('主键').check();
  assert.ok(await page.getByLabel('杆号：必填').isChecked());
  // the check reports at the field what it needs
  await page.getByRole('table', { name: '数据项' }).getByText('文本没有长度上限').waitFor();
  await page.getByLabel('最多字数').fill('20');
  await page.getByText('可以登记').waitFor();
  await page.getByRole('button', { name: '提交登记' }).click();
  await page.getByText(/已登记：/).waitFor();
  await healthy(watched, 'first version');
  const { document } = await town.staff(police, 'GET', '/v1/schemas/urn:datong:poles:1.0');
  assert.deepEqual((document as { properties: object }).properties, {
    pole: { 'x-title': { zh: '杆号', en: 'Pole' }, type: 'string', maxLength: 20, 'x-sensitivity': 'L1' },
  });
  await watched.context.close();
});
