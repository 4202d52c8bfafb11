/** 政务数据共享申请审批表: the one list of a request's contents. Every page and paper that shows a request to its deciders is made from it. */
import { asIs, type Bilingual } from '../bilingual.ts';
import { timeInChina } from '../civilDate.ts';
import { agreementRows, type NameOf, type FormRow } from './saidAgreement.ts';

interface Papers {
  readonly reason: string;
  readonly commitment: string;
  readonly basisText?: string;
  readonly volume?: string;
}

/** The parts of a request that the form contains; `RequestView` of the contract. */
export interface FormRequest {
  readonly id: string;
  readonly consumer: string;
  readonly provider: string;
  readonly procedure: string;
  readonly procedureTitle?: Bilingual;
  readonly document: unknown;
  readonly papers: Papers;
  readonly events: readonly {
    readonly act: string;
    readonly at: string;
    readonly person: string;
    readonly name?: string;
    readonly exchange: string;
    readonly reason?: string;
    readonly wouldGrant?: string;
    readonly missing?: readonly { readonly item: string; readonly note: string }[];
    readonly papers?: Papers;
    readonly to?: string;
    readonly insteadOf?: readonly string[];
  }[];
  readonly stages: readonly { readonly title: Bilingual; readonly by: 'consumer' | 'office' | 'provider' }[];
}

export const formTitle: Bilingual = {
  zh: '政务数据共享申请审批表',
  en: 'Request for the sharing of government data: form of approval',
};

const acts: Readonly<Record<string, Bilingual>> = {
  make: { zh: '提出申请', en: 'made' },
  pass: { zh: '审核通过', en: 'passed' },
  approve: { zh: '审定同意', en: 'approved' },
  return: { zh: '退回补正（一次性告知）', en: 'returned (one list)' },
  supplement: { zh: '补正', en: 'supplemented' },
  refuse: { zh: '不予共享', en: 'refused' },
  offer: { zh: '提出可共享的范围', en: 'less offered' },
  accept: { zh: '接受', en: 'accepted' },
  withdraw: { zh: '撤回', en: 'withdrawn' },
  'ask-extension': { zh: '申请延期', en: 'extension asked for' },
  'agree-extension': { zh: '同意延期', en: 'extension agreed' },
  'hand-on': { zh: '转办', en: 'handed on' },
};

/** An act on a request, in words; an unknown act by its own name. */
export const actTitle = (act: string): Bilingual =>
  (Object.hasOwn(acts, act) ? acts[act] : undefined) ?? asIs(act);

const labelled = (zh: string, en: string, text: string): Bilingual => ({
  zh: `${zh}：${text}`,
  en: `${en}: ${text}`,
});

/** What is requested: the agreement in the request's current state, and the papers. */
export const requestRows = (
  { document, papers }: Pick<FormRequest, 'document' | 'papers'>,
  nameOf?: NameOf,
): readonly FormRow[] => [
  ...agreementRows(document, nameOf),
  { title: { zh: '申请事由', en: 'Reason' }, lines: [asIs(papers.reason)] },
  {
    title: { zh: '数量与频次', en: 'Expected volume' },
    lines: papers.volume === undefined ? [] : [asIs(papers.volume)],
  },
  { title: { zh: '承诺书摘要', en: 'Digest of the undertaking' }, lines: [asIs(papers.commitment)] },
  {
    title: { zh: '依据文本摘要', en: 'Digest of the text of the basis' },
    lines: papers.basisText === undefined ? [] : [asIs(papers.basisText)],
  },
];

/** The whole form; rows without lines are empty: `seal` rows are signed on paper. */
export function requestForm(
  view: FormRequest,
  nameOf: NameOf = () => undefined,
): readonly (FormRow & { readonly seal?: boolean })[] {
  const department = (code: string): Bilingual => asIs(nameOf('department', code) ?? code);
  const office: Bilingual = { zh: '主管部门', en: 'data office' };
  return [
    { title: { zh: '申请编号', en: 'Request' }, lines: [asIs(view.id)] },
    {
      title: { zh: '办理流程', en: 'Procedure' },
      lines: [...(view.procedureTitle === undefined ? [] : [view.procedureTitle]), asIs(view.procedure)],
    },
    ...requestRows(view, nameOf),
    ...view.events.map((event) => ({
      title: actTitle(event.act),
      lines: eventLines(event, view.events),
    })),
    ...view.stages.map(({ title, by }) => ({
      title: { zh: `${title.zh}（盖章）`, en: `${title.en} (seal)` },
      lines: [by === 'office' ? office : department(view[by])],
      seal: true,
    })),
  ];
}

function eventLines(
  event: FormRequest['events'][number],
  events: FormRequest['events'],
): readonly Bilingual[] {
  const { reason, wouldGrant, missing = [], papers, to, insteadOf = [], name, person, at, exchange } = event;
  const called = (id: string): string => events.find((one) => one.person === id)?.name ?? id;
  return [
    ...(reason === undefined ? [] : [asIs(reason)]),
    ...(wouldGrant === undefined ? [] : [labelled('可共享', 'would grant', wouldGrant)]),
    ...missing.map(({ item, note }) => labelled(item, item, note)),
    ...(papers === undefined
      ? []
      : [
          labelled('申请事由', 'reason', papers.reason),
          ...(papers.volume === undefined ? [] : [labelled('数量与频次', 'expected volume', papers.volume)]),
          labelled('承诺书摘要', 'digest of the undertaking', papers.commitment),
          ...(papers.basisText === undefined
            ? []
            : [labelled('依据文本摘要', 'digest of the text of the basis', papers.basisText)]),
        ]),
    ...(to === undefined ? [] : [labelled('转由', 'to', called(to))]),
    ...(insteadOf.length === 0 ? [] : [labelled('代', 'instead of', insteadOf.map(called).join('、'))]),
    asIs(`${name ?? person}　${timeInChina(at).slice(0, 16)}　${exchange}`),
  ];
}
