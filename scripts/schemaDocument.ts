/**
 * The generated parts of docs/schemas.md and docs/schemas.zh-CN.md (rules, vocabulary, formats, shipped
 * schemas) and the whole of schemas/metaschema.json. `npm run generate` writes them; the check compares them.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { borrowedFormats, ownFormatNames } from '../schemas/formats/index.ts';
import { sharedSchemas } from '../machine/shippedSchemas.ts';
import { ruleTable } from '../schemas/subset/ruleTable.ts';
import { vocabulary } from '../schemas/vocabulary/keywords.ts';
import { metaschema } from '../schemas/vocabulary/configureAjv.ts';
import type { Language } from '../terms/bilingual.ts';
import { format } from 'prettier';

/** Path from the root → text. @throws Error where a page has lost one of its places */
export async function schemaDocuments(root: string): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for (const [path, language] of [
    ['docs/schemas.md', 'en'],
    ['docs/schemas.zh-CN.md', 'zh'],
  ] as const) {
    const page = await readFile(join(root, path), 'utf8');
    files.set(path, await format(filled(page, language), { parser: 'markdown', printWidth: 110 }));
  }
  files.set(
    'schemas/metaschema.json',
    await format(JSON.stringify(metaschema()), { parser: 'json', printWidth: 110 }),
  );
  return files;
}

/** Replaces the text between `<!-- generated: x -->` and `<!-- end -->`. */
function filled(page: string, language: Language): string {
  return page.replaceAll(/<!-- generated: (\w+) -->[\s\S]*?<!-- end -->/g, (_whole, name: string) => {
    const table = tables[name];
    if (table === undefined) throw new Error(`no generated part named ${name}`);
    return `<!-- generated: ${name} -->\n\n${table(language)}\n\n<!-- end -->`;
  });
}

const escape = (text: string): string => text.replaceAll('|', '\\|').replaceAll('<', '&lt;');

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(escape).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

const tables: Readonly<Record<string, (language: Language) => string>> = {
  rules: (language) => {
    const say = { zh: ['是', '否'], en: ['yes', 'no'] }[language];
    const verdict = (holds: boolean): string => (holds ? (say[0] ?? '') : `**${say[1] ?? ''}**`);
    const head = {
      zh: ['改变', 'BACKWARD', 'FORWARD', '代码'],
      en: ['Change', 'BACKWARD', 'FORWARD', 'Code'],
    }[language];
    return table(
      head,
      ruleTable.map(({ change, backward, forward, code }) => [
        change[language],
        verdict(backward),
        verdict(forward),
        code === undefined ? '—' : `\`${code}\``,
      ]),
    );
  },
  vocabulary: (language) => {
    const places = {
      zh: { root: '根', field: '字段', any: '根、字段' },
      en: { root: 'root', field: 'field', any: 'root, field' },
    }[language];
    const head = { zh: ['关键字', '位置', '含义'], en: ['Keyword', 'Where', 'Meaning'] }[language];
    return table(
      head,
      vocabulary.map(({ name, place, meaning }) => [`\`${name}\``, places[place], meaning[language]]),
    );
  },
  formats: () => [...ownFormatNames, ...borrowedFormats].map((name) => `\`${name}\``).join(' · '),
  shipped: (language) => {
    const head = { zh: ['标准', '名称', '字段数', '主键'], en: ['Schema', 'Title', 'Fields', 'Primary key'] }[
      language
    ];
    return table(
      head,
      sharedSchemas().map(({ name, major, title, fields, primaryKey }) => [
        `\`${name}@${major}\``,
        title[language],
        String(fields.length),
        primaryKey.map((key) => `\`${key}\``).join(', '),
      ]),
    );
  },
};
