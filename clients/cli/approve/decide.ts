import type { AnswerGap } from '../../../policies/questions/gapOf.ts';
import { translated } from '../reportedValues.ts';
import { type StaffClient, DatongRefusal } from '../apply/staffCall.ts';
import { gapText } from './gapText.ts';
import { columns, personText } from '../printedText.ts';
import { data, dataLines, say, talk, exitCode, VerbFailure } from '../verb.ts';
import {
  bodyOf,
  sameOr,
  type WaitingProposal,
  type WaitingKey,
  type WaitingSchema,
  asReviewer,
} from './waiting.ts';
import { impactLines, impactOf } from '../schema/impact.ts';
import { pathSegment } from '../values.ts';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type StaffOptions, withStaffToken } from '../profile.ts';
import type { Command } from 'commander';

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

/** Shows the whole proposal; with `yes` accepts what it has just shown. @throws VerbFailure, DatongRefusal */
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
    zh: `${translated('kind', view.kind)} ${view.name} 已登记`,
    en: `${translated('kind', view.kind)} ${view.name} is registered`,
  });
}

const linesOf = ({ kind, name, author, authorName, owner, params, body, digest }: ProposalView): string[] => [
  `${translated('kind', kind)} ${name}`,
  `${say({ zh: '提议人', en: 'proposed by' })}  ${personText(author, authorName)}`,
  `${say({ zh: '属于', en: 'belongs to' })}  ${owner ?? say({ zh: '数据主管部门', en: 'the data office' })}`,
  ...Object.entries(params).map(([parameter, value]) => `${parameter}  ${value}`),
  ...(kind === 'CatalogueImport' ? importLines(body as StoredImport) : []),
  ...(kind === 'Approval' ? gapLines(body) : []),
  ...JSON.stringify(body, undefined, 2).split('\n'),
  `${say({ zh: '摘要', en: 'digest' })} ${digest}`,
];

/** Of an approval of an upper platform: until when nothing would be answered, before the whole text. */
function gapLines(body: unknown): readonly string[] {
  const { gap } = body as { readonly gap?: AnswerGap };
  return gap === undefined ? [] : [gapText(gap)];
}

/** An import of the catalogue, as the hub stores it. */
interface StoredImport {
  readonly standing: readonly {
    readonly entry: string;
    readonly revision: number;
    readonly changes: readonly string[];
  }[];
}

/** One line for each entry before the whole text: new entries, and changed members. */
const importLines = ({ standing }: StoredImport): readonly string[] =>
  columns(
    standing.map(({ entry, revision, changes }) => [
      say(revision === 0 ? { zh: '新增', en: 'new' } : { zh: '修订', en: 'changed' }),
      entry,
      revision === 0 ? '' : changes.join(' '),
    ]),
  );

/** Shows the thumbprint to compare with the department; with `yes` confirms it. @throws DatongRefusal */
export async function decideKey(
  client: StaffClient,
  key: WaitingKey,
  options: { readonly yes?: boolean; readonly json?: boolean },
): Promise<void> {
  const { keyid, department, enrolled, issuer, issuerName, objection } = key;
  if (options.json !== true) {
    dataLines([`${translated('kind', 'Key')} ${keyid}  ${department}  ${enrolled}`]);
    if (issuer !== undefined)
      data(`${say({ zh: '入网码发放人', en: 'code issued by' })}  ${personText(issuer, issuerName)}`);
    if (objection !== undefined) dataLines([`${say({ zh: '异议', en: 'objection' })}  ${objection}`]);
  }
  if (options.yes !== true) {
    if (options.json === true) data(JSON.stringify(key));
    talk({
      zh: '未作任何更改；另经渠道与部门核对指纹后，加 --yes 确认',
      en: 'nothing is changed; compare the thumbprint with the department by another channel, then --yes confirms it',
    });
    return;
  }
  const confirmed = bodyOf(await client.post(`/v1/signing-keys/${keyid}/confirmation`, { department }));
  if (options.json === true) data(JSON.stringify(confirmed));
  talk({ zh: `密钥 ${keyid} 已确认`, en: `the key ${keyid} is confirmed` });
}

interface DecideSchemaDecisionOptions {
  readonly yes?: boolean;
  readonly json?: boolean;
  /** digest that was shown before */
  readonly digest?: string;
}

/**
 * Shows a version in review with its changes and those affected; with `yes` agrees to what it has just shown. @throws VerbFailure,
 * DatongRefusal
 */
export async function decideSchema(
  client: StaffClient,
  { urn }: WaitingSchema,
  options: DecideSchemaDecisionOptions,
): Promise<void> {
  const impact = await impactOf(client, urn);
  const digest = sameOr(options.digest, impact.digest);
  if (options.json !== true) dataLines(impactLines(impact));
  if (options.yes !== true) {
    if (options.json === true) data(JSON.stringify(impact));
    talk({
      zh: `未作任何更改；全文：datong schema show ${urn}；加 --yes 即同意以上内容`,
      en: `nothing is changed; the whole text: datong schema show ${urn}; --yes agrees to what is shown`,
    });
    return;
  }
  const path = `/v1/schemas/${pathSegment(urn)}/decision`;
  const decided = bodyOf(await client.post(path, { act: 'publish', digest }));
  if (options.json === true) data(JSON.stringify(decided));
  talk(
    decided['state'] === 'published'
      ? { zh: `${urn} 已发布`, en: `${urn} is published` }
      : {
          zh: `已同意 ${urn}；还须另一人同意（安全管理员，或所属方的第二人）`,
          en: `agreed to ${urn}; another person has to agree too: the security officer, or the second one of its owner`,
        },
  );
}

/**
 * Accepts a proposal whose paper the second person has: the proposal names the digest of exactly this file.
 * @param named the digest that a proposal's body names
 * @param options `digest` of the proposal, which they must name where it causes a period without answers
 * @throws VerbFailure (exit 1) for another file, another digest, or a period without answers that they were not shown
 */
export async function confirmWithFile(
  proposal: string,
  file: string,
  options: StaffOptions & { readonly json?: boolean; readonly digest?: string },
  named: (body: unknown) => unknown,
): Promise<void> {
  const digest = createHash('sha256').update(readFileSync(file)).digest('hex');
  await asReviewer(options, async (client) => {
    const path = `/v1/proposals/${encodeURIComponent(proposal)}`;
    const shown = bodyOf(await client.get(path)) as { readonly digest: string; readonly body: unknown };
    if (named(shown.body) !== digest)
      throw new VerbFailure(exitCode.refused, {
        zh: `${file} 不是提交时的那份文件，未确认`,
        en: `${file} is not the paper that was handed in: nothing is confirmed`,
      });
    sameOr(options.digest, shown.digest);
    const [gap] = gapLines(shown.body);
    if (gap !== undefined && options.digest === undefined)
      throw new VerbFailure(exitCode.refused, {
        zh: `${gap}。可以接受的，加 --digest ${shown.digest}；未确认`,
        en: `${gap}. Where that is acceptable, add --digest ${shown.digest}: nothing is confirmed`,
      });
    const reply = await client.post(`${path}/acceptance`, { digest: shown.digest });
    if (reply.status >= 400) throw new DatongRefusal(reply);
    if (options.json === true) data(JSON.stringify(reply.body));
    talk({ zh: '已确认，自日志条目起生效', en: 'confirmed; it applies from its entry on' });
  });
}

/** `datong review object KEY`: a key is not our department's; the data office decides. */
interface ObjectOptions extends StaffOptions {
  readonly reason: string;
  readonly json?: boolean;
}

export function register(program: Command): void {
  withStaffToken(
    program
      .command('object')
      .argument('<key>', 'thumbprint of a key of your department, as datong inbox lists it')
      .description('对本部门名下的一把密钥提出异议 / object to a key that was enrolled for your department')
      .requiredOption('--reason <text>', 'reported to the data office'),
  )
    .option('--json', 'answer {keyid, department, state} as JSON')
    .addHelpText('after', "\nExample:\n  datong review object 3pN0… --reason '不是我们申请的'\n")
    .action((key: string, { reason, json, ...options }: ObjectOptions) =>
      asReviewer(options, async (client) => {
        const path = `/v1/signing-keys/${encodeURIComponent(key)}/objection`;
        const answered = bodyOf(await client.post(path, { reason }));
        if (json === true) data(JSON.stringify(answered));
        talk({
          zh: `已提出异议：由数据主管部门确认或拒绝 ${key}`,
          en: `the objection is recorded; the data office confirms or refuses it ${key}`,
        });
      }),
    );
}
