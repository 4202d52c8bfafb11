/**
 * `datong audit evidence|explain`: requests evidence, has a second person release it, writes it as a folder, and explains it step by step.
 */
import type { Command } from 'commander';
import { withStaffToken, type StaffOptions } from '../../profile.ts';
import { data, dataLines, exitCode, reportFindings, say, talk, VerbFailure } from '../../verb.ts';
import { wholeNumber } from '../../values.ts';
import { identifierFrom } from '../../consent/consents.ts';
import { moment, questionWords } from '../search.ts';
import { staffReader, type StaffReader } from '../staffReader.ts';
import { trustedOffline, withTrustedKeys, type TrustOptions } from '../verifiedLog.ts';
import type { EvidenceCheck } from './checkEvidence.ts';
import { extentText, questionText } from '../../../../log/pack/claims.ts';
import { checkEvidenceAt, evidenceAt } from './evidenceFiles.ts';
import { fetchEvidence } from './fetchEvidence.ts';
import { storyOf } from '../../../../log/story.ts';

interface AskOptions extends StaffOptions {
  readonly subject?: string;
  readonly dataset?: string;
  readonly from?: string;
  readonly until?: string;
  readonly first?: number;
  readonly last?: number;
  readonly whole?: boolean;
  readonly reason?: string;
  readonly case?: string;
  readonly out?: string;
  readonly json?: boolean;
}

export function registerEvidence(audit: Command): void {
  const evidence = withStaffToken(audit.command('evidence')).description(
    '证据文件夹：条目、证明、检查点、密钥、当时的文档与打印件 / a folder of evidence: entries, proofs, checkpoint, keys, the documents of the time, a print form',
  );
  for (const [name, [value, text]] of Object.entries(questionWords))
    if (name !== 'exchange') evidence.option(`--${name} <${value}>`, text);
  evidence
    .option(
      '--subject <file>',
      '个人标识所在文件，- 为标准输入（不写在命令行上） / file with the identifier of a person, - for standard input',
    )
    .option('--dataset <id>', '数据资源；--subject 时必填 / dataset, needed with --subject')
    .option('--from <time>', '起（含），日期或 RFC 3339 / first day or moment')
    .option('--until <time>', '止（不含），日期或 RFC 3339 / the day or moment after the last')
    .option('--first <index>', '第一条的序号 / index of the first entry', wholeNumber(0))
    .option('--last <index>', '最后一条的序号 / index of the last entry', wholeNumber(0))
    .option(
      '--whole',
      '区间内的全部条目都放入：方可声明完整 / every entry of the range goes in: only then it is complete',
    )
    .option('--reason <text>', '事由，必填；记入日志 / reason (required); recorded in the log')
    .option('--case <number>', '案件编号，必填；记入日志 / case number (required); recorded in the log')
    .option('-o, --out <folder>', '写入的文件夹 / folder to write')
    .option('--json', '以 JSON 输出编号与状态 / id and state as JSON')
    .addHelpText(
      'after',
      '\nEvidence about a person is released by a second person: datong audit evidence release ID.' +
        '\n\nExamples:\n  datong audit evidence --as auditor --matter RX-2026-0001 --reason complaint --case XF-2026-0001 -o evidence-1' +
        '\n  datong audit evidence --as auditor --agreement agr-school-enrolment --first 0 --whole --reason review --case SJ-2026-3 -o evidence-2',
    )
    .action(ask);
  const answer = (name: 'release' | 'refuse', text: string): void => {
    withStaffToken(
      evidence
        .command(name)
        .argument('<id>', '证据编号，见 datong inbox / as datong inbox lists it')
        .description(text),
    ).action((id: string, _options: object, command: Command) =>
      decide(name, id, command.optsWithGlobals<StaffOptions>()),
    );
  };
  answer('release', '作为第二人放行涉及个人的证据 / release evidence about a person, as the second person');
  answer('refuse', '作为第二人拒绝 / refuse it, as the second person');
  withStaffToken(
    evidence
      .command('fetch')
      .argument('<id>', '证据编号 / id of the evidence')
      .description(
        '取回已放行的证据，写入 -o 文件夹，默认为证据编号 / fetch released evidence and write it to the folder of -o (default: its id)',
      ),
  ).action((id: string, _options: object, command: Command) =>
    fetchInto(id, command.optsWithGlobals<AskOptions>()),
  );
  withTrustedKeys(audit.command('explain'))
    .description(
      '逐条讲述证据：谁、为何、看了什么 / describe evidence entry by entry: who, why, what was released',
    )
    .argument('<path>', '证据文件夹或 evidence.json / folder of evidence, or its evidence.json')
    .action(explain);
}

function questionOf(options: AskOptions): object {
  const requested = options as unknown as Readonly<Record<string, unknown>>;
  const { subject, dataset, first, last, whole } = options;
  if (subject !== undefined && dataset === undefined)
    throw new VerbFailure(exitCode.usage, {
      zh: '--subject 须同时给出 --dataset',
      en: '--subject needs --dataset',
    });
  const about =
    subject === undefined
      ? { dataset }
      : { subject: { dataset: dataset ?? '', value: identifierFrom(subject) } };
  const words = Object.keys(questionWords).filter((name) => name !== 'exchange');
  return Object.fromEntries(
    Object.entries({
      ...Object.fromEntries(words.map((name) => [name, requested[name]])),
      from: moment(options.from, '--from'),
      until: moment(options.until, '--until'),
      first,
      last,
      whole,
      ...about,
    }).filter(([, value]) => value !== undefined),
  );
}

async function ask(options: AskOptions): Promise<void> {
  const { reason, case: caseNumber, out, json } = options;
  const question = questionOf(options);
  if (Object.keys(question).length === 0)
    throw new VerbFailure(exitCode.usage, {
      zh: '请给出所问：办件、协议、区间、个人或其他检索条件',
      en: 'say what it is about: a case, an agreement, a range, a person or another search',
    });
  if (reason === undefined || caseNumber === undefined)
    throw new VerbFailure(exitCode.usage, {
      zh: '请给出 --reason 与 --case，二者记入日志',
      en: '--reason and --case are required: both are recorded in the log',
    });
  const hub = staffReader(options);
  try {
    const made = await hub.ask('POST', '/v1/log/evidence', { reason, case: caseNumber, question });
    if (json === true) data(JSON.stringify(made));
    const id = String(made['id']);
    if (made['state'] !== 'released')
      talk({
        zh: `证据 ${id} 涉及个人，等待另一人放行：datong audit evidence release ${id}`,
        en: `evidence ${id} is about a person and waits for another one: datong audit evidence release ${id}`,
      });
    else if (out !== undefined) await write(hub, id, out);
    else if (json !== true) data(id);
  } finally {
    hub.close();
  }
}

async function decide(answer: 'release' | 'refuse', id: string, options: StaffOptions): Promise<void> {
  const hub = staffReader(options);
  try {
    await hub.ask('POST', `/v1/log/evidence/${encodeURIComponent(id)}/answer`, { answer });
    talk(
      answer === 'release'
        ? { zh: `证据 ${id} 已放行`, en: `evidence ${id} is released` }
        : { zh: `证据 ${id} 已拒绝`, en: `evidence ${id} is refused` },
    );
  } finally {
    hub.close();
  }
}

async function fetchInto(id: string, options: AskOptions): Promise<void> {
  const hub = staffReader(options);
  try {
    await write(hub, id, options.out ?? id);
  } finally {
    hub.close();
  }
}

async function write(hub: StaffReader, id: string, folder: string): Promise<void> {
  const { findings, read } = await fetchEvidence(hub, id, folder);
  if (findings.length > 0)
    reportFindings(findings, { json: false, failure: exitCode.verification, passed: { zh: '', en: '' } });
  if (read === undefined) return;
  const { digest } = read;
  const extent = extentText(read);
  talk({
    zh: `已写入 ${folder}：${extent.zh}；SHA-256 ${digest}`,
    en: `wrote ${folder}: ${extent.en}; SHA-256 ${digest}`,
  });
}

function explain(path: string, options: TrustOptions): void {
  const evidence = evidenceAt(path);
  if (evidence === undefined)
    throw new VerbFailure(exitCode.local, {
      zh: `${path} 中没有 evidence.json`,
      en: `there is no evidence.json at ${path}`,
    });
  const check = checkEvidenceAt(evidence, trustedOffline(options));
  if (check.findings.length === 0) printCheck(check);
  else
    reportFindings(check.findings, {
      json: false,
      failure: exitCode.verification,
      passed: { zh: '', en: '' },
    });
}

function printCheck({ read }: EvidenceCheck): void {
  if (read === undefined) return;
  const { file } = read;
  data(
    say({
      zh: `证据 ${file.id}，案件 ${file.case}，事由 ${file.reason}；所问：${questionText(read).zh}`,
      en: `evidence ${file.id}, case ${file.case}, reason ${file.reason}; asked: ${questionText(read).en}`,
    }),
  );
  const [chosen, attempts] = [new Set(file.chosen), new Set(file.attempts)];
  for (const { index, leaf } of read.entries)
    if (chosen.has(index)) dataLines([say(storyOf(index, leaf, attempts.has(index)))]);
  data(say(extentText(read)));
}
