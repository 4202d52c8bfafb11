/** What an administrator of the database took out of the log, as pages of the console show it. Run on the hub of officer.test.ts. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { entry } from '../../hub/log/entry.ts';
import { uuid7 } from '../../machine/uuid7.ts';
import type { TestDatabase } from '../database.ts';
import type { City, TestHub } from '../hub.ts';
import { readWholeLog } from '../readWholeLog.ts';
import { readBackIsOver, takenOut } from '../takenOut.ts';
import { newestIndexOf } from '../flows/leaves.ts';
import { healthy, type signing } from './pages.ts';

interface Stage extends Pick<
  ReturnType<typeof signing<'security' | 'auditor' | 'clerk'>>,
  'signedIn' | 'open'
> {
  readonly hub: TestHub;
  readonly database: TestDatabase;
  readonly city: City;
  /** `YYYY-MM-DD` */
  readonly today: string;
  /** a person whose tokens the log still has */
  readonly person: string;
}

export function goneOnPages({ hub, database, city, signedIn, open, today, person }: Stage): void {
  test('missing entries of the log are shown on each page where they would be', async () => {
    const facts = { consumer: 'education', provider: 'pub-security', dataset: 'pub-security.household' };
    const released = (agreement: string): Promise<{ readonly index: number }> => {
      const now = database.now();
      return hub.hub.audit.append(
        entry({
          exchange: uuid7(now),
          now,
          operation: 'queryDataset',
          kind: 'release',
          carried: undefined,
          actor: { proven: { department: 'education' } },
          facts: { ...facts, agreement, rows: { delivered: 1, withheld: 0 } },
        }),
      );
    };
    const { index: release } = await released('agr-taken@1');
    await city.education.client.query(
      'pub-security.household',
      { filter: [{ field: 'person_id', op: 'eq', value: person }] },
      {
        purpose: 'school-enrolment',
        agreement: 'agr-school-enrolment',
        onBehalfOf: 'official-17',
        matter: 'YX-2026-000124',
      },
    );
    const seeing = await newestIndexOf(database, 'queryDataset');
    const look = await newestIndexOf(database, 'searchEntries');
    const about = await newestIndexOf(database, 'giveConsent');
    const more = 1_024 - (hub.hub.audit.size() % 1_024);
    await Promise.all(Array.from({ length: more }, () => released('agr-more@1')));
    await readWholeLog(hub.hub.database.app, hub.hub.audit.size());
    await readBackIsOver();
    const warningOf = (index: number): RegExp =>
      new RegExp(
        `^另有 1 条应在此列，日志中却没有，被人取走：第 ${index} 条；请运行 datong audit verify，并保留数据库现场。$`,
      );
    await takenOut(database, [release, seeing, look, about], async () => {
      const officer = await signedIn('zh', 'security');
      const { page } = officer;
      await open(page, 'reads');
      await page.getByRole('alert').getByText(warningOf(look)).waitFor();
      await healthy(officer, 'looks of which one is gone');
      await open(page, 'incidents');
      await page.getByLabel('起始日').fill(today);
      await page.getByLabel('截止日（含）').fill(today);
      await page.getByLabel('事由（记入日志）').fill('密钥遗失');
      await page.getByLabel('事件编号（记入日志）').fill('AQ-2026-2');
      await page.getByLabel('协议', { exact: true }).fill('agr-taken@1');
      await page.getByRole('button', { name: '评估影响' }).click();
      await page.getByRole('alert').getByText(warningOf(release)).waitFor();
      assert.match((await page.locator('pre').first().textContent()) ?? '', /其接收方与数据项已不可知/);
      await officer.context.close();
      const searching = await signedIn('en', 'auditor');
      await open(searching.page, 'audit?operation=giveConsent');
      await searching.page
        .getByRole('alert')
        .getByText(
          `1 more belong here and are missing from the log; they were removed: ${about}; run datong audit verify, and leave the database as it is.`,
        )
        .waitFor();
      await searching.context.close();
      const desk = await signedIn('zh', 'clerk');
      await open(desk.page, 'counter');
      await desk.page.getByLabel('身份证件号码').fill(person);
      await desk.page.getByLabel('申请表编号（记入日志）').fill('CK-2026-0033');
      await desk.page.getByRole('button', { name: '查询' }).click();
      await desk.page.getByRole('alert').getByText('另有 1 条涉及您的记录已不在日志中').waitFor();
      await desk.context.close();
    });
  });
}
