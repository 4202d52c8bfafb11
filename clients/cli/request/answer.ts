/** `datong request answer ID ACT`: one step, by a person of the side whose turn it is. */
import type { Command } from 'commander';
import { bodyOf } from '../approve/waiting.ts';
import { withStaffToken } from '../profile.ts';
import { data, dataLines, exitCode, talk, VerbFailure } from '../verb.ts';
import type { RequestView } from '../../sdk/listTypes.ts';
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
    .option('--json', 'the current state of the request')
    .addHelpText(
      'after',
      `
Examples:
  $ datong request answer req-000000001 pass
  $ datong request answer req-000000001 return --missing "basis: which article?" "fields: why the income?"
  $ datong request answer req-000000001 offer --document less.yaml --reason "a band serves the purpose"
`,
    )
    .action(answer);
}

async function answer(id: string, act: string, options: AnswerOptions): Promise<void> {
  refuseUnsaid(act, options);
  const body = bodyFor(act, options);
  await asSteward(options, async (client) => {
    const path = `/v1/requests/${encodeURIComponent(id)}/acts`;
    const view = bodyOf(await client.post(path, body)) as unknown as RequestView;
    if (options.json === true) data(JSON.stringify(view));
    else dataLines([rowOf(view).join('  ')]);
    talk({ zh: `申请 ${id}：${stateText(view.state)}`, en: `request ${id} is ${stateText(view.state)}` });
  });
}

/** Required options of an act, each with its meaning. */
const said: Readonly<Record<string, readonly (keyof AnswerOptions & keyof typeof asks)[]>> = {
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
  const unsaid = (said[act] ?? []).filter((name) => options[name] === undefined).map((name) => asks[name]);
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
