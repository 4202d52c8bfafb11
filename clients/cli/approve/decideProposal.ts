import type { AnswerGap } from '../../../policies/questions/gapOf.ts';
import { told } from '../told.ts';
import type { StaffClient } from '../apply/staffCall.ts';
import { gapText } from './gapText.ts';
import { columns } from '../textWidth.ts';
import { data, dataLines, say, talk } from '../verb.ts';
import { bodyOf, sameOr, type WaitingProposal } from './waiting.ts';
import { personText } from '../personText.ts';

/** As the hub shows it. */
interface ProposalView extends WaitingProposal {
  readonly params: Readonly<Record<string, string>>;
  readonly body: unknown;
}

interface DecisionOptions {
  readonly yes?: boolean;
  readonly json?: boolean;
  /** digest that was shown before */
  readonly digest?: string;
}

/** Shows what is proposed, whole; with `yes` accepts what it has just shown. @throws VerbFailure, DatongRefusal */
export async function decideProposal(
  client: StaffClient,
  { proposal }: WaitingProposal,
  options: DecisionOptions,
): Promise<void> {
  const path = `/v1/proposals/${proposal}`;
  const view = bodyOf(await client.get(path)) as unknown as ProposalView;
  const digest = sameOr(options.digest, view.digest);
  if (options.json !== true) dataLines(linesOf(view));
  if (options.yes !== true) {
    if (options.json === true) data(JSON.stringify(view));
    talk({
      zh: '未作任何更改；加 --yes 即接受以上内容',
      en: 'nothing is changed; --yes accepts what is shown',
    });
    return;
  }
  const accepted = bodyOf(await client.post(`${path}/acceptance`, { digest }));
  if (options.json === true) data(JSON.stringify(accepted));
  talk({
    zh: `${told('kind', view.kind)} ${view.name} 已登记`,
    en: `${told('kind', view.kind)} ${view.name} is registered`,
  });
}

const linesOf = ({ kind, name, author, authorName, owner, params, body, digest }: ProposalView): string[] => [
  `${told('kind', kind)} ${name}`,
  `${say({ zh: '提议人', en: 'proposed by' })}  ${personText(author, authorName)}`,
  `${say({ zh: '属于', en: 'belongs to' })}  ${owner ?? say({ zh: '数据主管部门', en: 'the data office' })}`,
  ...Object.entries(params).map(([parameter, value]) => `${parameter}  ${value}`),
  ...(kind === 'CatalogueImport' ? importLines(body as KeptImport) : []),
  ...(kind === 'Approval' ? gapLines(body) : []),
  JSON.stringify(body, undefined, 2),
  `${say({ zh: '摘要', en: 'digest' })} ${digest}`,
];

/** Of an approval of an upper platform: until when nothing would be answered, before the whole text. */
export function gapLines(body: unknown): readonly string[] {
  const { gap } = body as { readonly gap?: AnswerGap };
  return gap === undefined ? [] : [gapText(gap)];
}

/** Of an import of the catalogue, as the hub keeps it. */
interface KeptImport {
  readonly standing: readonly {
    readonly entry: string;
    readonly revision: number;
    readonly changes: readonly string[];
  }[];
}

/** A line an entry before the whole text: what is new, and which members change. */
const importLines = ({ standing }: KeptImport): readonly string[] =>
  columns(
    standing.map(({ entry, revision, changes }) => [
      say(revision === 0 ? { zh: '新增', en: 'new' } : { zh: '修订', en: 'changed' }),
      entry,
      revision === 0 ? '' : changes.join(' '),
    ]),
  );
