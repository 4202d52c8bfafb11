/** `datong dataset create FILE`: from a file to a registered dataset. At most ten questions, each with a proposed answer; every one has an option. */
import { writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { Command } from 'commander';
import { datasetDrafted, documentsText } from '../../../adapters/newDataset/datasetDocuments.ts';
import { shippedSurroundings } from '../../../machine/surroundings.ts';
import { draftSchema } from '../../../schemas/draft/draftSchema.ts';
import type { Table } from '../../../schemas/draft/table.ts';
import { defined } from '../../../terms/defined.ts';
import { applyFiles } from '../apply/apply.ts';
import { withLines } from '../output.ts';
import { withStaffToken } from '../profile.ts';
import { sampleOf, tablesOf } from '../schema/draft.ts';
import { exitCode, say, talk, VerbFailure } from '../verb.ts';
import { refuseExisting } from './answering.ts';
import { decide, type CreateOptions } from './datasetQuestions.ts';
import { showGrid, showRows } from './datasetShown.ts';
import { dialogue, type Dialogue } from './dialogue.ts';

/** Rows of the sample that are shown. */
const maxShown = 3;

export function registerCreate(dataset: Command): void {
  withStaffToken(
    dataset
      .command('create')
      .description(
        '由一个数据文件建立数据资源：读样例、至多十问、登记 / create a dataset from a file: reads a sample, asks at most ten questions, registers',
      )
      .argument('<file>', 'rows of it (CSV, xlsx, DBF, JSON, NDJSON), a list of columns, or CREATE TABLE'),
  )
    .option('--for <department>', 'code of the department that provides it')
    .option('--name <name>', 'name of schema and dataset, such as food-permit')
    .option('--title <text>', 'what the dataset is called, in Chinese')
    .option('--title-en <text>', 'what the dataset is called, in English')
    .option('--key <fields>', 'fields that identify a row, with commas; - for none')
    .option(
      '--about <field>',
      'field that names the person or organisation of a row, such as uscc:organization; - for none',
    )
    .option('--sensitivity <field=level...>', 'levels other than the proposed ones, such as phone=L3')
    .option(
      '--keep <fields>',
      'fields whose marks of a missing value, such as 无 or -, remain texts, with commas',
    )
    .option('--sharing <type>', 'conditional, unconditional or none')
    .option('--conditions <text>', 'on which conditions it is shared')
    .option('--mode <mode>', 'snapshot: each file replaces the one before; upsert: it adds and changes rows')
    .option('--every <period>', 'how often a file is expected: day, workday or - (not on fixed days)')
    .option('--sheet <name>', 'sheet of a workbook')
    .option('--sample <file>', 'rows of it, where the file is a list of columns: for the mapping')
    .option('--out <file>', 'file to write (default: NAME.yaml)')
    .option('--force', 'replace the file to write')
    .option('--yes', 'register without a further question')
    .option('--approve-with <token>', 'token of the second person, or its name in the demo (security)')
    .addHelpText('after', '\nExample:\n  datong dataset create permits.csv --for market')
    .action(async (file: string, options: CreateOptions) => {
      await withLines(async (line) => {
        await create(file, options, dialogue(line, talk));
      });
    });
}

async function create(file: string, options: CreateOptions, ask: Dialogue): Promise<void> {
  const { out, sheet, sample } = options;
  if (out !== undefined) refuseExisting(out, options.force === true);
  const table = await tableOf(file, sheet);
  const draft = draftSchema(table, shippedSurroundings);
  const decisions = await decide(draft, table, options, ask);
  const path = out ?? `${decisions.name}.yaml`;
  refuseExisting(path, options.force === true);
  const rows = sample ?? (table.source === 'sample' ? file : undefined);
  const drafted = await datasetDrafted(
    draft,
    decisions,
    rows === undefined
      ? undefined
      : {
          bytes: sampleOf(rows),
          options: sample === undefined ? defined({ sheet }) : {},
        },
    shippedSurroundings,
    maxShown,
  );
  if ('findings' in drafted)
    throw new VerbFailure(
      exitCode.refused,
      { zh: '标准还不能登记', en: 'the schema cannot be registered yet' },
      { zh: '按各条改正后再运行', en: 'run it again with what these lines name' },
      drafted.findings.map(({ path: at, message, mend }) => `${at}  ${say(message)}  ${say(mend)}`),
    );
  showGrid(draft, decisions);
  showRows(drafted);
  writeFileSync(path, documentsText(drafted.documents));
  talk({ zh: `已写入 ${path}`, en: `wrote ${path}` });
  const { department, name } = decisions;
  await register(
    path,
    { id: `${department}.${name}`, ...(rows === undefined ? {} : { sent: basename(rows) }) },
    options,
    () => isConfirmed(options, ask),
  );
}

/** Checks the file, and sends it once the person agrees. */
async function register(
  path: string,
  { id, sent }: { readonly id: string; readonly sent?: string },
  options: CreateOptions,
  isAgreed: () => Promise<boolean>,
): Promise<void> {
  if ((await applyFiles([path], options, { checkOnly: true })) === undefined) return;
  if (!(await isAgreed())) {
    talk({ zh: `登记：datong catalogue apply ${path}`, en: `register it: datong catalogue apply ${path}` });
    return;
  }
  const applied = await applyFiles([path], options, defined({ approveWith: options.approveWith }));
  if (applied === undefined) return;
  const steps = [
    ...applied.flatMap(({ proposal }) =>
      proposal === undefined ? [] : [`datong review approve ${proposal} --yes`],
    ),
    ...(sent === undefined ? [] : [`datong send ${sent} --dataset ${id}`]),
    `datong policy create ${id}`,
  ];
  talk({ zh: `其后：${steps.join('；')}`, en: `next: ${steps.join('; ')}` });
}

async function isConfirmed({ yes }: CreateOptions, ask: Dialogue): Promise<boolean> {
  if (yes === true || !ask.isAsked) return yes === true;
  const typed = await ask.ask({
    text: { zh: '现在登记吗（y/n）？', en: 'Register it now (y/n)?' },
    option: '--yes',
    proposed: 'y',
  });
  return /^(?:y|yes|是|好)$/i.test(typed);
}

/** @throws VerbFailure for several tables, of which one has to be named */
async function tableOf(file: string, sheet: string | undefined): Promise<Table> {
  const all = await tablesOf(file);
  const [table, ...others] = all.filter(({ name }) => sheet === undefined || name === sheet);
  if (table === undefined || others.length > 0)
    throw new VerbFailure(
      exitCode.usage,
      table === undefined
        ? { zh: `${file} 没有表 ${sheet ?? ''}`, en: `${file} holds no table ${sheet ?? ''}` }
        : { zh: `${file} 有 ${others.length + 1} 张表`, en: `${file} holds ${others.length + 1} tables` },
      { zh: '以 --sheet 指明一张', en: 'name one with --sheet' },
      all.map(({ name }) => name),
    );
  return table;
}
