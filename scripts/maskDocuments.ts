/** Writes what people read of the masks from `policies/masks/catalogue.ts`: the tables of docs/policies.md, and the titles on printed forms. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { maskCatalogue } from '../policies/masks/catalogue.ts';
import { readMaskRule } from '../policies/masks/readMaskRule.ts';
import type { Language } from '../terms/bilingual.ts';

const headings: Readonly<Record<Language, string>> = {
  en: '| Mask | Parameters | Value | Becomes | Still reveals |',
  zh: '| 算法 | 参数 | 原值 | 变为 | 仍可看出 |',
};
const cell = (value: unknown): string => (value === undefined ? '–' : `\`${JSON.stringify(value)}\``);

/** A row for each example of each mask. @throws TypeError where the parameters of an example do not fit its mask */
function maskTable(language: Language): string {
  const rows = maskCatalogue.flatMap(({ name, examples }) =>
    examples.map(({ params, value, becomes }) => {
      const read = readMaskRule({ ...params, mask: name });
      if (!('mask' in read)) throw new TypeError(`${name}: ${read.message.en}`);
      const reveals = read.mask.reveals(read.use.params)[language];
      return `| ${name} | ${cell(params)} | ${cell(value)} | ${cell(becomes)} | ${reveals} |`;
    }),
  );
  return [headings[language], '|---|---|---|---|---|', ...rows].join('\n');
}

/** `terms` is below `policies` and cannot import the catalogue. */
function titles(): string {
  const lines = maskCatalogue.map(
    ({ name, title: { zh, en } }) => `  ${name}: { zh: '${zh}', en: '${en}' },\n`,
  );
  return `/** Titles of masks on printed forms. Written by \`npm run generate\` from policies/masks/catalogue.ts. */
import type { Bilingual } from '../bilingual.ts';

export const maskWords: Readonly<Record<string, Bilingual>> = {
${lines.join('')}};
`;
}

/** @param root of the repository @returns path from it → the text that the file must have */
export function maskDocuments(root: string): Map<string, string> {
  const written = new Map([['terms/requestForm/maskWords.ts', titles()]]);
  for (const [path, language] of [
    ['docs/policies.md', 'en'],
    ['docs/policies.zh-CN.md', 'zh'],
  ] as const) {
    const page = readFileSync(join(root, path), 'utf8');
    const table = `<!-- masks -->\n\n${maskTable(language)}\n\n<!-- /masks -->`;
    written.set(
      path,
      page.replace(/<!-- masks -->[^]*<!-- \/masks -->/, () => table),
    );
  }
  return written;
}
