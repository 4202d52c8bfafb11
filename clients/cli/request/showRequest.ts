/** `datong request show ID`: a request with all its events; `--document` only the agreement, ready for `datong catalogue apply`. */
import { translated } from '../reportedValues.ts';
import type { Command } from 'commander';
import type { StaffClient } from '../apply/staffCall.ts';
import { bodyOf } from '../approve/waiting.ts';
import { everyPage, getFrom } from '../everyPage.ts';
import { withStaffToken } from '../profile.ts';
import { data, dataLines, talk, exitCode, VerbFailure } from '../verb.ts';
import type { RequestView, RequestSummary } from '../../sdk/listTypes.ts';
import { asSteward, rowOf, type RequestOptions } from './requestCall.ts';
import { columns } from '../printedText.ts';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dayOfMoment } from '../../../terms/civilDate.ts';
import { paperNames, papersByDigest } from '../../../terms/requestForm/papersByDigest.ts';
import { formTitle, requestForm } from '../../../terms/requestForm/requestForm.ts';
import { datasetsNamedIn, type NameOf } from '../../../terms/requestForm/saidAgreement.ts';
import { formRow, printedForm } from '../printedForm.ts';
import { namesFor } from './namesFor.ts';
import { counted } from '../../../terms/counted.ts';

/* 政务数据共享申请审批表: a request as one page that an office prints, signs and files. */

/** @returns an HTML document, UTF-8, in Chinese */
export const approvalForm = (view: RequestView, nameOf?: NameOf): string =>
  printedForm(
    view.id,
    formTitle.zh,
    requestForm(view, nameOf).map(({ title, lines }) => formRow(title.zh, ...lines.map(({ zh }) => zh))),
  );

interface ShowOptions extends RequestOptions {
  readonly document?: boolean;
}

export function registerShow(request: Command): void {
  withStaffToken(request.command('show'))
    .description('一件申请及其办理经过 / a request and what happened to it')
    .argument('<id>', 'req-…')
    .option('--document', 'the current agreement, for datong catalogue apply FILE --sign-as')
    .option('--json', 'everything as JSON')
    .addHelpText('after', '\nExample:\n  $ datong request show req-000000001\n')
    .action(show);
}

async function show(id: string, options: ShowOptions): Promise<void> {
  const view = await requestNamed(id, options);
  if (options.document === true) data(JSON.stringify(view.document, undefined, 2));
  else if (options.json === true) data(JSON.stringify(view));
  else {
    dataLines(linesOf(view));
    const events = view.events.length;
    if (view.state === 'reviewing' || view.state === 'offered')
      talk({
        zh: `经过 ${events} 条；只同意如上内容：datong request answer ${view.id} … --seen ${events}`,
        en: `${counted(events, 'event')}; to agree to this and no later text: datong request answer ${view.id} … --seen ${events}`,
      });
  }
}

/** @throws DatongRefusal */
const requestNamed = (id: string, options: RequestOptions): Promise<RequestView> =>
  asSteward(options, (client) => requestIn(client, id));

/** @throws DatongRefusal */
const requestIn = async (client: Pick<StaffClient, 'get'>, id: string): Promise<RequestView> =>
  bodyOf(await client.get(`/v1/requests/${encodeURIComponent(id)}`)) as unknown as RequestView;

/** One line for the request, one for each event, with its statement below it. */
const linesOf = (view: RequestView): string[] => [
  rowOf(view).join('  '),
  ...view.events.flatMap(({ act, at, name, person, reason, wouldGrant, missing = [], papers }) => [
    `  ${dayOfMoment(at)}  ${translated('act', translated('label', act))}  ${name ?? person}`,
    ...[papers?.reason, papers?.volume, reason, wouldGrant].flatMap((text) =>
      text === undefined ? [] : [`    ${text}`],
    ),
    ...missing.map(({ item, note }) => `    - ${item}: ${note}`),
  ]),
];

/** `datong request list`: requests of one's department, for its data, or all. */
export function registerList(request: Command): void {
  withStaffToken(request.command('list'))
    .description('本部门提出的和针对本部门数据的申请 / requests of your department, and for its data')
    .option('--open', 'only those that are not ended')
    .option('--mine', 'only what waits for you, the nearest deadline first')
    .option('--json', 'answer {requests} as JSON')
    .addHelpText('after', '\nExample:\n  $ datong request list --open\n')
    .action(list);
}

async function list(
  options: RequestOptions & { readonly open?: boolean; readonly mine?: boolean },
): Promise<void> {
  await asSteward(options, async (client) => {
    const requests = await everyPage(
      getFrom(client),
      '/v1/requests',
      {
        limit: '100',
        open: options.open === true ? 'true' : undefined,
        turn: options.mine === true ? 'mine' : undefined,
      },
      (page) => page['requests'] as readonly RequestSummary[],
    );
    if (options.json === true) data(JSON.stringify({ requests }));
    else dataLines(columns(requests.map(rowOf)));
    talk({ zh: `${requests.length} 件申请`, en: counted(requests.length, 'request') });
  });
}

/** `datong request print ID`: the 审批表 as a page to print. */
export function registerPrint(request: Command): void {
  withStaffToken(request.command('print'))
    .description('打印政务数据共享申请审批表（HTML） / the approval form as HTML on stdout')
    .argument('<id>', 'req-…')
    .addHelpText('after', '\nExample:\n  $ datong request print req-000000001 > form.html\n')
    .action((id: string, options: RequestOptions) =>
      asSteward(options, async (client) => {
        const view = await requestIn(client, id);
        data(approvalForm(view, await namesFor(client, datasetsNamedIn(view.document))));
      }),
    );
}

/** `datong request paper ID FILE`: whether a file is one of the papers of a request, by its digest. The file stays here. */
export function registerPaper(request: Command): void {
  withStaffToken(request.command('paper'))
    .description(
      '核对文件是否为申请登记的依据文本、承诺书或影响评估；文件不上传 / whether a file is the basis’ text, the undertaking or the assessment of a request',
    )
    .argument('<id>', 'req-…')
    .argument('<file>', 'the file that is compared with the digests; it stays on this machine')
    .option('--json', 'answer as JSON')
    .addHelpText('after', '\nExample:\n  $ datong request paper req-000000001 law.pdf\n')
    .action(comparePaper);
}

async function comparePaper(id: string, file: string, options: RequestOptions): Promise<void> {
  const digest = createHash('sha256').update(readFileSync(file)).digest('hex');
  const found = papersByDigest(await requestNamed(id, options), digest);
  if (options.json === true) data(JSON.stringify({ digest, papers: found }));
  else data(digest);
  if (found.length === 0) {
    throw new VerbFailure(exitCode.verification, {
      zh: `该文件不是 ${id} 登记的任何材料`,
      en: `this file is none of the papers of ${id}`,
    });
  }
  for (const { kind, replaced } of found) {
    const { zh, en } = paperNames[kind];
    talk(
      replaced
        ? { zh: `曾是 ${id} 的${zh}，后已另交`, en: `was the ${en} of ${id}; it was replaced later` }
        : { zh: `与 ${id} 登记的${zh}一致`, en: `is the ${en} of ${id}` },
    );
  }
}
