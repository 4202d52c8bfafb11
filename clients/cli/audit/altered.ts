/** `datong audit altered|restore`: rows that were changed past the hub, and the act of two persons that accepts or removes them. */
import type { Command } from 'commander';
import type { StaffClient } from '../apply/staffCall.ts';
import { bodyOf } from '../approve/waiting.ts';
import { everyPage, getFrom } from '../everyPage.ts';
import { withStaffToken, type StaffOptions } from '../profile.ts';
import { asSteward } from '../request/requestCall.ts';
import { printProposal } from '../subject/service.ts';
import { columns } from '../printedText.ts';
import { pathSegment } from '../values.ts';
import { data, exitCode, say, talk, VerbFailure } from '../verb.ts';
import type { FoundRows, LogFindings } from '../../sdk/listTypes.ts';
import { counted } from '../../../terms/counted.ts';

interface AlteredOptions extends StaffOptions {
  readonly dataset?: string;
  readonly json?: boolean;
}

interface RestoreOptions extends StaffOptions {
  readonly seal?: boolean;
  readonly remove?: boolean;
  readonly digest: string;
  readonly reason: string;
  readonly case: string;
  readonly json?: boolean;
}

type Finding = LogFindings['findings'][number];

const path = '/v1/log/findings';

export function registerAltered(audit: Command): void {
  withStaffToken(audit.command('altered'))
    .description(
      '被绕过枢纽改动的数据：列出、查看一项，或立即比对一个数据资源 / data changed past the hub: list them, show one, or compare a dataset now',
    )
    .argument('[about]', 'row or table, as the list names it')
    .option('--dataset <id>', 'compare the rows of this dataset now')
    .option('--json', 'one JSON document')
    .addHelpText(
      'after',
      "\nExamples:\n  $ datong audit altered --as auditor\n  $ datong audit altered 'purpose school-enrolment' --as security\n  $ datong audit altered --dataset pub-security.household --as auditor\nExit code 5: something is found",
    )
    .action(altered);
  withStaffToken(audit.command('restore'))
    .description(
      '认可被改动的行或表的现状，或删除该行，须第二人同意 / accept a row or table that was changed past the hub as it is, or remove the row; a second person accepts',
    )
    .argument('<about>', 'row or table, as datong audit altered lists it')
    .option('--seal', 'it is as it should be')
    .option('--remove', 'remove the row, or accept that it is gone')
    .requiredOption('--digest <sha256>', 'of what datong audit altered showed')
    .requiredOption('--reason <text>', '事由 / why')
    .requiredOption('--case <number>', '案件编号 / number of the case')
    .option('--json', 'one JSON document')
    .addHelpText(
      'after',
      "\nExample:\n  $ datong audit restore 'purpose school-enrolment' --seal --digest 5f70… --as auditor --reason 已核对登记材料 --case AQ-2026-0004\n  $ datong review approve PROPOSAL --as security",
    )
    .action(restore);
}

async function altered(about: string | undefined, options: AlteredOptions): Promise<void> {
  if (about !== undefined) return show(about, options);
  await asSteward(options, async (client) => {
    const { findings: found, whole } =
      options.dataset === undefined
        ? { findings: await storedFindings(client), whole: true }
        : await verification(client, options.dataset);
    if (options.json === true) data(JSON.stringify({ ok: found.length === 0, whole, findings: found }));
    else
      for (const line of columns(found.map(({ code, about: of = '', message }) => [of, code, say(message)])))
        data(line);
    if (!whole)
      talk({
        zh: '未比完全部数据；其余由定时任务 verifyDatasets 比对',
        en: 'not all rows were compared; the job verifyDatasets compares the rest',
      });
    if (found.length > 0)
      throw new VerbFailure(exitCode.verification, {
        zh: `${found.length} 项不一致；逐项查看：datong audit altered ABOUT`,
        en: `${counted(found.length, 'finding')}; show one with datong audit altered ABOUT`,
      });
    talk({ zh: '没有发现改动', en: 'nothing is altered' });
  });
}

const storedFindings = (client: StaffClient): Promise<readonly Finding[]> =>
  everyPage(
    getFrom(client),
    path,
    { concerning: 'rows', limit: '100' },
    (page) => page['findings'] as readonly Finding[],
  );

/** Compares the rows of a dataset now. @returns `whole`: whether all rows were compared */
async function verification(
  client: StaffClient,
  dataset: string,
): Promise<{ readonly findings: readonly Finding[]; readonly whole: boolean }> {
  const reply = bodyOf(await client.post(`/v1/datasets/${pathSegment(dataset)}/verification`, {}));
  return { findings: reply['findings'] as readonly Finding[], whole: reply['whole'] === true };
}

async function show(about: string, options: AlteredOptions): Promise<void> {
  await asSteward(options, async (client) => {
    const wanted = new URLSearchParams({ about });
    const found = bodyOf(await client.get(`${path}/rows?${wanted.toString()}`)) as unknown as FoundRows;
    if (options.json === true) data(JSON.stringify({ ok: true, ...found }));
    else {
      for (const line of columns((found.values ?? []).map(({ column, value }) => [column, value])))
        data(line);
      data(`digest ${found.digest}`);
    }
    const { rows, storedRows, batch, entry, acts } = found;
    const none =
      batch === undefined
        ? { zh: '（须先删除多出的列）', en: 'nothing, before added columns are removed' }
        : { zh: '（须重新报送：该批次未曾发布，或属于其他数据资源）', en: 'nothing: send a batch again' };
    const lines = [
      ...(rows === undefined ? [] : [{ zh: `现有 ${rows} 行`, en: `${counted(rows, 'row')} now` }]),
      ...(storedRows === undefined
        ? []
        : [{ zh: `枢纽所记为 ${storedRows} 行`, en: `${counted(storedRows, 'row')} by the hub's record` }]),
      ...(batch === undefined ? [] : [{ zh: `当前批次 ${batch}`, en: `current batch ${batch}` }]),
      ...(entry === undefined
        ? []
        : [{ zh: `上次由条目 ${entry} 改动`, en: `last changed with entry ${entry}` }]),
    ];
    talk({
      zh: [found.code, ...lines.map(({ zh }) => zh), `可 ${acts.join('、') || none.zh}`].join('；'),
      en: [found.code, ...lines.map(({ en }) => en), `possible: ${acts.join(', ') || none.en}`].join('; '),
    });
  });
}

async function restore(about: string, options: RestoreOptions): Promise<void> {
  const { seal, remove, digest, reason, case: caseNumber } = options;
  if ((seal === true) === (remove === true))
    throw new VerbFailure(exitCode.usage, {
      zh: '请写明 --seal 或 --remove 之一',
      en: 'name one of --seal and --remove',
    });
  const act = seal === true ? 'seal' : 'remove';
  await asSteward(options, async (client) => {
    const body = { about, act, digest, reason, case: caseNumber };
    printProposal(bodyOf(await client.post(`${path}/restorations`, body)), options);
  });
}
