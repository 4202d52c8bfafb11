/**
 * What each person does most, walked as a new user would: in both languages, on two screens and a phone. The acts are counted, and are those of
 * console/DESIGN.md. Clerk, reviewer and officer also get there by the keyboard alone.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { Page } from 'playwright-core';
import { en } from '../../console/src/words/en.ts';
import { zh, type Words } from '../../console/src/words/zh.ts';
import { problemCatalogue } from '../../terms/problemCatalogue.ts';
import { encodeGb18030 } from '../../terms/gb18030.ts';
import { entryOf } from '../catalogueEntry.ts';
import { readSamplePlan, samplePlan } from '../samplePlan.ts';
import { waitingRequest } from '../waitingRequest.ts';
import { countActs, narrow, took, tookTable } from './journeys.ts';
import { openBrowser, type Watched } from './openBrowser.ts';
import { healthy, picture, tabTo, type Language } from './pages.ts';
import { registryCity, signedIn, type Reader } from './registryCity.ts';
import { validTerm } from '../newYear.ts';

const town = await registryCity(false);
const folder = mkdtempSync(join(tmpdir(), 'datong-journeys-'));
const browser = await openBrowser();
after(async () => {
  await browser.close();
  await town.hub.stop();
  rmSync(folder, { recursive: true, force: true });
});
const { city, database, hub } = town;
const household = 'pub-security.household';
const people = {
  clerk: await town.person('演示 报送员', 'clerk', 'pub-security'),
  police: await town.person('演示 公安甲', 'steward', 'pub-security'),
  police2: await town.person('演示 公安乙', 'steward', 'pub-security'),
  asker: await town.person('演示 教育甲', 'steward', 'education'),
  reviewer: await town.person('演示 教育乙', 'steward', 'education'),
  officer: await town.person('演示 审计员', 'auditor'),
  leader: await town.person('演示 市领导', 'leader'),
  duty: await town.person('演示 值班员', 'clerk', 'education'),
  newcomer: await town.person('演示 交通甲', 'steward', 'transport'),
};
// a second dataset, so that a clerk has a choice
await town.staff({ token: city.operator, name: '' }, 'POST', '/v1/datasets', {
  id: 'pub-security.moves',
  title: { zh: '迁移登记', en: 'Moves' },
  schema: 'urn:datong:household:1.0',
  mode: 'snapshot',
  sharing: { type: 'none' },
});
{
  const conditions = '仅限法定职责所需；须载明经办人和办件号';
  const sharing = { type: 'conditional', conditions, manner: 'interface' };
  const title = { zh: '户籍人口', en: 'Household register' };
  const entry = entryOf(household, { title, sharing, updateFrequency: 'monthly' });
  const { proposal, digest } = await town.staff(people.police, 'POST', '/v1/catalogue', entry);
  await town.staff(people.police2, 'POST', `/v1/proposals/${String(proposal)}/acceptance`, { digest });
}
await city.apply('air-warning/topic.yaml');
await city.apply('air-warning/agreement.yaml', [city.education, city.ecology]);
await city.apply('air-warning/response.yaml');
const [step] = readSamplePlan().steps;
assert.ok(step);
await samplePlan(hub, { steps: [{ ...step, departments: ['education'], roles: ['clerk', 'steward'] }] });

const header =
  '公民身份号码,姓名,性别,出生日期,户号,与户主关系,住址,行政区划代码,手机号码,监护人身份号码,迁入日期,年收入（元）';
const child = '990101202108021580';
/** A file of three persons; each number makes another one. @param born of the child; a day that no calendar has is a bad row */
const file = (number: number, born: string) => ({
  name: `户籍-${number}.csv`,
  mimeType: 'text/csv',
  buffer: Buffer.from(
    encodeGb18030(
      [
        header,
        `990101197610118739,孙伟,男,19761011,H000001,户主,云栖市东溪区文澜路${number}号,990101,15406098071,,20171207,"109,366.00"`,
        '990101197901190423,周若曦,女,19790119,H000001,配偶,云栖市东溪区文澜路152号,990101,,,20171207,"112,790.80"',
        `${child},孙梓萱,女,${born},H000001,女,云栖市东溪区文澜路${number}号,990101,,990101197610118739,20171207,0.00`,
        '',
      ].join('\r\n'),
    ),
  ),
});
let files = 0;
const good = () => file((files += 1), '20210802');
const bad = () => file((files += 1), '20210230');
const undertaking = { name: '承诺书.pdf', mimeType: 'application/pdf', buffer: Buffer.from('undertaking') };
const send = (one: ReturnType<typeof file>): Promise<unknown> =>
  city.publicSecurity.client.sendFile(household, one.buffer, { mapping: 'household', fileName: one.name });
await send(good());
await city.education.client.query(
  household,
  { filter: [{ field: 'person_id', op: 'eq', value: child }] },
  {
    purpose: 'school-enrolment',
    agreement: 'agr-school-enrolment',
    onBehalfOf: 'o',
    matter: 'RX-2026-000001',
  },
);
let warnings = 0;
async function warn(): Promise<void> {
  warnings += 1;
  await city.ecology.client.events.publish('ecology.air-warnings', [
    {
      specversion: '1.0',
      id: `e-${warnings}`,
      source: 'test',
      type: 'ecology.air-warning-issued',
      data: { warning_id: `w-${warnings}`, district: '990101', level: 'red' },
    },
  ]);
}
const requested = (name: string, days: number): Promise<string> =>
  waitingRequest({ hub, database, consumer: people.asker.token, second: people.reviewer.token }, name, days);
/** A request that the second steward of the consumer decides. */
async function unseen(name: string): Promise<string> {
  const wanted = {
    kind: 'Agreement',
    id: `agr-${name}`,
    version: 1,
    title: { zh: name, en: name },
    provider: 'pub-security',
    consumer: 'education',
    purposes: ['school-enrolment'],
    basis: { type: 'statutory', reference: '中华人民共和国义务教育法' },
    valid: validTerm,
    grants: [
      {
        dataset: household,
        schema: 'household@1',
        lookupBy: ['person_id'],
        fields: { name: { mask: 'clear' } },
      },
    ],
  };
  const papers = { reason: '核验入学资格', commitment: 'a'.repeat(64) };
  const { id } = await town.staff(people.asker, 'POST', '/v1/requests', { document: wanted, papers });
  return String(id);
}

const dictionaries: Readonly<Record<Language, Words>> = { zh, en };
type Say = (word: keyof Words, facts?: Readonly<Record<string, string | number>>) => string;
const sayIn =
  (language: Language): Say =>
  (word, facts = {}) =>
    dictionaries[language][word].replaceAll(/\{(\w+)\}/g, (_, name: string) => String(facts[name] ?? ''));

/** The label of a choice has its options too. */
/** The second button, which goes on to name what is granted. */
const sureOfPass = /^(?:确认同意：|Confirm: )/;
const begins = (label: string): RegExp => new RegExp(`^${label.replaceAll(/[()（）]/g, '.')}`);

interface Walk {
  readonly watched: Watched;
  readonly page: Page;
  readonly say: Say;
  readonly language: Language;
  /** in names of what a journey makes: no two are the same */
  readonly name: string;
  /** a page of the menu, which a phone opens by a button */
  readonly choose: (word: keyof Words) => Promise<void>;
  readonly press: (name: string | RegExp) => Promise<void>;
  readonly follow: (name: string | RegExp) => Promise<void>;
}

/** By its row in console/DESIGN.md: the person, what waits before, and the steps. */
const journeys: Readonly<
  Record<
    string,
    readonly [
      who: Reader,
      before: (name: string) => Promise<unknown>,
      walk: (one: Walk, made: unknown) => Promise<void>,
    ]
  >
> = {
  'clerk corrects a held batch': [
    people.clerk,
    () => send(bad()).catch(() => undefined),
    async ({ page, say, press, follow }) => {
      await follow(new RegExp(`^${say('hmMend', { n: 1 })} `));
      await page.getByLabel(`${say('line')} 4 出生日期`).fill('20210802');
      await press(say('mendHere', { n: 1 }));
      await page.getByText(say('st_published')).first().waitFor();
      // the batch that was replaced asks for nothing any more
      await page.getByText(say('st_superseded'), { exact: true }).waitFor();
      const { zh: next, en: nextInEnglish } = problemCatalogue.too_many_bad_rows.next;
      assert.equal(await page.getByText(next).or(page.getByText(nextInEnglish)).count(), 0);
    },
  ],
  "clerk sends the month's file": [
    people.clerk,
    () => Promise.resolve(),
    async ({ page, say, choose, press }) => {
      await choose('send');
      await page.getByLabel(begins(say('dataset'))).selectOption(household);
      await page.getByLabel(say('sendDrop')).setInputFiles(good());
      await press(say('sendStart'));
      await page.getByText(say('st_published')).first().waitFor();
    },
  ],
  'consumer requests data': [
    people.asker,
    () => Promise.resolve(),
    async ({ page, say, language, choose, press, follow }) => {
      const field = language === 'zh' ? '姓名' : 'Name';
      await choose('catalogue');
      await follow(new RegExp(`^${say('catAskFor', { name: '' })}.*(户籍人口|Household register)`));
      await page.getByLabel(begins(say('rqPurpose'))).selectOption('school-enrolment');
      await page.getByLabel(begins(say('rqReference'))).fill('中华人民共和国义务教育法');
      await page
        .getByRole('combobox', { name: say('rqFieldPick', { field }), exact: true })
        .selectOption({ index: 1 });
      await page.getByLabel(say('rqFieldReasonOf', { field })).fill('核对姓名');
      await page.getByLabel(begins(say('rqReason'))).fill('核验入学资格');
      await page.getByLabel(begins(say('rqCommitment'))).setInputFiles(undertaking);
      await press(say('rqSend'));
      await page.getByText(say('rqHistory'), { exact: true }).waitFor();
    },
  ],
  'reviewer agrees to a request': [
    people.reviewer,
    (name) => unseen(name),
    async ({ page, say, name, press, follow }) => {
      await follow(new RegExp(`^${say('open')} ${name} `));
      await page.getByText(say('rqYours')).waitFor();
      await press(say('rqPass'));
      await press(sureOfPass);
      await page.getByText(say('rqYours')).waitFor({ state: 'detached' });
    },
  ],
  "officer finds a person's entries": [
    people.officer,
    () => Promise.resolve(),
    async ({ page, say, choose, press }) => {
      await choose('audit');
      await aboutChild(page, say);
      await press(say('search'));
      await page.getByText(say('aboutOne', { case: 'XF-2026-0001' })).waitFor();
    },
  ],
  'leader urges an overdue item': [
    people.leader,
    (name) => requested(name, 60),
    async ({ page, say, press }, made) => {
      await press(`${say('urge')} ${String(made)}`);
      await page
        .getByRole('row', { name: String(made) })
        .getByText(new RegExp(`^${say('urgedTimes', { n: 1 }).slice(0, 5)}`))
        .waitFor();
    },
  ],
  'duty officer acknowledges an event': [
    people.duty,
    warn,
    async ({ page, say, press, follow }) => {
      await follow(new RegExp(`^${say('open')} .* · ${step.id}`));
      await press(say('oeAcknowledge'));
      await page
        .getByRole('button', { name: say('oeAcknowledge'), exact: true })
        .waitFor({ state: 'detached' });
    },
  ],
  'duty officer acknowledges all events': [
    people.duty,
    async () => {
      for (let number = 0; number < 3; number += 1) await warn();
    },
    async ({ page, say, press }) => {
      await press(say('oeAllReceived', { n: 3 }));
      await press(say('oeAllReceivedSure', { n: 3 }));
      await page.getByText(say('ln_todayNone')).waitFor();
    },
  ],
  'steward registers a dataset from a file': [
    people.newcomer,
    () => Promise.resolve(),
    async ({ page, say, name, choose, press, follow }) => {
      const path = join(folder, `${name}.csv`);
      writeFileSync(path, '站点编号,站名,备注\nS01,东门,甲\nS02,西门,乙\nS03,南门,丙\n');
      await choose('catalogue');
      await follow(say('ndNew'));
      await page.getByLabel(say('ndDrop')).setInputFiles(path);
      await press(say('ndCheck'));
      await press(say('ndRegister'));
      await page
        .getByRole('button', { name: new RegExp(`^${say('ndRegisterSure', { dataset: 'transport.' })}`) })
        .click();
      await page.getByRole('link', { name: say('ndOpen') }).waitFor();
    },
  ],
};

/** What a search about a person needs: opened, and typed. */
async function aboutChild(page: Page, say: Say): Promise<void> {
  await page.getByText(say('askSubject'), { exact: true }).click();
  await page.getByLabel(say('identifier'), { exact: true }).fill(child);
  await page.getByLabel(say('identifierIn'), { exact: true }).fill(household);
  await page.getByLabel(say('askReason'), { exact: true }).fill('信访投诉');
  await page.getByLabel(say('askCase'), { exact: true }).fill('XF-2026-0001');
}

/** From the first page of a person who has signed in. */
async function begun(who: Reader, language: Language, width: number, name: string): Promise<Walk> {
  const watched = await signedIn(browser, town, language, who);
  const { page } = watched;
  watched.context.setDefaultTimeout(15_000);
  const say = sayIn(language);
  await page.setViewportSize({ width, height: width < narrow ? 844 : 900 });
  await page.locator('main h1').waitFor();
  await page.waitForLoadState('networkidle');
  return {
    watched,
    page,
    say,
    language,
    name,
    choose: async (word) => {
      if (width < narrow) await page.getByRole('button', { name: `☰ ${say('menu')}` }).click();
      await page
        .getByRole('navigation')
        .getByRole('link', { name: say(word), exact: true })
        .click();
      await page.getByRole('heading', { level: 1, name: say(word), exact: true }).waitFor();
    },
    // the bar at the top has a search too
    press: (label) => page.locator('main').getByRole('button', { name: label, exact: true }).click(),
    follow: (label) => page.getByRole('link', { name: label, exact: true }).first().click(),
  };
}

/** Where `seen`, the last page is also looked at; the other two screens have the same pages. */
const screens = [
  ['zh', 1440, 'seen'],
  ['en', 1440],
  ['zh', 1280],
  ['en', 1280, 'seen'],
  ['zh', 390, 'seen'],
  ['en', 390, 'seen'],
] as const;

async function ended({ watched }: Walk, name: string, seen: string | undefined): Promise<void> {
  if (seen === undefined) assert.deepEqual(watched.faults, [], name);
  else {
    await picture(watched.page, `${name}-done`);
    await healthy(watched, name);
  }
  await watched.context.close();
}

for (const [place, [journey, [who, before, walk]]] of Object.entries(journeys).entries())
  for (const [language, width, seen] of screens)
    test(`${journey}: ${language}, ${width} wide`, async () => {
      const name = `walk-${place}-${language}-${width}`;
      const made = await before(name);
      const one = await begun(who, language, width, name);
      if (seen !== undefined) await picture(one.page, `${name}-home`);
      const acts = await countActs(one.page);
      const begunAt = performance.now();
      await walk(one, made);
      took(journey, width, await acts(), performance.now() - begunAt);
      assert.ok(
        (await one.page.evaluate<number>('document.documentElement.scrollWidth')) <= width,
        'nothing is pushed sideways',
      );
      await ended(one, name, seen);
    });

for (const [language, width, seen] of screens)
  test(`officer asks for evidence after a search: ${language}, ${width} wide`, async () => {
    const one = await begun(people.officer, language, width, '');
    const { page, say } = one;
    await one.choose('audit');
    await aboutChild(page, say);
    await one.press(say('search'));
    await page.getByText(say('aboutOne', { case: 'XF-2026-0001' })).waitFor();
    const acts = await countActs(page);
    const begunAt = performance.now();
    await one.follow(say('askEvidence'));
    // reason, case and dataset came along; the number of the person is in no address and no storage
    await page.getByLabel(say('identifier'), { exact: true }).fill(child);
    await one.press(say('askEvidence'));
    await page.getByText(say('evidenceOwn')).waitFor();
    took('officer asks for evidence after a search', width, await acts(), performance.now() - begunAt);
    await ended(one, `walk-evidence-${language}-${width}`, seen);
  });

test('the clicks, fields and seconds of every journey are reported', (t) => {
  const table = tookTable();
  assert.equal(table.length, Object.keys(journeys).length + 3, 'two heads, each journey, and evidence');
  for (const line of table) t.diagnostic(line);
});

/** Presses Enter on what is called so, having come there by Tab. */
async function enter(page: Page, wanted: string | RegExp): Promise<void> {
  await tabTo(page, wanted);
  await page.keyboard.press('Enter');
}
/** A whole name; the component library puts a space between two characters. */
const whole = (name: string): RegExp => new RegExp(`^${[...name].join('\\s?')}$`);

/** Types into what is called so, in place of what is there. */
async function type(page: Page, wanted: string, text: string): Promise<void> {
  await tabTo(page, wanted);
  await page.keyboard.press('Control+a');
  await page.keyboard.insertText(text);
}

test('a clerk corrects a held batch by the keyboard alone', async () => {
  await send(bad()).catch(() => undefined);
  const { page, say, watched } = await begun(people.clerk, 'zh', 1280, '');
  const acts = await countActs(page);
  await enter(page, `${say('hmMend', { n: 1 })} `);
  await page.getByLabel(`${say('line')} 4 出生日期`).waitFor();
  await type(page, `${say('line')} 4 出生日期`, '20210802');
  await enter(page, whole(say('mendHere', { n: 1 })));
  await page.getByText(say('st_published')).first().waitFor();
  assert.equal((await acts()).clicks, 0);
  await watched.context.close();
});

test('a reviewer agrees to a request by the keyboard alone', async () => {
  const id = await unseen('by-keyboard');
  const { page, say, watched } = await begun(people.reviewer, 'zh', 1280, '');
  const acts = await countActs(page);
  await enter(page, `by-keyboard · ${id}`);
  await page.getByText(say('rqYours')).waitFor();
  await enter(page, whole(say('rqPass')));
  await enter(page, sureOfPass);
  await page.getByText(say('rqYours')).waitFor({ state: 'detached' });
  assert.equal((await acts()).clicks, 0);
  await watched.context.close();
});

test('an officer searches about a person and asks for evidence by the keyboard alone', async () => {
  const { page, say, watched } = await begun(people.officer, 'zh', 1280, '');
  const acts = await countActs(page);
  await enter(page, whole(say('audit')));
  await page.getByRole('heading', { level: 1, name: say('audit'), exact: true }).waitFor();
  await page.waitForLoadState('networkidle');
  await enter(page, whole(say('askSubject')));
  await type(page, say('identifier'), child);
  await type(page, say('identifierIn'), household);
  await type(page, say('askReason'), '信访投诉');
  await type(page, say('askCase'), 'XF-2026-0002');
  await enter(page, whole(say('search')));
  await page.getByText(say('aboutOne', { case: 'XF-2026-0002' })).waitFor();
  await enter(page, whole(say('askEvidence')));
  await page.getByRole('heading', { level: 1, name: say('evidence'), exact: true }).waitFor();
  await page.getByRole('form', { name: say('askEvidence') }).waitFor();
  await type(page, say('identifier'), child);
  await enter(page, whole(say('askEvidence')));
  await page.getByText(say('evidenceOwn')).waitFor();
  assert.equal((await acts()).clicks, 0);
  await watched.context.close();
});
