/**
 * Writes the tables of docs/audit.md and docs/audit.zh-CN.md about the rules over the log: the rules with their numbers.
 */
import { riskRules } from '../hub/domain/risks/risk.ts';
import { riskSettings, type RiskSettings } from '../terms/riskSettings.ts';

type Language = 'en' | 'zh';
const words = {
  en: {
    rules: ['Rule', 'What it tells', 'By `findings` of hub.json, with their defaults'],
    rest: '`{name}` (default {value}): {text}.',
  },
  zh: {
    rules: ['规则', '报什么', '所用数值（hub.json 的 `findings`，括号内为缺省值）'],
    rest: '`{name}`（缺省 {value}）：{text}。',
  },
} as const;

/** @param pages path from the root → the page so far @throws Error where a page has lost its place */
export function risksDocuments(pages: ReadonlyMap<string, string>): Map<string, string> {
  return new Map(
    [...pages].map(([path, page]) => {
      const place = /<!-- generated: risks -->[\s\S]*?<!-- end -->/;
      if (!place.test(page)) throw new Error(`${path} has lost its place for the rules`);
      const text = tables(path.endsWith('.zh-CN.md') ? 'zh' : 'en');
      return [path, page.replace(place, () => `<!-- generated: risks -->\n\n${text}\n\n<!-- end -->`)];
    }),
  );
}

const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

function tables(language: Language): string {
  const { rules, rest } = words[language];
  const numbers = (names: readonly (keyof RiskSettings)[]): string =>
    names
      .map((name) => `\`${name}\` (${riskSettings[name].value}): ${riskSettings[name][language]}`)
      .join('<br>');
  const { value, ...text } = riskSettings.answerDays;
  return [
    line(rules),
    line(rules.map(() => '---')),
    ...Object.entries(riskRules).map(([rule, one]) => line([`\`${rule}\``, one[language], numbers(one.by)])),
    '',
    rest.replace('{name}', 'answerDays').replace('{value}', String(value)).replace('{text}', text[language]),
  ].join('\n');
}
