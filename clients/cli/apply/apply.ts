/**
 * `datong catalogue apply FILE…`: registers the documents of YAML files, as an operator or steward would: validated, approved by two
 * persons where required, audited.
 */
import { translated } from '../reportedValues.ts';
import type { Command } from 'commander';
import { signingKey } from '../../../certs/signatures/index.ts';
import { openProfile, openStaffAccess, withStaffToken, type StaffOptions } from '../profile.ts';
import { readSignatureFile } from '../sign/signatureFile.ts';
import { data, exitCode, findingLines, say, talk, VerbFailure } from '../verb.ts';
import { applyDocuments, type Applied, type ApplyOptions } from './applyDocuments.ts';
import { documentsIn, readText, reviewMarks, type FileText } from './readDocuments.ts';
import type { Bilingual } from '../../../terms/bilingual.ts';
import type { Signer } from './requestOf.ts';
import { staffClient } from './staffCall.ts';
import { defined } from '../../../terms/defined.ts';
import { counted } from '../../../terms/counted.ts';

interface ApplyVerbOptions extends StaffOptions {
  readonly signAs?: readonly string[];
  readonly signature?: readonly string[];
  readonly approveWith?: string;
  readonly acceptEffect?: string;
  readonly check?: boolean;
  readonly json?: boolean;
}

export function register(program: Command): void {
  withStaffToken(
    program
      .command('apply')
      .argument(
        '<file...>',
        'YAML documents: Department, CodeList, Purpose, Schema, Dataset, Mapping, Agreement, …',
      )
      .description(
        '按文件登记；重复执行不改变任何东西 / register what files say; repeating it changes nothing',
      ),
  )
    .option('--sign-as <names...>', 'departments whose keys you hold: they sign agreements here')
    .option('--signature <files...>', 'signatures that departments made with datong policy sign')
    .option('--approve-with <token>', 'token of the second person, or its name in the demo (security)')
    .option(
      '--accept-effect <digest>',
      'digest of what the document loosens today, where the approval requires it',
    )
    .option('--check', 'send nothing: what would be registered, what it opens, who has to sign and approve')
    .option('--json', 'one JSON object a document')
    .addHelpText(
      'after',
      '\nExample:\n  datong catalogue apply samples/household/agreement.yaml --sign-as pub-security education --as operator --approve-with security\n',
    )
    .action(apply);
}

async function apply(files: readonly string[], options: ApplyVerbOptions): Promise<void> {
  const { signAs = [], signature = [], approveWith, acceptEffect, check = false, json = false } = options;
  await applyFiles(files, options, {
    signers: signAs.map(signerNamed),
    signatures: signature.map(readSignatureFile),
    checkOnly: check,
    json,
    ...defined({ approveWith, acceptEffect }),
  });
}

type Choices = Partial<
  Pick<ApplyOptions, 'signers' | 'signatures' | 'checkOnly' | 'approveWith' | 'acceptEffect'>
> & { readonly json?: boolean };

/** Sends files, or checks them, and prints the outcome of each document. @returns the outcomes; undefined where one was refused, as the exit code reports too */
export async function applyFiles(
  files: readonly string[],
  access: StaffOptions,
  { json = false, approveWith, ...choices }: Choices,
): Promise<readonly Applied[] | undefined> {
  const texts = files.map(readText);
  const documents = texts.flatMap(documentsIn);
  refuseUnreviewed(texts);
  const client = staffClient(openStaffAccess(access, 'operator'));
  try {
    const applied = await applyDocuments(documents, {
      client,
      signers: [],
      whole: true,
      ...choices,
      ...(approveWith === undefined ? {} : { approveWith: approver(approveWith, access) }),
      onApplied: (one) => printApplied(one, json),
    });
    const isGood = applied.every(({ outcome }) => outcome !== 'refused');
    if (!isGood) process.exitCode = exitCode.refused;
    return isGood ? applied : undefined;
  } finally {
    client.close();
  }
}

/** A token; or, for the running demo, the name of one of its staff. */
function approver(text: string, { as, demo }: StaffOptions): string {
  if (text.startsWith('dtg_')) return text;
  if (as !== undefined || demo === true) return openStaffAccess({ as: text }).token;
  throw new VerbFailure(exitCode.usage, {
    zh: '--approve-with 要写令牌（dtg_…）；只有演示环境（--as 或 --demo）才写名称',
    en: '--approve-with is a token (dtg_…); a name only with the running demo (--as or --demo)',
  });
}

function signerNamed(name: string): Signer {
  const { department, signingKey: key } = openProfile({ as: name });
  return { department, key: signingKey(key) };
}

const words: Readonly<Record<Applied['outcome'], { readonly zh: string; readonly en: string }>> = {
  registered: { zh: '已登记', en: 'registered' },
  unchanged: { zh: '未变化', en: 'unchanged' },
  proposed: { zh: '待确认', en: 'proposed' },
  submitted: { zh: '待审批', en: 'submitted' },
  granted: { zh: '已生效', en: 'in force' },
  suspended: { zh: '已暂停', en: 'suspended' },
  refused: { zh: '被拒绝', en: 'refused' },
  held: { zh: '未提交', en: 'not sent' },
  ready: { zh: '可登记', en: 'ready' },
};

/** Kinds that another person of the data office decides about. */
const ofTheOffice: ReadonlySet<string> = new Set([
  'Purpose',
  'CodeList',
  'Procedure',
  'Matter',
  'RequestTemplate',
]);

/** Who has to act after a document was sent, and what it opens. */
function checkedLines({ kind, name, checked = {} }: Applied): Bilingual[] {
  const lines: Bilingual[] = [];
  const { signs = [], loosens, officer, decides } = checked;
  if (checked.unchanged === true) return [];
  if (signs.length > 0)
    lines.push({ zh: `  须签署：${signs.join('、')}`, en: `  to be signed by ${signs.join(', ')}` });
  if (loosens !== undefined)
    lines.push({
      zh: `  ${loosens === 0 ? '' : `放开 ${loosens} 个数据项；`}由数据主管部门审批`,
      en: `  ${loosens === 0 ? '' : `opens ${counted(loosens, 'field')}; `}the data office approves it`,
    });
  if (officer === true)
    lines.push({ zh: '  须数据安全管理员同意', en: '  the security officer has to agree' });
  const [department = ''] = name.split('/');
  if (decides === 'caller') lines.push({ zh: '  登记后即生效', en: '  in force once registered' });
  if (decides === 'department')
    lines.push({
      zh: `  由 ${department} 的一人确认；该部门没有数据管理员的，由数据主管部门确认`,
      en: `  a person of ${department} approves it; the data office does where ${department} has no steward`,
    });
  if (ofTheOffice.has(kind))
    lines.push({ zh: '  由数据主管部门的另一人确认', en: '  another person of the data office approves it' });
  return lines;
}

/** @throws VerbFailure (exit 1) with the lines that a draft marked for review and that are still there */
function refuseUnreviewed(files: readonly FileText[]): void {
  const marks = files.flatMap((one) =>
    reviewMarks(one).map(({ line, text }) => `${one.file}:${line}  ${text}`),
  );
  if (marks.length === 0) return;
  throw new VerbFailure(
    exitCode.refused,
    {
      zh: `有 ${marks.length} 处暂定值未经核对，未提交任何内容`,
      en: `${marks.length} placeholders have not been reviewed; nothing was sent`,
    },
    {
      zh: '逐处核对取值，改正后删去这些以 # REVIEW 开头的行',
      en: 'check each value, correct it, and remove these lines, which begin with # REVIEW',
    },
    marks,
  );
}

/** Prints the outcome of one document: a line of data, and the next steps as messages. */
export function printApplied(applied: Applied, json: boolean): void {
  if (json) {
    data(JSON.stringify(applied));
    return;
  }
  const { id, name } = applied;
  // the hub names an automatic agreement: a person who requests data under it must know the name
  const isReported = id === undefined || id === name || name.startsWith(`${id}@`);
  data(
    `${say(words[applied.outcome])}  ${translated('kind', applied.kind)} ${name}${isReported ? '' : `  ${id}`}`,
  );
  if (applied.outcome === 'proposed') printWaiting(applied);
  if (applied.missing !== undefined) {
    talk({
      zh: `  等待签名：${applied.missing.join('、')}`,
      en: `  waits for the signature of ${applied.missing.join(', ')}`,
    });
  }
  if (applied.checked !== undefined) for (const line of checkedLines(applied)) talk(line);
  if (applied.outcome === 'refused') printRefusal(applied);
}

/** Who decides about a proposal. */
function printWaiting(applied: Applied): void {
  const { proposal = '', owner, ownerDecides } = applied;
  if (ownerDecides === true)
    talk({
      zh: `  ${owner ?? ''} 有数据管理员，由其确认；未使用 --approve-with`,
      en: `  ${owner ?? ''} has a steward, who decides; --approve-with was not used`,
    });
  talk({
    zh: `  等待${owner === undefined ? '数据主管部门' : ` ${owner} `}的另一人：datong review approve ${proposal}`,
    en: `  waits for another person of ${owner ?? 'the data office'}: datong review approve ${proposal}`,
  });
}

function printRefusal(applied: Applied): void {
  const at = applied.at === undefined ? '' : ` ${applied.at}`;
  talk(`  ${applied.file}:${applied.line}  ${applied.code ?? ''}${at}`);
  if (applied.message !== undefined) talk(`  ${say(applied.message)}`);
  for (const line of findingLines(applied.findings ?? [])) talk(`    ${line}`);
  if (applied.next !== undefined) talk(`  ${say({ zh: '处理建议：', en: 'next: ' })}${say(applied.next)}`);
}
