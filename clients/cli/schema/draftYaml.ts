/**
 * A draft as a file for `datong catalogue apply`: schema, dataset and mapping, and an entry of the catalogue where requested. The reason of
 * each guess is written above it. A person reads and corrects it; nothing is registered before they apply it.
 */
import { Document, isMap, isScalar } from 'yaml';
import { signText } from '../../../adapters/suggest/sign.ts';
import type { Suggestion } from '../../../adapters/suggest/suggest.ts';
import type { Draft } from '../../../schemas/draft/draftSchema.ts';
import type { Bilingual } from '../../../terms/bilingual.ts';
import { frequencies, manners, openness, sharingTypes } from '../catalogue/entryWords.ts';
import { say } from '../verb.ts';

/** The schema file named in the file's first line for editors; `datong catalogue documents` writes it. */
export const editorsSchema = 'datong.schema.json';

/**
 * @param suggestion of a mapping, where a file of the table was available
 * @param catalogued with an entry of the catalogue, which a person completes where the table has no data
 */
export function draftYaml(
  draft: Draft,
  department: string,
  suggestion: Suggestion | undefined,
  catalogued: boolean,
): string {
  const name = nameOf(draft);
  const dataset = `${department}.${name}`;
  const bound = new Document({
    kind: 'Dataset',
    id: dataset,
    title: draft.schema['x-title'],
    schema: `urn:datong:${name}:1.0`,
    mode: 'snapshot',
    sharing: { type: 'conditional' },
  });
  above(bound, [], 'sharing', `REVIEW ${say(conditions)}`);
  const documents = [
    schemaDocument(draft, name),
    bound,
    mappingDocument(draft, { department, name, dataset }, suggestion),
    ...(catalogued ? [entryDocument(draft, dataset)] : []),
  ];
  return `# yaml-language-server: $schema=${editorsSchema}\n${documents.map((one) => one.toString({ lineWidth: 0 })).join('---\n')}`;
}

/** The hub refuses the dataset until they are there. */
const conditions = {
  zh: '请填写 conditions（共享条件），或将 type 改为 unconditional 无条件共享',
  en: 'fill in conditions, or make the type unconditional',
};

/** Refused until it is completed: only values from the schema are filled in. */
function entryDocument({ schema }: Draft, dataset: string): Document {
  const title = schema['x-title'];
  const document = new Document(
    {
      kind: 'CatalogueEntry',
      id: dataset,
      title,
      abstract: { zh: '', en: '' },
      category: '',
      sharing: { type: 'conditional', conditions: '', manner: '' },
      openness: '',
      sourceSystem: '',
      updateFrequency: '',
      office: '',
      contact: '',
      dataClass: schema['x-class'] ?? '',
      datasets: [dataset],
    },
    { aliasDuplicateObjects: false },
  );
  document.commentBefore = comment(
    say({
      zh: '目录条目：填写空着的各项；数据项不用填，取自标准',
      en: 'entry of the catalogue: fill in what is empty; fields are never typed, they follow from the schema',
    }),
  );
  for (const [member, hint] of Object.entries(hints)) above(document, [], member, say(hint));
  return document;
}

const listed = (words: Readonly<Record<string, string>>): string =>
  Object.entries(words)
    .map(([code, word]) => `${code} ${word}`)
    .join(', ');

/** Allowed values, as in the template of the catalogue. */
const hints: Readonly<Record<string, Bilingual>> = {
  category: { zh: '分类代码：类/项/目/细目，如 1/12/3', en: 'class, such as 1/12/3' },
  sharing: {
    zh: `共享类型 ${listed(sharingTypes)}；共享方式 ${listed(manners)}`,
    en: `type: ${Object.keys(sharingTypes).join(', ')}; manner: ${Object.keys(manners).join(', ')}`,
  },
  openness: { zh: `开放属性 ${listed(openness)}`, en: Object.keys(openness).join(', ') },
  updateFrequency: { zh: `更新周期 ${listed(frequencies)}`, en: Object.keys(frequencies).join(', ') },
  dataClass: { zh: '数据分类 general 一般数据, important 重要数据', en: 'general, important' },
};

const nameOf = ({ schema }: Draft): string => String(schema['$id']).split(':')[2] ?? 'draft';

function schemaDocument(draft: Draft, name: string): Document {
  const { $id: _id, $schema, ...rest } = draft.schema;
  const document = new Document({
    kind: 'Schema',
    document: { $schema, $id: `urn:datong:${name}:1.0`, ...rest },
  });
  const reported = [
    `${draft.table} (${draft.source})`,
    ...draft.doubts.map((doubt) => `! ${say(doubt)}`),
    ...draft.findings.map(
      ({ path, message }) => `${say({ zh: '待改', en: 'to correct' })} ${path}: ${say(message)}`,
    ),
  ];
  document.commentBefore = reported.map(comment).join('\n');
  for (const { field, confidence, reasons, placeholder } of draft.fields)
    above(
      document,
      ['document', 'properties'],
      field,
      `${placeholder ? 'REVIEW ' : ''}${confidence.toFixed(2)} ${reasons.map(say).join('; ')}`,
    );
  return document;
}

function mappingDocument(
  { fields }: Draft,
  {
    department,
    name,
    dataset,
  }: { readonly department: string; readonly name: string; readonly dataset: string },
  suggestion: Suggestion | undefined,
): Document {
  const head = { mapping: `${department}/${name}@1`, target: `${name}@1` };
  const named = Object.fromEntries(fields.map(({ field, column }) => [field, { from: column }]));
  const body =
    suggestion === undefined
      ? { ...head, source: { format: 'csv' }, fields: named }
      : { ...suggestion.mapping, ...head };
  const document = new Document(
    { kind: 'Mapping', dataset, document: body },
    { aliasDuplicateObjects: false },
  );
  if (suggestion === undefined)
    document.commentBefore = comment(
      say({
        zh: '没有样例文件：假定是 CSV，表头即列名；有样例时用 --sample 重新起草',
        en: 'no file was at hand: CSV with these names as headings is assumed; draft again with --sample where there is one',
      }),
    );
  else {
    const missing = suggestion.missing.map(
      (field) => `${say({ zh: '没有找到来源', en: 'no source found' })} ${field}`,
    );
    const unused = suggestion.unused.map(
      (column) => `${say({ zh: '未使用的列', en: 'column not used' })} ${column}`,
    );
    const signs = suggestion.signs.map((sign) => say(signText(sign)));
    document.commentBefore = [...signs, ...missing, ...unused].map(comment).join('\n');
    for (const [field, { confidence, reason }] of Object.entries(suggestion.fields))
      above(document, ['document', 'fields'], field, `${confidence.toFixed(2)} ${say(reason)}`);
  }
  return document;
}

/** On one line, so that nothing of a name becomes a line of the file. */
const comment = (text: string): string => ` ${text.replace(/[\p{C}\p{Zl}\p{Zp}\s]+/gu, ' ').slice(0, 300)}`;

/** Puts a comment above a member. */
function above(document: Document, path: readonly string[], member: string, text: string): void {
  const map = path.length === 0 ? document.contents : document.getIn(path);
  if (!isMap(map)) return;
  const pair = map.items.find(({ key }) => isScalar(key) && key.value === member);
  if (pair !== undefined && isScalar(pair.key)) pair.key.commentBefore = comment(text);
}
