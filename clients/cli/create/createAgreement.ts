/**
 * `datong policy create DATASET`: drafts a first agreement over a dataset, with the usual mask of each field. The hub checks it before
 * anyone signs.
 */
import { writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { stringify } from 'yaml';
import { usualMask } from '../../../policies/masks/usualMask.ts';
import type { DatasetSchema, JsonSchema, SchemaField } from '../../../schemas/datasetSchema.ts';
import { readSchema } from '../../../schemas/parse.ts';
import { shippedSurroundings } from '../../../machine/surroundings.ts';
import type { Bilingual } from '../../../terms/bilingual.ts';
import { dayInChina, inChina, isDateText } from '../../../terms/civilDate.ts';
import {
  agreementNumber,
  firstAgreement,
  usualFilter,
  type FirstAgreement,
  type GivenRule,
} from '../../../terms/firstAgreement.ts';
import { applyFiles } from '../apply/apply.ts';
import { staffClient } from '../apply/staffCall.ts';
import { bodyOf } from '../approve/waiting.ts';
import { withLines } from '../output.ts';
import { columns } from '../printedText.ts';
import { openStaffAccess, withStaffToken, type StaffOptions } from '../profile.ts';
import { pathSegment } from '../values.ts';
import { dataLines, exitCode, say, talk, VerbFailure } from '../verb.ts';
import { answering, refuseExisting } from './answering.ts';
import { answerCode } from './choices.ts';
import { dialogue, listOf, type Dialogue } from './dialogue.ts';

interface AgreementOptions extends StaffOptions {
  readonly consumer?: string;
  readonly purpose?: string;
  readonly basis?: string;
  readonly clause?: string;
  readonly fields?: string;
  readonly mask?: readonly string[];
  readonly filterBy?: string;
  readonly lookupBy?: string;
  readonly until?: string;
  readonly id?: string;
  readonly title?: string;
  readonly out?: string;
  readonly force?: boolean;
}

export function registerCreateAgreement(policy: Command): void {
  withStaffToken(
    policy
      .command('create')
      .description(
        '起草一份数据资源的共享协议，并在签署前检查 / write an agreement over a dataset and check it before it is signed',
      )
      .argument('<dataset>', 'id of the dataset'),
  )
    .option('--consumer <department>', 'code of the department that asks')
    .option('--purpose <code>', 'what the data is used for: code of a purpose at the hub')
    .option('--basis <text>', 'the rule or document that it rests on')
    .option('--clause <text>', 'the clause of it')
    .option(
      '--fields <fields>',
      'fields that are given, with commas (default: all but L4 and sensitive personal data)',
    )
    .option('--mask <field=mask...>', 'other masks than the usual ones, such as phone=clear')
    .option('--filter-by <fields>', 'fields that may be filtered by, with commas; - for none')
    .option(
      '--lookup-by <fields>',
      'fields whose full value the caller must give to find a row, with commas; they may be masked',
    )
    .option('--until <day>', 'last day, YYYY-MM-DD')
    .option('--id <id>', 'number of the agreement, such as agr-transport-food-permit')
    .option('--title <text>', 'what the agreement is called')
    .option('--out <file>', 'file to write (default: ID.yaml)')
    .option('--force', 'replace the file to write')
    .addHelpText('after', '\nExample:\n  datong policy create market.food-permit --consumer transport')
    .action(async (dataset: string, options: AgreementOptions) => {
      await withLines((line) => create(dataset, options, dialogue(line, talk)));
    });
}

async function create(dataset: string, options: AgreementOptions, ask: Dialogue): Promise<void> {
  const { out, force = false } = options;
  if (out !== undefined) refuseExisting(out, force);
  const { schema, title } = await schemaOf(dataset, options);
  const agreement = await decidedAgreement(dataset, title, schema, options, ask);
  const path = out ?? `${agreement.id}.yaml`;
  refuseExisting(path, force);
  writeFileSync(path, stringify(agreement, { lineWidth: 0, aliasDuplicateObjects: false }));
  const [grant] = agreement.grants;
  dataLines(
    columns(
      schema.fields.map((field) => [
        ...fieldCells(field),
        maskName(grant?.fields[field.name]),
        noteOf(field),
      ]),
    ),
  );
  talk({ zh: `已写入 ${path}`, en: `wrote ${path}` });
  if ((await applyFiles([path], options, { checkOnly: true })) === undefined) return;
  const submit = `datong catalogue apply ${path} --signature …${accessWords(options)}`;
  talk({
    zh: `双方签署：datong policy sign ${path}；提交：${submit}`,
    en: `both departments sign it: datong policy sign ${path}; submit it: ${submit}`,
  });
}

/** The words of a further line that name the same caller. A token is not repeated. */
function accessWords({ as, demo, profile }: StaffOptions): string {
  if (as !== undefined) return ` --as ${as}`;
  if (demo === true) return ' --demo';
  return profile === undefined ? '' : ` --profile ${profile}`;
}

const maskName = (rule: { readonly mask: string } | undefined): string =>
  rule?.mask ?? say({ zh: '不提供', en: 'withheld' });

const fieldCells = ({ name, title, sensitivity }: SchemaField): string[] => [name, title.zh, sensitivity];

/** Why a field is withheld unless it is chosen. */
const noteOf = ({ personal }: SchemaField): string =>
  personal === 'sensitive'
    ? say({
        zh: '敏感个人信息：提供须有影响评估',
        en: 'sensitive personal data: giving it needs an impact assessment',
      })
    : '';

async function schemaOf(
  dataset: string,
  options: StaffOptions,
): Promise<{ readonly schema: DatasetSchema; readonly title: Bilingual }> {
  const client = staffClient(openStaffAccess(options, 'operator'));
  try {
    const { dataset: found } = bodyOf(await client.get(`/v1/datasets/${pathSegment(dataset)}`)) as {
      readonly dataset: { readonly schema: string; readonly title: Bilingual };
    };
    const shown = bodyOf(await client.get(`/v1/schemas/${pathSegment(found.schema)}`));
    const document = shown['document'] as JsonSchema;
    return { schema: readSchema(document, shippedSurroundings.resolve), title: found.title };
  } finally {
    client.close();
  }
}

/** Seven questions: consumer, purpose, basis, fields, filter, last day and number. */
async function decidedAgreement(
  dataset: string,
  title: Bilingual,
  schema: DatasetSchema,
  given: AgreementOptions,
  ask: Dialogue,
): Promise<FirstAgreement> {
  const answer = answering(given, ask);
  const byName = new Map(schema.fields.map((field) => [field.name, field]));
  const known = (text: string): Bilingual | undefined => {
    const unknown = listOf(text).find((one) => !byName.has(one));
    return unknown === undefined
      ? undefined
      : { zh: `没有数据项 ${unknown}`, en: `there is no field ${unknown}` };
  };
  const consumer = await answerCode(given, ask, 'consumer', 'departments', {
    zh: '提供给哪个部门（代码）？',
    en: 'To which department (code)?',
  });
  const purpose = await answerCode(given, ask, 'purpose', 'purposes', {
    zh: '用于什么（使用场景代码）？',
    en: 'For what (code of a purpose)?',
  });
  const reference = await answer('basis', { zh: '依据哪项规定？', en: 'By which rule or document?' });
  const usual = schema.fields.filter(isProposed);
  const proposed = usual.map((field) => field.name).join(',');
  const which = await answer(
    'fields',
    { zh: '提供哪些数据项？', en: 'Which fields?' },
    proposed,
    known,
    columns(
      schema.fields.map((field) => [
        ...fieldCells(field),
        maskName(isProposed(field) ? usualMask(field) : undefined),
        noteOf(field),
      ]),
    ),
  );
  const fields = rulesOf(listOf(which), byName, given.mask ?? []);
  const filter = await answer(
    'filterBy',
    { zh: '可用于筛选的数据项（- 为无）？', en: 'Filtered by which fields (- for none)?' },
    (given.lookupBy === undefined ? usualFilter(schema.primaryKey, fields).join(',') : '') || '-',
    known,
  );
  const lookupBy = listOf(given.lookupBy ?? '');
  const objects = known(given.lookupBy ?? '');
  if (objects !== undefined) throw new VerbFailure(exitCode.usage, objects);
  const nextYear = String(Number(dayInChina(Date.now()).slice(0, 4)) + 1);
  const until = await answer(
    'until',
    { zh: '到哪一天为止？', en: 'Until which day?' },
    `${nextYear}-12-31`,
    (text) =>
      isDateText(text)
        ? undefined
        : { zh: '写作 2028-12-31，须有这一天', en: 'an existing day, written 2028-12-31' },
  );
  const number = agreementNumber(consumer, dataset);
  const id = await answer('id', { zh: '协议编号？', en: 'Number of the agreement?' }, number);
  return firstAgreement(
    {
      dataset,
      schema: `${schema.name}@${schema.major}`,
      consumer,
      purpose,
      reference,
      clause: given.clause ?? '',
      fields,
      filterBy: listOf(filter),
      lookupBy,
      from: inChina(Date.now()),
      until,
      id,
      title: given.title ?? '',
    },
    title,
  );
}

/** Fields of L4 and sensitive personal data are given only where a person chooses them. */
const isProposed = (field: SchemaField): boolean =>
  field.personal !== 'sensitive' && usualMask(field) !== undefined;

/** The usual mask of each field, or the one that was named for it. */
function rulesOf(
  fields: readonly string[],
  byName: ReadonlyMap<string, SchemaField>,
  named: readonly string[],
): Record<string, GivenRule> {
  const other = new Map(
    named.map((word): [string, string] => {
      const [field = '', mask = '', ...more] = word.split('=');
      if (!fields.includes(field) || mask === '' || more.length > 0)
        throw new VerbFailure(exitCode.usage, {
          zh: `--mask ${word}：写作 数据项=脱敏算法，数据项须在提供之列`,
          en: `--mask ${word}: write field=mask, of a field that is given`,
        });
      return [field, mask];
    }),
  );
  return Object.fromEntries(
    fields.map((name) => {
      const field = byName.get(name);
      const mask = other.get(name);
      const rule: GivenRule =
        mask === undefined
          ? ((field === undefined ? undefined : usualMask(field)) ?? { mask: 'nullify' })
          : { mask };
      return [name, rule];
    }),
  );
}
