/** 政务数据共享申请审批表: a request as one page that an office prints, signs and files. No script, nothing fetched, every text escaped. */
import type { RequestView } from '../../sdk/requests.ts';
import { escapedHtml as escaped } from '../escapedHtml.ts';

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
};

const row = (name: string, ...texts: readonly (string | undefined)[]): string => {
  const lines = texts.filter((text) => text !== undefined && text !== '').map((text) => escaped(text ?? ''));
  return `<tr><th>${escaped(name)}</th><td>${lines.length === 0 ? '—' : lines.join('<br>')}</td></tr>`;
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
    row('数据资源', dataset),
    row('数据项与脱敏', ...Object.entries(fields).map(([field, { mask }]) => `${field}：${mask}`)),
    row('数量限制', limits === undefined ? undefined : JSON.stringify(limits)),
    row('义务', ...obligations.map(({ id: name, period }) => [name, period].filter(Boolean).join(' '))),
  ]);
  const opinions = events.map(({ act, at, name, person, reason, wouldGrant, missing = [] }) =>
    row(
      acts[act] ?? act,
      ...[reason, wouldGrant === undefined ? undefined : `可共享：${wouldGrant}`],
      ...missing.map(({ item, note }) => `${item}：${note}`),
      `${name ?? person}　${at.slice(0, 10)}`,
    ),
  );
  const signing = stages.map(({ title, by }) =>
    row(`${title.zh}（盖章）`, by === 'office' ? '主管部门' : by === 'consumer' ? consumer : provider),
  );
  return `<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><title>${escaped(id)}</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<style>body{font:14px/1.6 serif;max-width:48em;margin:2em auto}h1{font-size:1.4em;text-align:center}
table{width:100%;border-collapse:collapse}th,td{border:1px solid #000;padding:.4em;text-align:left;vertical-align:top}th{width:13em}</style></head>
<body><h1>政务数据共享申请审批表</h1><table>
${[
  row('申请编号', id),
  row('需求部门', consumer),
  row('提供部门', provider),
  row('共享协议', agreement, wanted.title?.zh),
  row('使用场景', ...(wanted.purposes ?? [])),
  row('依据', wanted.basis?.type, wanted.basis?.reference, wanted.basis?.clause),
  row('期限', wanted.valid === undefined ? undefined : `${wanted.valid.from} 至 ${wanted.valid.until}`),
  ...grants,
  row('申请事由', papers.reason),
  row('数量与频次', papers.volume),
  row('承诺书摘要', papers.commitment),
  row('影响评估摘要', wanted.assessment),
  ...opinions,
  ...signing,
].join('\n')}
</table></body></html>`;
}
