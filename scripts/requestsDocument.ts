/** The drawing and the tables of docs/requests.md and docs/requests.zh-CN.md, from the tables that the hub obeys. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { dueBy, type DueRule } from '../hub/domain/inboxClock.ts';
import { requestLife, usualWaitingDays } from '../hub/domain/requests/requestLife.ts';
import { reminderWords, type ReminderSection } from '../hub/domain/reminder.ts';
import { decree809 } from '../hub/domain/requests/procedure.ts';
import type { Bilingual } from '../terms/bilingual.ts';
import { chinaWorkingCalendar } from '../terms/calendar/chinaWorkingCalendar.ts';

const words = {
  en: {
    head: '| Stage | By | Role | Working days |\n| --- | --- | --- | --- |',
    calendar: `Holidays and make-up days are known from ${chinaWorkingCalendar.from} to ${chinaWorkingCalendar.until}.`,
  },
  zh: {
    head: '| 环节 | 由谁 | 角色 | 工作日 |\n| --- | --- | --- | --- |',
    calendar: `已知的节假日与调休：${chinaWorkingCalendar.from} 至 ${chinaWorkingCalendar.until}。`,
  },
} as const;

/** Path from the root → text. @throws Error where a page has lost its place */
export async function requestsDocuments(root: string): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for (const [path, language] of [
    ['docs/requests.md', 'en'],
    ['docs/requests.zh-CN.md', 'zh'],
  ] as const) {
    const page = await readFile(join(root, path), 'utf8');
    const place = /<!-- generated: requests -->[\s\S]*?<!-- end -->/;
    if (!place.test(page)) throw new Error(`${path} has lost its place for the drawing`);
    const inboxPlace = /<!-- generated: inbox -->[\s\S]*?<!-- end -->/;
    if (!inboxPlace.test(page)) throw new Error(`${path} has lost its place for the inbox`);
    const text = page
      .replace(
        place,
        () => `<!-- generated: requests -->\n\n${drawing()}\n\n${stages(language)}\n\n<!-- end -->`,
      )
      .replace(inboxPlace, () => `<!-- generated: inbox -->\n\n${inboxDays(language)}\n\n<!-- end -->`);
    files.set(path, text);
  }
  return files;
}

/** Mermaid: every state, every act, and where it leads. */
function drawing(): string {
  const lines = Object.entries(requestLife).flatMap(([state, acts]) => {
    const led = Object.entries(acts).map(([act, next]) => `    ${state} --> ${next}: ${act}`);
    return led.length === 0 ? [`    ${state} --> [*]`] : led;
  });
  return ['```mermaid', 'stateDiagram-v2', '    [*] --> reviewing: make', ...lines, '```'].join('\n');
}

function stages(language: 'en' | 'zh'): string {
  const { head, calendar } = words[language];
  const rows = decree809.stages.map(
    ({ code, title, by, role, days }) => `| \`${code}\` ${title[language]} | ${by} | ${role} | ${days} |`,
  );
  return [head, ...rows, '', calendar].join('\n');
}

/** The clock for the day of a section that arrives with the request. */
const ownClocks: Readonly<Partial<Record<ReminderSection, Bilingual>>> = {
  requests: { zh: '办理环节的期限', en: 'the stage’s clock' },
  retirements: { zh: '可由另一人同意的最后一日', en: 'the last day on which another person may agree' },
  silent: { zh: '应报的最后一日（`intake.expect`）', en: 'the last day of the plan (`intake.expect`)' },
  tickets: { zh: '十个工作日（国务院令第809号）', en: 'ten working days (Decree 809)' },
  demands: { zh: '`clock.demand`', en: '`clock.demand`' },
  duties: { zh: '义务写明的日期', en: 'the day that the obligation says' },
  risks: { zh: '`findings.answerDays`（hub.json）', en: '`findings.answerDays` of hub.json' },
  catalogue: {
    zh: '`clock.catalogueDays`，或更新周期',
    en: '`clock.catalogueDays`, or the update frequency',
  },
};

const dayWords = {
  en: {
    head: '| What waits | The last day |\n| --- | --- |',
    ends: (member: string) =>
      member === 'deadline'
        ? 'the day of its deadline (`deadline`)'
        : `the last day before it ends (\`${member}\`)`,
    city: (days: number, name: string) => `${days} working days, or \`clock.waiting.${name}\``,
    documents: '`clock.answerDays`, or `clock.waiting.documents`',
    none: 'none: ',
    otherwise: '; otherwise ',
  },
  zh: {
    head: '| 等待的事项 | 最后期限 |\n| --- | --- |',
    ends: (member: string) =>
      member === 'deadline' ? '办理期限的最后一日（`deadline`）' : `自行终止前的最后一日（\`${member}\`）`,
    city: (days: number, name: string) => `${days} 个工作日，或 \`clock.waiting.${name}\``,
    documents: '`clock.answerDays`，或 `clock.waiting.documents`',
    none: '无：',
    otherwise: '；其他：',
  },
} as const;

function inboxDays(language: 'en' | 'zh'): string {
  const { head, ends, city, documents, none, otherwise } = dayWords[language];
  const text = (section: ReminderSection, rule: DueRule): string => {
    if (rule === 'due') return ownClocks[section]?.[language] ?? '';
    if ('ends' in rule) return ends(rule.ends);
    if ('none' in rule) return `${none}${rule.none[language]}`;
    return rule.city === 'documents' ? documents : city(usualWaitingDays[rule.city], rule.city);
  };
  const rows = (Object.keys(dueBy) as ReminderSection[]).map(
    (section) =>
      `| \`${section}\` ${reminderWords[section][language]} | ${dueBy[section].map((rule) => text(section, rule)).join(otherwise)} |`,
  );
  return [head, ...rows].join('\n');
}
