/** `datong dataset create` and `datong policy create` as a person answers them on a terminal, in Chinese and in English. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { lastDayBefore } from '../../terms/civilDate.ts';
import { testDatabase } from '../database.ts';
import { writeDemoState } from '../demoState.ts';
import { applyCity, testHub } from '../hub.ts';
import { newYear } from '../newYear.ts';
import { noTerminal, Terminal } from '../terminal.ts';

const hub = await testHub({ database: await testDatabase() });
await applyCity(hub, ['city/departments.yaml', 'city/purposes.yaml']);
const home = mkdtempSync(join(tmpdir(), 'datong-terminal-'));
after(async () => {
  await hub.stop();
  rmSync(home, { recursive: true, force: true });
});
const state = join(home, 'demo.json');
const operator = await hub.token('operator', ['operator']);
writeDemoState(
  state,
  { ...hub.hub.origins, ca: hub.ca, keys: { keys: [] } },
  { operator, security: await hub.token('security', ['security']) },
  [],
);

const rows = Array.from(
  { length: 12 },
  (_, place) => `JY${place},甲${place}饭店,1990000${1000 + place},${place * 10}`,
);
const file = (folder: string): string => {
  const path = join(folder, '食品经营许可.csv');
  writeFileSync(path, `${['许可证编号,经营者名称,联系电话,面积', ...rows].join('\n')}\n`);
  return path;
};

const languages = {
  zh: {
    lang: 'zh_CN.UTF-8',
    dataset: [
      '由哪个部门',
      '一行记录',
      '名称？',
      '标识一行',
      '个人或单位',
      '敏感级别',
      '共享类型',
      '共享条件',
      '替换上一份',
      '多久',
    ],
    wrong: ['小写拉丁字母', '没有数据项 nothing', '各行含个人数据', '级别为 L1 至 L4', '应为 conditional'],
    office: /transport {2,}\S*交通/,
    unknown: '请从上列中选',
    statistics: /statistics +\S*统计/,
    withheld: /phone +联系电话 +L4 +不提供/,
    now: '现在登记吗',
    registered: '已登记  数据资源 transport.permit-zh',
    agreement: ['哪个部门', '用于什么', '依据哪项', '提供哪些', '筛选', '到哪一天', '协议编号'],
    wrongDay: '须有这一天',
    signed: '双方签署',
    cancelled: '已取消',
  },
  en: {
    lang: 'en_GB.UTF-8',
    dataset: [
      'Which department',
      'What is a row',
      'Name of schema',
      'identify a row',
      'person or organisation',
      'these levels',
      'How is it shared',
      'which conditions',
      'replace the one',
      'How often',
    ],
    wrong: [
      'lower-case letters',
      'no field nothing',
      'rows hold personal data',
      'levels are L1 to L4',
      'one of conditional',
    ],
    office: /transport {2,}[A-Z]\S+/,
    unknown: 'choose one of the list above',
    statistics: /statistics +[Ss]tatistic/,
    withheld: /phone +联系电话 +L4 +withheld/,
    now: 'Register it now',
    registered: 'registered  Dataset transport.permit-en',
    agreement: [
      'which department',
      'For what',
      'By which rule',
      'Which fields',
      'Filtered by',
      'Until which day',
      'Number of the agreement',
    ],
    wrongDay: 'an existing day',
    signed: 'both departments sign it',
    cancelled: 'cancelled',
  },
} as const;

for (const [name, words] of Object.entries(languages)) {
  const env = { DATONG_STATE: state, LANG: words.lang };

  test(
    `${name}: ten questions make a dataset, seven an agreement; a wrong answer is asked again`,
    { skip: noTerminal },
    async () => {
      const folder = mkdtempSync(join(home, 'asked-'));
      const made = new Terminal(
        ['dataset', 'create', file(folder), '--as', 'operator', '--approve-with', 'security'],
        { cwd: folder, env },
      );
      const [department, row, named, key, about, levels, sharing, conditions, mode, every] = words.dataset;
      const [slug, field, subject, level, choice] = words.wrong;
      await made.see(words.office);
      await made.answer(department, 'Transport Bureau');
      await made.see(slug);
      await made.answer(department, 'nowhere');
      await made.see(words.unknown);
      await made.answer(department, 'transport');
      await made.answer(row, '');
      await made.answer(named, `permit-${name}`);
      await made.answer(key, 'nothing');
      await made.see(field);
      await made.answer(key, '');
      await made.answer(about, '-');
      await made.see(subject);
      await made.answer(about, '');
      await made.answer(levels, 'phone=L9');
      await made.see(level);
      await made.answer(levels, 'phone=L4');
      await made.answer(sharing, 'maybe');
      await made.see(choice);
      for (const question of [sharing, conditions, mode, every]) await made.answer(question, '');
      await made.answer(words.now, 'y');
      assert.equal(await made.ended, 0, made.shown);
      assert.ok(made.shown.includes(words.registered), made.shown);
      assert.match(readFileSync(join(folder, `permit-${name}.yaml`), 'utf8'), /phone:[^]*?x-sensitivity: L4/);

      const agreed = new Terminal(['agreement', 'create', `transport.permit-${name}`, '--as', 'operator'], {
        cwd: folder,
        env,
      });
      const [consumer, purpose, basis, fields, filter, until, id] = words.agreement;
      await agreed.answer(consumer, 'education');
      await agreed.see(words.statistics);
      await agreed.answer(purpose, 'nothing');
      await agreed.see(words.unknown);
      await agreed.answer(purpose, 'statistics');
      await agreed.answer(basis, '统计法');
      await agreed.see(words.withheld);
      await agreed.answer(fields, '');
      await agreed.answer(filter, '');
      await agreed.answer(until, '2028-02-31');
      await agreed.see(words.wrongDay);
      await agreed.answer(until, lastDayBefore(newYear(2)));
      await agreed.answer(id, '');
      await agreed.see(words.signed);
      assert.equal(await agreed.ended, 0, agreed.shown);
      const document = readFileSync(join(folder, `agr-education-permit-${name}.yaml`), 'utf8');
      assert.ok(document.includes(`until: ${newYear(2)}`), 'the whole of the last day');
    },
  );

  test(`${name}: Ctrl-C at a question leaves no file and no dataset`, { skip: noTerminal }, async () => {
    const folder = mkdtempSync(join(home, 'left-'));
    const made = new Terminal(['dataset', 'create', file(folder), '--as', 'operator'], { cwd: folder, env });
    const [department, row, named] = words.dataset;
    await made.answer(department, 'transport');
    await made.answer(row, '');
    await made.answer(named, `left-${name}`);
    await made.see(words.dataset[3]);
    made.interrupt();
    assert.equal(await made.ended, 1, made.shown);
    assert.ok(made.shown.includes(words.cancelled), made.shown);
    assert.deepEqual(readdirSync(folder), ['食品经营许可.csv']);
    const { status } = await hub.staff(operator, 'GET', `/v1/datasets/transport.left-${name}`);
    assert.equal(status, 404);

    const agreed = new Terminal(['agreement', 'create', `transport.permit-${name}`, '--as', 'operator'], {
      cwd: folder,
      env,
    });
    await agreed.answer(words.agreement[0], 'education');
    await agreed.see(words.agreement[1]);
    agreed.interrupt();
    assert.equal(await agreed.ended, 1, agreed.shown);
    assert.ok(!existsSync(join(folder, `agr-education-permit-${name}.yaml`)));
  });
}
