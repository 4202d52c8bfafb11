/** `datong dataset create FILE`: from a file to a registered dataset. At most ten questions, each with a proposed answer; every one has an option. */
import { existsSync, writeFileSync } from 'node:fs';
import { basename, extname } from 'node:path';
import type { Command } from 'commander';
import { shippedSurroundings } from '../../../machine/surroundings.ts';
import { draftSchema } from '../../../schemas/draft/draftSchema.ts';
import type { Table } from '../../../schemas/draft/table.ts';
import { applyFiles } from '../apply/apply.ts';
import { readBounded } from '../boundedFile.ts';
import { withLines } from '../output.ts';
import { withStaffToken } from '../profile.ts';
import { tablesOf } from '../schema/draft.ts';
import { exitCode, say, talk, VerbFailure } from '../verb.ts';
import { decide, type CreateOptions } from './datasetQuestions.ts';
import { showGrid, showRows } from './datasetShown.ts';
import { dialogue, type Dialogue } from './dialogue.ts';
import { badRatioOf, decidedSchema, documentsText, findingsOf, mappingFor } from './datasetDocuments.ts';

const maxBytes = 16 * 1024 * 1024;

export function registerCreate(dataset: Command): void {
  withStaffToken(
    dataset
      .command('create')
      .description(
        '由一个数据文件建立数据资源：读样例、至多十问、登记 / create a dataset from a file: reads a sample, asks at most ten questions, registers',
      )
      .argument('<file>', 'rows of it (CSV, xlsx, DBF, JSON, NDJSON)'),
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
    .option('--sharing <type>', 'conditional, unconditional or none')
    .option('--conditions <text>', 'on which conditions it is shared')
    .option('--mode <mode>', 'snapshot: each file replaces the one before; upsert: it adds and changes rows')
    .option('--every <period>', 'how often a file is expected: day, workday or - (not on fixed days)')
    .option('--sheet <name>', 'sheet of a workbook')
    .option('--out <file>', 'file to write (default: NAME.yaml)')
    .option('--force', 'replace the file to write')
    .option('--yes', 'register without a further question')
    .option('--approve-with <token>', 'token of the second person, or its name in the demo (security)')
    .addHelpText('after', '\nExample:\n  datong dataset create permits.csv --for market')
    .action(async (file: string, options: CreateOptions) => {
      await withLines(async (line) => {
        await create(file, options, dialogue(line, talk), line !== undefined);
      });
    });
}

/** @param isAsked whether a person sits at a terminal */
async function create(file: string, options: CreateOptions, ask: Dialogue, isAsked: boolean): Promise<void> {
  const table = await tableOf(file, options.sheet);
  const draft = draftSchema(table, shippedSurroundings);
  const decisions = await decide(draft, table, options, ask);
  const schema = decidedSchema(draft, decisions);
  const findings = findingsOf(schema);
  if (findings.length > 0)
    throw new VerbFailure(
      exitCode.refused,
      { zh: '标准还不能登记', en: 'the schema cannot be registered yet' },
      { zh: '按各条改正后再运行', en: 'run it again with what these lines name' },
      findings.map(({ path, message, mend }) => `${path}  ${say(message)}  ${say(mend)}`),
    );
  const sheet = options.sheet === undefined ? {} : { sheet: options.sheet };
  const suggestion = await mappingFor(readBounded(file, maxBytes), schema, sheet);
  showGrid(draft, decisions);
  showRows(table, draft, schema);
  const path = options.out ?? `${decisions.name}.yaml`;
  if (existsSync(path) && options.force !== true)
    throw new VerbFailure(
      exitCode.local,
      { zh: `${path} 已存在`, en: `${path} is there already` },
      { zh: '--out 另存，或 --force 覆盖', en: 'choose another with --out, or replace it with --force' },
    );
  const records = Math.max(0, ...table.columns.map(({ samples }) => samples.length));
  writeFileSync(path, documentsText(schema, suggestion, badRatioOf(draft, records), decisions));
  talk({ zh: `已写入 ${path}`, en: `wrote ${path}` });
  if (!(await applyFiles([path], options, { checkOnly: true }))) return;
  const isSent =
    options.yes === true ||
    (isAsked &&
      /^(?:y|yes|是|好)$/i.test(
        await ask.ask({
          text: { zh: '现在登记吗（y/n）？', en: 'Register it now (y/n)?' },
          option: '--yes',
          proposed: 'y',
        }),
      ));
  if (!isSent) {
    talk({ zh: `登记：datong catalogue apply ${path}`, en: `register it: datong catalogue apply ${path}` });
    return;
  }
  const { approveWith } = options;
  if (!(await applyFiles([path], options, approveWith === undefined ? {} : { approveWith }))) return;
  const id = `${decisions.department}.${decisions.name}`;
  talk({
    zh: `其后：datong send ${basename(file)} --dataset ${id}；datong agreement create ${id} --consumer 部门`,
    en: `next: datong send ${basename(file)} --dataset ${id}; datong agreement create ${id} --consumer DEPARTMENT`,
  });
}

/** @throws VerbFailure for several tables, of which one has to be named */
async function tableOf(file: string, sheet: string | undefined): Promise<Table> {
  const all = await tablesOf(file);
  const tables = all.filter(({ name }) => sheet === undefined || name === sheet);
  const [table, ...others] = tables;
  if (table === undefined || others.length > 0 || table.source !== 'sample')
    throw new VerbFailure(
      exitCode.usage,
      table?.source === 'sample' || table === undefined
        ? { zh: `${file} 有 ${tables.length} 张表`, en: `${file} holds ${tables.length} tables` }
        : {
            zh: `${file} 是字段清单或建表语句，不是数据`,
            en: `${file} is a list of columns and holds no rows`,
          },
      {
        zh: '以 --sheet 指明一张；字段清单用 datong schema draft',
        en: 'name one with --sheet; for a list of columns use datong schema draft',
      },
      all.map(({ name }) => name),
    );
  return { ...table, name: table.name === sheet ? table.name : basename(file, extname(file)) };
}
