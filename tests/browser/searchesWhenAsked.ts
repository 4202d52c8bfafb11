/** The page of the audit log searches when it is asked: every search is an entry of the log. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { healthy, picture, type signing } from './pages.ts';

export function searchesWhenAsked({
  signedIn,
  open,
}: Pick<ReturnType<typeof signing<'auditor'>>, 'signedIn' | 'open'>): void {
  test('a page that is only opened searches nothing; a search without conditions is one of released data', async () => {
    const watched = await signedIn('zh', 'auditor');
    const { page } = watched;
    const sent: (string | null)[] = [];
    page.on('request', (request) => {
      if (request.method() === 'POST' && request.url().endsWith('/v1/log/searches'))
        sent.push(request.postData());
    });
    await open(page, 'audit');
    await page.getByText('填写条件后按“查找”。每次查找都记入日志。').waitFor();
    await page.waitForLoadState('networkidle');
    assert.equal(sent.length, 0);
    await page.getByRole('button', { name: '查找', exact: true }).click();
    await page
      .getByRole('listitem')
      .filter({ hasText: /局 请求数据/ })
      .first()
      .waitFor();
    assert.match(sent[0] ?? '', /"kind":"release"/);
    await page.getByText(/^共 \d+ 条$/).waitFor();
    await page.getByRole('link', { name: '申请证据' }).waitFor();
    await page.getByRole('button', { name: '全部类别' }).click();
    // an act of a person: department, name and the summary of the operation
    await page
      .getByRole('listitem')
      .filter({ hasText: /演示 审计员 查阅“/ })
      .first()
      .waitFor();
    assert.doesNotMatch(sent.at(-1) ?? '', /"kind"/);
    // stored without a condition, it is the same search when it is opened
    const saved = page.getByRole('region', { name: '已保存的查找' });
    await saved.getByLabel('名称').fill('全部');
    await saved.getByRole('button', { name: '保存', exact: true }).click();
    const link = saved.getByRole('link', { name: '全部', exact: true });
    await link.waitFor();
    await open(page, 'audit');
    assert.equal(
      await saved.getByRole('button', { name: '保存', exact: true }).isDisabled(),
      true,
      'nothing to store',
    );
    const before = sent.length;
    await link.click();
    await page
      .getByRole('listitem')
      .filter({ hasText: /演示 审计员 查阅“/ })
      .first()
      .waitFor();
    assert.equal(sent.length, before + 1);
    assert.doesNotMatch(sent.at(-1) ?? '', /"kind"/);
    await picture(page, 'zh-officer-all-kinds');
    await healthy(watched, 'all kinds');
    await watched.context.close();
  });
}
