/** 政务数据共享申请审批表: a request as one page that an office prints, signs and files. */
import type { RequestView } from '../../sdk/requests.ts';
import { formRow, printedForm } from '../printedForm.ts';

const acts: Readonly<Record<string, string>> = {
  make: '提出申请',
  pass: '审核通过',
  approve: '审定同意',
  return: '退回补正（一次性告知）',
  supplement: '补正',
  refuse: '不予共享',
  offer: '提出可共享的范围',
  accept: '接受',
  withdraw: '撤回',
  'ask-extension': '申请延期',
  'agree-extension': '同意延期',
  'hand-on': '转办',
};

/** The members of an agreement that the form shows, as the document itself says them. */
interface ShownAgreement {
  readonly title?: { readonly zh: string };
  readonly purposes?: readonly string[];
  readonly basis?: { readonly type?: string; readonly reference?: string; readonly clause?: string };
  readonly valid?: { readonly from: string; readonly until: string };
  readonly assessment?: string;
  readonly grants?: readonly {
    readonly dataset: string;
    readonly fields: Readonly<Record<string, { readonly mask: string }>>;
    readonly limits?: object;
    readonly obligations?: readonly { readonly id: string; readonly period?: string }[];
  }[];
}

/** @returns an HTML document, UTF-8 */
export function approvalForm(view: RequestView): string {
  const { id, consumer, provider, agreement, papers, events, stages } = view;
  const wanted = view.document as unknown as ShownAgreement;
  const grants = (wanted.grants ?? []).flatMap(({ dataset, fields, limits, obligations = [] }) => [
    formRow('数据资源', dataset),
    formRow('数据项与脱敏', ...Object.entries(fields).map(([field, { mask }]) => `${field}：${mask}`)),
    formRow('数量限制', limits === undefined ? undefined : JSON.stringify(limits)),
    formRow('义务', ...obligations.map(({ id: name, period }) => [name, period].filter(Boolean).join(' '))),
  ]);
  const opinions = events.map(({ act, at, name, person, reason, wouldGrant, missing = [] }) =>
    formRow(
      acts[act] ?? act,
      ...[reason, wouldGrant === undefined ? undefined : `可共享：${wouldGrant}`],
      ...missing.map(({ item, note }) => `${item}：${note}`),
      `${name ?? person}　${at.slice(0, 10)}`,
    ),
  );
  const signing = stages.map(({ title, by }) =>
    formRow(`${title.zh}（盖章）`, by === 'office' ? '主管部门' : by === 'consumer' ? consumer : provider),
  );
  return printedForm(id, '政务数据共享申请审批表', [
    formRow('申请编号', id),
    formRow('需求部门', consumer),
    formRow('提供部门', provider),
    formRow('共享协议', agreement, wanted.title?.zh),
    formRow('使用场景', ...(wanted.purposes ?? [])),
    formRow('依据', wanted.basis?.type, wanted.basis?.reference, wanted.basis?.clause),
    formRow('期限', wanted.valid === undefined ? undefined : `${wanted.valid.from} 至 ${wanted.valid.until}`),
    ...grants,
    formRow('申请事由', papers.reason),
    formRow('数量与频次', papers.volume),
    formRow('承诺书摘要', papers.commitment),
    formRow('影响评估摘要', wanted.assessment),
    ...opinions,
    ...signing,
  ]);
}
