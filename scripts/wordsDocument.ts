/**
 * The table at the end of docs/policies.md and docs/policies.zh-CN.md: every word of every kind of document, where it is enforced, and the
 * test whose answer changes with it. Words are read off the documents' own JSON Schemas, so that a new one cannot be forgotten: without a
 * row, or with a file or a test that is not there, nothing is generated and the check fails.
 */
import { existsSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { wordProbes } from './wordProbes.ts';
import { documentWords } from '../policies/documents/documentWords.ts';
import { isObject } from '../policies/masks/rows/fieldPath.ts';
import type { JsonSchema } from '../schemas/datasetSchema.ts';
import { vocabulary } from '../schemas/vocabulary/keywords.ts';

interface WordRow {
  readonly kind: string;
  readonly word: string;
  /** path of the file that enforces it */
  readonly in: string;
  /** path of the test or case, with its name where it has one */
  readonly test: string;
}

const pages = [
  ['docs/policies.md', ['Word', 'Enforced in', 'Test or case whose answer changes']],
  ['docs/policies.zh-CN.md', ['词', '由此文件执行', '答复因此改变的测试或用例']],
] as const;

/** Path from the root → text. @throws Error for a word without a row, a row without a word, or a row that names what is not there */
export async function wordsDocuments(root: string): Promise<Map<string, string>> {
  const rows = [...policyRows(), ...registryRows(root)];
  for (const row of rows) check(row, root);
  const files = new Map<string, string>();
  for (const [path, head] of pages) {
    const page = await readFile(join(root, path), 'utf8');
    const place = /<!-- generated: words -->[\s\S]*?<!-- end -->/;
    if (!place.test(page)) throw new Error(`${path} has lost its place for the words`);
    const text = page.replace(
      place,
      () => `<!-- generated: words -->\n\n${tables(rows, head)}\n\n<!-- end -->`,
    );
    files.set(path, text);
  }
  return files;
}

/** One table a kind of document. */
function tables(rows: readonly WordRow[], head: readonly string[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [...new Set(rows.map(({ kind }) => kind))]
    .map((kind) => {
      const body = rows
        .filter((row) => row.kind === kind)
        .map((row) => line([`\`${row.word}\``, `\`${row.in}\``, row.test]));
      return [`### ${kind}`, '', line(head), line(head.map(() => '---')), ...body].join('\n');
    })
    .join('\n\n');
}

/** Agreements, restrictions and masks: words.test.ts runs the change that each row makes. */
function policyRows(): readonly WordRow[] {
  const probes = wordProbes();
  return (['Agreement', 'Restriction', 'Masks'] as const).flatMap((kind) =>
    probes[kind].map(({ word, in: file }) => ({
      kind,
      word,
      in: file,
      test: `\`policies/cases/words.yaml\``,
    })),
  );
}

function registryRows(root: string): readonly WordRow[] {
  const listed: unknown = parse(readFileSync(join(root, 'scripts/registryWords.yaml'), 'utf8'));
  const schemas = registrySchemas(root);
  return Object.entries(schemas).flatMap(([kind, words]) => {
    const rows = isObject(listed) && Array.isArray(listed[kind]) ? listed[kind].filter(isObject) : [];
    const known = rows.map((row) => String(row['word']));
    const missing = words.filter((word) => !known.includes(word));
    const extra = known.filter((word) => !words.includes(word));
    if (missing.length > 0) throw new Error(`${kind}: no test for ${missing.join(', ')}`);
    if (extra.length > 0) throw new Error(`${kind}: no such word ${extra.join(', ')}`);
    return rows.map((row) => {
      const [file, name] = [String(row['test']), String(row['named'])];
      if (!existsSync(join(root, file)) || !readFileSync(join(root, file), 'utf8').includes(name))
        throw new Error(`${kind} ${String(row['word'])}: ${file} has no «${name}»`);
      return { kind, word: String(row['word']), in: String(row['in']), test: `\`${file}\`: ${name}` };
    });
  });
}

function check({ kind, word, in: file }: WordRow, root: string): void {
  if (!existsSync(join(root, file))) throw new Error(`${kind} ${word}: no file ${file}`);
}

/** Kind → its words, from the contract and the vocabulary. */
function registrySchemas(root: string): Readonly<Record<string, readonly string[]>> {
  const contract: unknown = parse(readFileSync(join(root, 'openapi.yaml'), 'utf8'));
  const schemas = memberOf(memberOf(contract, 'components'), 'schemas');
  const words = (name: string): readonly string[] =>
    documentWords(withoutChoices(resolved(memberOf(schemas, name), schemas)));
  const automatic = memberOf(memberOf(memberOf(schemas, 'AutomaticRequest'), 'properties'), 'automatic');
  return {
    Department: words('Department'),
    CodeList: words('CodeList'),
    Purpose: words('Purpose'),
    Dataset: words('Dataset'),
    Notice: words('Notice'),
    Matter: words('Matter'),
    ElementSource: words('ElementSource'),
    AutomaticAgreement: documentWords(withoutChoices(resolved(automatic, schemas))),
    Schema: vocabulary.map(({ name }) => name),
  };
}

function memberOf(value: unknown, name: string): JsonSchema {
  const member = isObject(value) ? value[name] : undefined;
  if (!isObject(member)) throw new Error(`openapi.yaml has no ${name}`);
  return member;
}

/** References to other schemas of the contract, followed. */
function resolved(schema: JsonSchema, schemas: JsonSchema): JsonSchema {
  const { $ref } = schema;
  if (typeof $ref === 'string') return resolved(memberOf(schemas, $ref.split('/').at(-1) ?? ''), schemas);
  return Object.fromEntries(
    Object.entries(schema).map(([name, value]) => [name, isObject(value) ? resolved(value, schemas) : value]),
  );
}

/** The values of a closed set in the registries are told by the row of their word. */
function withoutChoices(schema: JsonSchema): JsonSchema {
  return Object.fromEntries(
    Object.entries(schema)
      .filter(([name]) => name !== 'enum')
      .map(([name, value]) => [name, isObject(value) ? withoutChoices(value) : value]),
  );
}
