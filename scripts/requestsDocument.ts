/** The drawing and the tables of docs/requests.md and docs/requests.zh-CN.md, from the tables that the hub obeys. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decree809 } from '../hub/domain/requests/procedure.ts';
import { requestLife } from '../hub/domain/requests/requestLife.ts';
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
    const text = page.replace(
      place,
      () => `<!-- generated: requests -->\n\n${drawing()}\n\n${stages(language)}\n\n<!-- end -->`,
    );
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
