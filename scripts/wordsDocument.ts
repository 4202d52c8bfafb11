/**
 * The table at the end of docs/policies.md and docs/policies.zh-CN.md: every word of every kind of document, where it is enforced, and the
 * test whose answer changes with it. Words are read off the documents' own JSON Schemas, so that a new one cannot be forgotten: without a
 * row, or with a file or a test that is not there, nothing is generated and the check fails.
 */
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { faultOfWord, type ActingTest } from './faultOfWord.ts';
import { wordProbes } from './wordProbes.ts';
import { mappingSchema } from '../adapters/mapping/mappingSchema.ts';
import { consentSchema } from '../policies/consents/readConsent.ts';
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
  /** the same, where it is a test with a name */
  readonly acts?: ActingTest;
}

const pages = [
  ['docs/policies.md', ['Word', 'Enforced in', 'Test or case whose answer changes']],
  ['docs/policies.zh-CN.md', ['词', '由此文件执行', '答复因此改变的测试或用例']],
] as const;

/** Path from the root → text. @throws Error for a word without a row, a row without a word, or a row that names what is not there */
export async function wordsDocuments(root: string): Promise<Map<string, string>> {
  const rows = [...policyRows(), ...otherRows(root)];
  for (const { kind, word, in: file, acts } of rows) {
    const fault = faultOfWord(word, file, acts, root);
    if (fault !== undefined) throw new Error(`${kind}: ${fault}`);
  }
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
    probes[kind].map(({ word, in: file, acts }) => ({
      kind,
      word,
      in: file,
      test: acts === undefined ? '`policies/cases/words.yaml`' : `\`${acts.test}\`: ${acts.named}`,
      ...(acts === undefined ? {} : { acts }),
    })),
  );
}

/** Every other kind: words that one test shows may stand in one row of the file. */
function otherRows(root: string): readonly WordRow[] {
  const listed = ['scripts/registryWords.yaml', 'scripts/documentWords.yaml'].map((path): unknown =>
    parse(readFileSync(join(root, path), 'utf8')),
  );
  return Object.entries(schemasOf(root)).flatMap(([kind, words]) => {
    const rows = listed.flatMap((file) =>
      isObject(file) && Array.isArray(file[kind]) ? file[kind].filter(isObject) : [],
    );
    const told = rows.flatMap((row): WordRow[] => {
      const acts = { test: String(row['test']), named: String(row['named']) };
      const named: readonly unknown[] = Array.isArray(row['words']) ? row['words'] : [row['word']];
      return named.map((word) => ({
        ...{ kind, word: String(word), in: String(row['in']) },
        ...{ test: `\`${acts.test}\`: ${acts.named}`, acts },
      }));
    });
    const known = told.map(({ word }) => word);
    const missing = words.filter((word) => !known.includes(word));
    const extra = known.filter((word, i) => !words.includes(word) || known.indexOf(word) !== i);
    if (missing.length > 0) throw new Error(`${kind}: no test for ${missing.join(', ')}`);
    if (extra.length > 0) throw new Error(`${kind}: no such word, or told twice: ${extra.join(', ')}`);
    return [...told].sort((one, other) => words.indexOf(one.word) - words.indexOf(other.word));
  });
}

/** Kind → its words, from the contract, the vocabulary, and the schemas of mappings and consents. */
function schemasOf(root: string): Readonly<Record<string, readonly string[]>> {
  const contract: unknown = parse(readFileSync(join(root, 'openapi.yaml'), 'utf8'));
  const schemas = memberOf(memberOf(contract, 'components'), 'schemas');
  const words = (name: string): readonly string[] =>
    documentWords(withoutChoices(resolved(memberOf(schemas, name), schemas)));
  const automatic = memberOf(memberOf(memberOf(schemas, 'AutomaticRequest'), 'properties'), 'automatic');
  // what is brought is an agreement, whose words stand above
  const { properties } = memberOf(schemas, 'ImportedApproval');
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
    Procedure: words('Procedure'),
    RequestTemplate: words('RequestTemplate'),
    Approval: Object.keys(isObject(properties) ? properties : {}),
    CatalogueEntry: words('CatalogueEntry'),
    Mapping: mappingWords(),
    Pull: words('Pull'),
    LiveService: words('LiveService'),
    Consent: documentWords(withoutChoices({ ...consentSchema })),
  };
}

/** The steps of a field are followed once: they hold themselves again under `else` and `when`. */
function mappingWords(): readonly string[] {
  const field = withoutChoices(memberOf(memberOf(mappingSchema, '$defs'), 'field'));
  const fields = documentWords({ ...field, oneOf: [] }).map((word) => `fields.*.${word}`);
  const words = documentWords(withoutChoices(mappingSchema)).filter((word) => !word.startsWith('fields.*.'));
  return [...words, ...fields].filter((word) => !word.includes('='));
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

/** The values of a closed set in these kinds are told by the row of their word. */
function withoutChoices(schema: JsonSchema): JsonSchema {
  return Object.fromEntries(
    Object.entries(schema)
      .filter(([name]) => name !== 'enum')
      .map(([name, value]) => [name, isObject(value) ? withoutChoices(value) : value]),
  );
}
