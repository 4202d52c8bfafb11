/** The texts by which persons are asked: whose word counts, in which language, for which purposes. Run on the hub of consent.test.ts. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { GivenConsent } from '../../clients/sdk/consents.ts';
import type { Database } from '../../hub/platform/database/database.ts';
import { noticesWanted } from '../../hub/features/consents/store/notices.ts';
import type { City, Machine, TestHub } from '../hub.ts';

export interface NoticeStage {
  readonly hub: TestHub;
  readonly city: City;
  readonly database: Database;
  /** of the notice of school meals, once it is registered */
  readonly digest: () => string;
  /** What a consent that a department submits, with these changes, is answered. */
  readonly refusedBy: (by: Machine['client'], change: Partial<GivenConsent>) => Promise<string>;
}

export function noticeTests({ hub, city, database, digest, refusedBy }: NoticeStage): void {
  const { client: police } = city.publicSecurity;
  const digestUnder = async (reference: string): Promise<string> => {
    const { rows } = await database.app.query<{ digest: string }>(
      'SELECT digest FROM consent_notice WHERE reference = $1',
      [reference],
    );
    return rows[0]?.digest ?? '';
  };

  describe('the text that a person was shown', () => {
    test('a notice counts in the language it is in, and no other text comes under its name', async () => {
      const requested = { notice: { digest: digest(), language: 'en' as const } };
      assert.equal(await refusedBy(police, requested), 'notice_unknown');
      const another = await hub.staff(city.operator, 'POST', '/v1/notices', {
        reference: 'notice-school-meals',
        owner: 'pub-security',
        language: 'zh',
        purposes: ['school-meals'],
        text: '同一编号下的另一份文本，写给同一群家长，内容却不一样。',
      });
      assert.deepEqual([another.status, another.json['code']], [409, 'already_registered']);
    });

    test('statements of uninvolved departments count for no one, and take no text from those involved', async () => {
      const registered = (owner: string) =>
        hub.staff(city.operator, 'POST', '/v1/notices', {
          reference: 'notice-said-twice',
          owner,
          language: 'zh',
          purposes: ['school-meals'],
          text: '市教育局请求查询您孩子的姓名和家庭年收入所在区间，用于营养餐资助。',
        });
      assert.equal((await registered('ecology')).status, 201);
      const { rows } = await database.app.query<{ digest: string }>(
        "SELECT digest FROM consent_notice WHERE owner = 'ecology'",
      );
      const same = { notice: { digest: rows[0]?.digest ?? '', language: 'zh' as const } };
      assert.equal(await refusedBy(police, same), 'notice_unknown');
      assert.equal((await registered('education')).status, 201, 'the recipient says the same');
      assert.equal((await registered('education')).status, 200, 'said once');
      assert.equal(await refusedBy(police, same), 'answered');
    });

    test('where the provider has registered the text, the purposes that the recipient writes under it add nothing', async () => {
      const register = (owner: string, purposes: readonly string[]) =>
        hub.staff(city.operator, 'POST', '/v1/notices', {
          reference: 'notice-widened',
          owner,
          language: 'zh',
          purposes,
          text: '市教育局请求查询您孩子的姓名，只用于核定营养餐资助资格，不作他用。',
        });
      const own = await register('education', ['school-meals', 'school-enrolment']);
      assert.equal(own.status, 201);
      const requested = {
        notice: { digest: await digestUnder('notice-widened'), language: 'zh' as const },
        purposes: ['school-meals', 'school-enrolment'],
      };
      assert.equal((await register('pub-security', ['school-meals'])).status, 201);
      assert.equal(await refusedBy(police, requested), 'consent_invalid');
      assert.equal(await refusedBy(police, { ...requested, purposes: ['school-meals'] }), 'answered');
      assert.equal(
        (await register('education', ['school-meals', 'school-enrolment'])).status,
        200,
        'it stands',
      );
      const [offered] = await noticesWanted(
        database.app,
        [
          {
            purpose: 'school-enrolment',
            provider: 'pub-security',
            recipient: 'education',
            collector: 'data-office',
          },
        ],
        'zh',
      );
      assert.notEqual(offered?.digest, requested.notice.digest, 'not on the own page of the person either');
      // called by another language, the recipient's entry does not put the provider's aside
      const called = (owner: string, language: string, purposes: readonly string[]) =>
        hub.staff(city.operator, 'POST', '/v1/notices', {
          reference: 'notice-called-english',
          owner,
          language,
          purposes,
          text: '市教育局请求查询您孩子的姓名，只用于核定营养餐资助资格，另行登记。',
        });
      assert.equal((await called('education', 'en', ['school-meals', 'school-enrolment'])).status, 201);
      assert.equal((await called('pub-security', 'zh', ['school-meals'])).status, 201);
      const english = { digest: await digestUnder('notice-called-english'), language: 'en' as const };
      assert.equal(await refusedBy(police, { ...requested, notice: english }), 'notice_unknown');
      const text = '市教育局请求查询您孩子的姓名，用于核定补助，告知书由公安局先行登记。';
      const later = (owner: string, purposes: readonly string[]) =>
        hub.staff(city.operator, 'POST', '/v1/notices', {
          reference: 'notice-of-the-provider',
          owner,
          language: 'zh',
          purposes,
          text,
        });
      assert.equal((await later('pub-security', ['school-meals'])).status, 201);
      const wider = await later('education', ['school-meals', 'school-enrolment']);
      assert.deepEqual([wider.status, wider.json['code']], [409, 'notice_purposes_differ']);
      assert.equal((await later('education', ['school-meals'])).status, 201, 'the same word');
      const stranger = await later('ecology', ['school-enrolment']);
      assert.equal(stranger.status, 201, 'a notice of a department without a part in it has no effect');
    });

    test('one reference is one text, however many register at once', async () => {
      const replies = await Promise.all(
        Array.from({ length: 6 }, (_, i) =>
          hub.staff(city.operator, 'POST', '/v1/notices', {
            reference: 'notice-at-once',
            owner: 'pub-security',
            language: 'zh',
            purposes: ['school-meals'],
            text: `同时登记的第 ${i} 份告知书，内容各不相同，只有一份算数。`,
          }),
        ),
      );
      assert.deepEqual(replies.map(({ status }) => status).sort(), [201, 409, 409, 409, 409, 409]);
      const doubled = database.owner.query(
        `INSERT INTO consent_notice (digest, reference, owner, language, text, purposes, registered_by)
         SELECT repeat('0', 64), reference, owner, language, text, purposes, registered_by FROM consent_notice WHERE reference = 'notice-at-once'`,
      );
      await assert.rejects(doubled, { code: '23505' });
    });
  });
}
