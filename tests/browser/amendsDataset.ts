/** A steward amends a dataset on its page: how often a file is expected, and who decides its held batches. */
import assert from 'node:assert/strict';
import type { Watched } from './openBrowser.ts';
import { healthy, picture } from './pages.ts';
import type { Reader, RegistryCity } from './registryCity.ts';

/** @param steward of its department, whose page is open there */
export async function amendsDataset(
  town: RegistryCity,
  watched: Watched,
  steward: Reader,
  dataset: string,
): Promise<void> {
  const { page } = watched;
  const amend = page.getByRole('form', { name: '更改数据资源' });
  await amend.getByLabel('报送周期').selectOption('month');
  const decider = amend.getByLabel('待核批次的核定人');
  await decider.locator('option').nth(1).waitFor({ state: 'attached' });
  await decider.selectOption({ index: 1 });
  const decides = await decider.inputValue();
  await amend.getByLabel('理由').fill('按月报送');
  await amend.getByRole('button', { name: '更改数据资源' }).click();
  await page.getByText('已更改，已记入日志').waitFor();
  await picture(page, 'zh-dataset-amended');
  await healthy(watched, 'dataset amended');
  const { dataset: read } = await town.staff(steward, 'GET', `/v1/datasets/${dataset}`);
  const { intake } = read as { readonly intake: { readonly decides?: string; readonly expect?: object } };
  assert.deepEqual([intake.decides, intake.expect], [decides, { every: 'month', by: 1 }]);
}
