/** `datong request answer ID ACT`: one step, by a person of the side whose turn it is. */
import type { Command } from 'commander';
import { bodyOf } from '../approve/waiting.ts';
import { withStaffToken } from '../profile.ts';
import { data, dataLines, exitCode, talk, VerbFailure } from '../verb.ts';
import type { RequestView } from '../../sdk/listTypes.ts';
import { lastDayBefore } from '../../../terms/civilDate.ts';
import { counted } from '../../../terms/counted.ts';
import { countedGrants, type CountedGrant } from '../../../terms/requestForm/countedGrants.ts';
import type { StaffClient } from '../apply/staffCall.ts';
import {
  agreementIn,
  asSteward,
  papersOf,
  rowOf,
  stateText,
  type PaperOptions,
  type RequestOptions,
} from './requestCall.ts';

interface AnswerOptions extends RequestOptions, PaperOptions {
  readonly wouldGrant?: string;
  readonly to?: string;
  readonly missing?: readonly string[];
  readonly document?: string;
  readonly seen?: string;
}

export function registerAnswer(request: Command): void {
  withStaffToken(request.command('answer'))
    .description('办理一个环节 / pass, return, refuse, offer less; supplement, accept, withdraw; extend')
    .argument('<id>', 'req-…')
    .argument(
      '<act>',
      'pass, return, refuse, offer, hand-on, supplement, accept, withdraw, ask-extension or agree-extension',
    )
    .option('--missing <items...>', 'of return: all that is missing, each as "ITEM: NOTE" (一次性告知)')
    .option('--reason <text>', 'of refuse, offer, hand-on, withdraw, ask-extension, supplement')
    .option('--to <person>', 'of hand-on: id of the colleague')
    .option('--would-grant <text>', 'of refuse: what would be granted instead')
    .option('--document <file>', 'of offer, or of supplement where it changes: the agreement')
    .option('--commitment <file>', 'of supplement: the signed undertaking')
    .option('--basis-text <file>', 'of supplement: the text that the basis cites')
    .option('--volume <text>', 'of supplement')
    .option(
      '--seen <events>',
      'of pass, accept, agree-extension: number of events as datong request show has printed it; refused where there are more by now',
    )
    .option('--json', 'the current state of the request')
    .addHelpText(
      'after',
      `
Examples:
  $ datong request answer req-000000001 pass
  $ datong request answer req-000000001 pass --seen 3
  $ datong request answer req-000000001 return --missing "basis: which article?" "fields: why the income?"
  $ datong request answer req-000000001 offer --document less.yaml --reason "a band serves the purpose"
`,
    )
    .action(answer);
}

async function answer(id: string, act: string, options: AnswerOptions): Promise<void> {
  refuseUnsaid(act, options);
  const seen = seenOf(act, options);
  const body = bodyFor(act, options);
  await asSteward(options, async (client) => {
    const path = `/v1/requests/${encodeURIComponent(id)}`;
    const agreed = agreeing.has(act) ? await readBefore(client, path, seen) : {};
    const view = bodyOf(await client.post(`${path}/acts`, { ...body, ...agreed })) as unknown as RequestView;
    if (options.json === true) data(JSON.stringify(view));
    else dataLines([rowOf(view).join('  ')]);
    talk({ zh: `申请 ${id}：${stateText(view.state)}`, en: `request ${id} is ${stateText(view.state)}` });
  });
}

/** Acts that agree to what the request has: they are bound to its events as they were read. */
const agreeing: ReadonlySet<string> = new Set(['pass', 'accept', 'agree-extension']);

/** @throws VerbFailure (exit 2) for an act that agrees to nothing, and for what is no number */
function seenOf(act: string, { seen }: AnswerOptions): number | undefined {
  if (seen === undefined || (agreeing.has(act) && /^\d{1,6}$/.test(seen)))
    return seen === undefined ? undefined : Number(seen);
  throw new VerbFailure(exitCode.usage, {
    zh: '--seen 是经过的条数，用于 pass、accept、agree-extension',
    en: '--seen is a number of events, for pass, accept and agree-extension',
  });
}

/** Prints what is agreed to. @param seen the events that the person has read; default: those of the request that is printed here */
async function readBefore(
  client: StaffClient,
  path: string,
  seen: number | undefined,
): Promise<{ readonly seen: number }> {
  const view = bodyOf(await client.get(path)) as unknown as RequestView;
  const { grants = [], valid } = view.document as unknown as {
    readonly grants?: readonly CountedGrant[];
    readonly valid: { readonly until: string };
  };
  const what = countedGrants(grants);
  const until = lastDayBefore(valid.until);
  const events = view.events.length;
  talk({
    zh: `所同意的：${view.consumer} 取得 ${what.zh}，至 ${until}；申请经过 ${events} 条`,
    en: `agreed to: ${what.en} for ${view.consumer} until ${until}; ${counted(events, 'event')} of the request`,
  });
  return { seen: seen ?? events };
}

/** Required options of an act, each with its meaning. */
const required: Readonly<Record<string, readonly (keyof AnswerOptions & keyof typeof asks)[]>> = {
  return: ['missing'],
  refuse: ['reason', 'wouldGrant'],
  offer: ['reason', 'document'],
  'hand-on': ['reason', 'to'],
  withdraw: ['reason'],
  'ask-extension': ['reason'],
};
const asks = {
  missing: { option: '--missing "ITEM: NOTE"', zh: '缺少的全部材料', en: 'all that is missing' },
  reason: { option: '--reason "…"', zh: '理由', en: 'why' },
  wouldGrant: {
    option: '--would-grant "…"',
    zh: '可以改为提供什么（没有的写明没有）',
    en: 'what would be granted instead, or that nothing would',
  },
  document: { option: '--document FILE', zh: '较窄的协议', en: 'the narrower agreement' },
  to: { option: '--to PERSON', zh: '转给谁', en: 'to whom' },
} as const;

/** Reports missing options before anything is sent. @throws VerbFailure (exit 2) */
function refuseUnsaid(act: string, options: AnswerOptions): void {
  const unsaid = (required[act] ?? [])
    .filter((name) => options[name] === undefined)
    .map((name) => asks[name]);
  if (unsaid.length === 0) return;
  const words = unsaid.map(({ option }) => option).join(' ');
  throw new VerbFailure(
    exitCode.usage,
    {
      zh: `${act} 还须写明${unsaid.map(({ zh }) => zh).join('、')}（${words}）`,
      en: `${act} has to say ${unsaid.map(({ en }) => en).join(', and ')} (${words})`,
    },
    {
      zh: `在同一命令后加 ${words} 再运行；未作任何更改`,
      en: `run the same command with ${words}; nothing is changed`,
    },
  );
}

/** The body of an act; an option that does not belong to it is a usage error. @throws VerbFailure (exit 2) */
function bodyFor(act: string, options: AnswerOptions): object {
  const { reason, wouldGrant, missing, document } = options;
  const file =
    document === undefined ? {} : { document: { ...agreementIn(document).members, kind: 'Agreement' } };
  switch (act) {
    case 'pass':
    case 'accept':
    case 'agree-extension':
      return { act };
    case 'return':
      return { act, missing: (missing ?? []).map(itemOf) };
    case 'supplement':
      return { act, papers: papersOf(options), ...file };
    case 'refuse':
      return { act, reason, wouldGrant };
    case 'offer':
      return { act, reason, ...file };
    case 'hand-on':
      return { act, reason, to: options.to };
    case 'withdraw':
    case 'ask-extension':
      return { act, reason };
    default:
      throw new VerbFailure(exitCode.usage, { zh: `没有 ${act} 这一步`, en: `there is no act ${act}` });
  }
}

function itemOf(text: string): { readonly item: string; readonly note: string } {
  const [, item = '', note = ''] = /^([^:：]+)[:：]\s*(.+)$/s.exec(text) ?? [];
  if (item !== '') return { item: item.trim(), note };
  throw new VerbFailure(exitCode.usage, {
    zh: '--missing 写作“事项：说明”',
    en: '--missing is written "ITEM: NOTE"',
  });
}
