/**
 * `datong review approve ID`: the second person decides, with their own token only. It shows the subject of the decision (text, signers,
 * what it loosens and tightens today); with `--yes` it approves by the digests that it has just shown.
 */
import { translated } from '../reportedValues.ts';
import type { Command } from 'commander';
import type { JointView } from '../../../policies/joint/jointViews.ts';
import type { AnswerGap } from '../../../policies/questions/gapOf.ts';
import type { CellChange } from '../../../policies/questions/cellChange.ts';
import type { StaffClient } from '../apply/staffCall.ts';
import { gapText } from './gapText.ts';
import { decideProposal, decideKey, decideSchema } from './decide.ts';
import { withStaffToken, type StaffOptions } from '../profile.ts';
import { data, dataLines, exitCode, say, talk, VerbFailure } from '../verb.ts';
import {
  asReviewer,
  bodyOf,
  roleText,
  sameOr,
  waitingFor,
  type Waiting,
  type WaitingDocument,
  type WaitingKey,
  type WaitingPerson,
  type WaitingProposal,
  type WaitingSchema,
} from './waiting.ts';
import { personText } from '../printedText.ts';

interface ApproveOptions extends StaffOptions {
  readonly yes?: boolean;
  readonly json?: boolean;
  /** digests that were shown before */
  readonly digest?: string;
  readonly effect?: string;
}

/** A document as the hub shows it. */
interface View {
  readonly id: string;
  readonly version: number;
  readonly kind: string;
  readonly text: string;
  readonly author: string;
  readonly authorName?: string;
  readonly digest: string;
  readonly missing?: readonly string[];
  readonly signatures: readonly {
    readonly role: keyof typeof roles;
    readonly department: string;
    readonly keyid: string;
  }[];
  readonly effect: {
    readonly digest: string;
    readonly loosens: readonly CellChange[];
    readonly tightens: readonly CellChange[];
    readonly unions: readonly JointView[];
    readonly gap?: AnswerGap;
  };
}

const roles = {
  provider: { zh: '提供部门', en: 'provider' },
  consumer: { zh: '需求部门', en: 'consumer' },
  'data-office': { zh: '数据主管部门', en: 'data-office' },
};

const changes = {
  added: { zh: '新增', en: 'added' },
  loosened: { zh: '放宽', en: 'loosened' },
  tightened: { zh: '收紧', en: 'tightened' },
  removed: { zh: '取消', en: 'removed' },
};

export function register(program: Command): void {
  withStaffToken(
    program
      .command('approve')
      .argument(
        '<id...>',
        'of a document (agr-…, or agr-…@VERSION), a proposal, a version of a schema, a person or a key, as datong inbox lists it',
      )
      .description(
        '先看后批：文本、签名方、今天放宽与收紧的内容 / look, then approve: text, signers, what it loosens and tightens today',
      ),
  )
    .option('--yes', 'approve what is shown; without it nothing is changed')
    .option('--digest <sha256>', 'approve only this text')
    .option('--effect <sha256>', 'approve only this effect')
    .option('--json', 'answer what was shown, or what became of it, as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  datong review approve agr-school-enrolment            # shows\n  datong review approve agr-school-enrolment --yes      # shows and approves\n  datong review approve civil.relief@2 civil.archive@1 --yes   # several, one after the other\n',
    )
    .action((ids: readonly string[], options: ApproveOptions) =>
      asReviewer(options, async (client) => {
        if (ids.length > 1 && (options.digest ?? options.effect) !== undefined)
          throw new VerbFailure(exitCode.usage, {
            zh: '--digest 和 --effect 只用于单独一个',
            en: '--digest and --effect go with one alone',
          });
        const waiting = await waitingFor(client);
        // an id without a pending item stops the command before anything is decided
        for (const found of ids.map((id) => find(waiting, id))) await decide(client, found, options);
      }),
    );
}

async function decide(
  client: StaffClient,
  found: ReturnType<typeof find>,
  options: ApproveOptions,
): Promise<void> {
  if ('keyid' in found) await decideKey(client, found, options);
  else if ('proposal' in found) await decideProposal(client, found, options);
  else if ('urn' in found) await decideSchema(client, found, options);
  else if ('person' in found) await decidePerson(client, found, options);
  else await decideDocument(client, found, options);
}

/** @throws VerbFailure (exit 1) where no item of that name waits for this person */
function find(
  { documents, proposals, schemas, persons, keys }: Waiting,
  id: string,
): WaitingDocument | WaitingProposal | WaitingSchema | WaitingPerson | WaitingKey {
  const named = documents.filter((one) => one.id === id || `${one.id}@${one.version}` === id);
  const proposed = proposals.filter(({ proposal, name }) => proposal === id || name === id);
  const found =
    named.at(-1) ??
    proposed.at(-1) ??
    schemas.find(({ urn }) => urn === id) ??
    persons.find(({ person }) => person === id) ??
    keys.find(({ keyid }) => keyid === id);
  if (found !== undefined) return found;
  throw new VerbFailure(
    exitCode.refused,
    { zh: `没有名为 ${id} 的事项等待您处理`, en: `nothing called ${id} waits for you` },
    { zh: '运行 datong inbox 查看', en: 'see datong inbox' },
  );
}

async function decideDocument(
  client: StaffClient,
  { id, version }: WaitingDocument,
  options: ApproveOptions,
): Promise<void> {
  const path = `/v1/policy/documents/${id}/versions/${version}`;
  const view = bodyOf(await client.get(path)) as unknown as View;
  const digest = sameOr(options.digest, view.digest);
  const effect = sameOr(options.effect, view.effect.digest);
  if (options.json !== true) dataLines(linesOf(view));
  if (options.yes !== true) {
    if (options.json === true) data(JSON.stringify(view));
    talk({
      zh: '未作任何更改；加 --yes 即审批以上内容',
      en: 'nothing is changed; --yes approves what is shown',
    });
    return;
  }
  const approved = bodyOf(await client.post(`${path}/approval`, { digest, effect }));
  if (options.json === true) data(JSON.stringify(approved));
  talk({
    zh: `${id}@${version} ${approved['state'] === 'suspended' ? '已批准，但仍被暂停' : '已生效'}`,
    en: `${id}@${version} is ${approved['state'] === 'suspended' ? 'approved, and still stopped' : 'in force'}`,
  });
}

function linesOf({ signatures, missing = [], effect, ...view }: View): string[] {
  const { kind, id, version, text, author, authorName, digest } = view;
  const cells = (list: View['effect']['loosens']): string[] =>
    list.map(
      ({ kind: change, agreement, consumer, dataset, purpose, cell, from, to }) =>
        `  ${say(changes[change])}  ${agreement}  ${consumer} ${dataset} ${purpose}  ${cell}  ${from ?? '–'} → ${to ?? '–'}`,
    );
  return [
    `${translated('kind', kind)} ${id}@${version}`,
    ...JSON.stringify(JSON.parse(text), undefined, 2).split('\n'),
    `${say({ zh: '提交人', en: 'submitted by' })}  ${personText(author, authorName)}`,
    ...signatures.map(
      ({ role, department, keyid }) =>
        `${say({ zh: '签名', en: 'signed' })}  ${say(roles[role])}  ${department}  ${keyid}`,
    ),
    ...missing.map((department) => `${say({ zh: '缺签名', en: 'not signed' })}  ${department}`),
    say({ zh: `今天放宽（${effect.loosens.length}）`, en: `loosens today (${effect.loosens.length})` }),
    ...cells(effect.loosens),
    say({ zh: `今天收紧（${effect.tightens.length}）`, en: `tightens today (${effect.tightens.length})` }),
    ...cells(effect.tightens),
    ...effect.unions.map(
      ({ consumer, about, tells, parts }) =>
        `${say({ zh: '合并后可得知', en: 'reveals together' })}  ${consumer}  ${about}: ${tells}  ← ${parts.map(({ agreement, field, mask }) => `${agreement} ${field} ${mask}`).join('; ')}`,
    ),
    ...(effect.gap === undefined ? [] : [gapText(effect.gap)]),
    `${say({ zh: '摘要', en: 'digest' })} ${digest}`,
    `${say({ zh: '效果', en: 'effect' })} ${effect.digest}`,
  ];
}

async function decidePerson(
  client: StaffClient,
  { person, name, roles }: WaitingPerson,
  options: ApproveOptions,
): Promise<void> {
  if (options.json !== true)
    dataLines([`${translated('kind', 'Person')} ${person}  ${name}  ${roles.map(roleText).join(' ')}`]);
  if (options.yes !== true) {
    if (options.json === true) data(JSON.stringify({ person, name, roles }));
    talk({
      zh: '未作任何更改；加 --yes 即确认以上角色',
      en: 'nothing is changed; --yes confirms these roles',
    });
    return;
  }
  const confirmed = bodyOf(await client.post(`/v1/persons/${person}/confirmation`, { roles }));
  const { code } = confirmed;
  if (options.json === true) data(JSON.stringify(confirmed));
  else if (typeof code === 'string') data(code);
  talk(
    typeof code === 'string'
      ? {
          zh: '后半段邀请码只显示这一次：请亲自交给本人，不要交给邀请人',
          en: 'the second half of the invitation is shown only once: give it to the invited person, not to the person who invited them',
        }
      : { zh: '角色已确认', en: 'the roles are confirmed' },
  );
}
