/** `datong inbox`: what waits for you, the second person. */
import type { Bilingual } from '../../../terms/bilingual.ts';
import { timeInChina } from '../../../terms/civilDate.ts';
import { told } from '../told.ts';
import type { Command } from 'commander';
import { printable } from '../printable.ts';
import { withStaffToken, type StaffOptions } from '../profile.ts';
import { data, say, talk } from '../verb.ts';
import { wholeNumber } from '../wholeNumber.ts';
import { asReviewer, roleText, waitingPages, type OthersOf, type WaitingEntry } from './waiting.ts';
import { personText } from '../personText.ts';

interface InboxOptions extends StaffOptions {
  readonly json?: boolean;
  readonly kind?: string;
  readonly limit: number;
  readonly others?: boolean;
}

export function register(program: Command): void {
  withStaffToken(
    program.command('inbox').description('等待您审批或确认的事项 / what waits for you to approve or confirm'),
  )
    .option('--kind <kind>', 'only of this kind, as --json names them')
    .option('--limit <number>', 'at most so many', wholeNumber(1, 100_000), 1_000)
    .option('--others', 'also who else can act on each')
    .option(
      '--json',
      'answer {documents, proposals, schemas, changeovers, retirements, persons, seconds, requests, demands, disputes, tickets, duties, batches, silent, pulls, keys, codes, risks, evidence, expiring, stops, catalogue} as JSON',
    )
    .addHelpText(
      'after',
      '\nExample:\n  datong inbox\n  datong inbox --kind requests --limit 20\n  datong approve agr-school-enrolment\n',
    )
    .action(inbox);
}

const clockWords: Readonly<Record<WaitingEntry['clock'], Bilingual>> = {
  revision: { zh: '修改待同意', en: 'a change waits' },
  retired: { zh: '所列数据资源已退役', en: 'its dataset is retired' },
  contradicted: { zh: '与所列数据资源的共享属性不一致', en: 'its dataset is shared otherwise' },
  cycle: { zh: '未按更新周期更新', en: 'no data within its cycle' },
};

async function inbox(options: InboxOptions): Promise<void> {
  const { kind: section, limit: most, others: named = false } = options;
  const { waiting, others, more } = await asReviewer(options, (client) =>
    waitingPages(client, { kind: section, most, others: named }),
  );
  if (options.json === true) {
    data(JSON.stringify(named ? { ...waiting, others } : waiting));
    return;
  }
  for (const { id, version, kind, provider, consumer, signable = [] } of waiting.documents) {
    const parties = provider === undefined ? '' : `  ${provider} → ${consumer ?? ''}`;
    const sides = signable.map(({ department }) => department).join(' ');
    const sign =
      sides === ''
        ? ''
        : `  ${say({ zh: `您可用通行密钥代 ${sides} 签署（控制台）`, en: `you may sign by passkey for ${sides} (console)` })}`;
    data(`${told('kind', kind)}  ${id}@${version}${parties}${sign}`);
  }
  for (const { proposal, kind, name, owner } of waiting.proposals) {
    data(`${told('kind', kind)}  ${name}  ${proposal}${owner === undefined ? '' : `  → ${owner}`}`);
  }
  for (const { urn, author, authorName, as } of waiting.schemas)
    data(`${told('kind', 'Schema')}  ${urn}  ${personText(author, authorName)}  ${told('label', as)}`);
  for (const { dataset, from, to, as, stops } of waiting.changeovers)
    data(
      `${told('kind', 'Dataset')}  ${dataset}  ${from} → ${to}  ${told(as === 'consumer' ? 'role' : 'label', as)}  ${stops.join(' ')}`.trimEnd(),
    );
  for (const { dataset, as, due, agreements } of waiting.retirements)
    data(
      `${told('kind', 'Dataset')}  ${dataset}  → ${told('state', 'retired')}  ${due}  ${told(as === 'consumer' ? 'role' : 'label', as)}  ${agreements.join(' ')}`.trimEnd(),
    );
  for (const { person, name, roles } of waiting.persons) {
    data(`${told('kind', 'Person')}  ${person}  ${name}  ${roles.map(roleText).join(' ')}`);
  }
  for (const { agreement, until } of waiting.expiring)
    data(`${told('kind', 'Expiring')}  ${agreement}  ${until}`);
  for (const { agreement, dataset, since, sides, until } of waiting.stops)
    data(
      `${told('kind', 'Stop')}  ${agreement}  ${sides.map((side) => told('role', side)).join(' ')}  ${dataset === undefined ? (until ?? '') : suspendedText(dataset, since)}`.trimEnd(),
    );
  for (const { id, stage, due, provider, consumer, escalated, informed } of waiting.requests) {
    data(
      `${told('kind', 'Request')}  ${id}  ${stage ?? '–'}  ${provider} → ${consumer}  ${due ?? '–'}${escalated === true ? '  !' : ''}${informed === true ? `  ${say({ zh: '仅供知悉', en: 'for information' })}` : ''}`,
    );
  }
  for (const { id, state, title, consumer, due, overdue } of waiting.demands)
    data(
      `${told('kind', 'Demand')}  ${id}  ${told('state', state === 'office' ? 'office' : 'assigned')}  ${printable(title)}  ${consumer}  ${due ?? '–'}${overdue === true ? '  !' : ''}`,
    );
  for (const { steward, name, department } of waiting.seconds)
    data(`${told('kind', 'StandIn')}  ${name} (${steward})  ${department ?? 'office'}`);
  for (const { id, about, state, raised, other } of waiting.disputes)
    data(`Dispute  ${id}  ${state}  ${about}  ${raised} ↔ ${other}`);
  for (const { id, as, dataset, field, due, overdue } of waiting.tickets) {
    data(`Ticket  ${id}  ${as}  ${dataset}  ${field ?? '–'}  ${due}${overdue ? '  !' : ''}`);
  }
  for (const { id, obligation, state, due, consumer, dataset } of waiting.duties) {
    data(
      `${told('kind', 'Duty')}  ${id}  ${told('label', obligation)}  ${consumer}  ${dataset}  ${due}  ${told('state', told('label', state))}`,
    );
  }
  for (const batch of waiting.batches) {
    const { problem, heldUntil, proposedBy, proposedByName } = batch;
    const why = problem ?? told('act', 'restore');
    const until = heldUntil === undefined ? '' : `  ≤ ${heldUntil}`;
    data(
      `${told('kind', 'Batch')}  ${batch.batch}  ${batch.dataset}  ${proposedBy === undefined ? why : `${why}  ${personText(proposedBy, proposedByName)}`}${until}`,
    );
  }
  for (const { dataset, from, due, lastCame } of waiting.silent) {
    data(
      `${told('kind', 'Silent')}  ${dataset}  ${from} ≤ ${due}${lastCame === undefined ? '' : `  (${lastCame})`}`,
    );
  }
  for (const { dataset, outcome, at, until } of waiting.pulls)
    data(
      `${told('kind', 'Pull')}  ${dataset}  ${outcome}  ${at}${until === undefined ? '' : `  ≤ ${until}`}`,
    );
  for (const { clock, name, department, dataset, proposal, due, overdue } of waiting.catalogue)
    data(
      `${told('kind', 'CatalogueEntry')}  ${name}  ${department ?? 'office'}  ${say(clockWords[clock])}  ${dataset ?? proposal ?? '–'}  ≤ ${due}${overdue ? '  !' : ''}`,
    );
  for (const { keyid, department, state, enrolled, objection } of waiting.keys) {
    data(
      `${told('kind', 'Key')}  ${keyid}  ${department}  ${enrolled}  ${objection === undefined ? told('state', state) : told('label', 'objected')}`,
    );
  }
  for (const { id, rule, consumer, count, due, state, overdue } of waiting.risks) {
    data(
      `${told('kind', 'Finding')}  ${id}  ${rule}  ${consumer ?? '–'}  ${count}  ≤ ${due}  ${overdue ? `${told('state', state)} !` : told('state', state)}`,
    );
  }
  for (const { id, reason, case: number } of waiting.evidence)
    data(printable(`${told('kind', 'Evidence')}  ${id}  ${number}  ${reason}`));
  for (const { code, department, expires, issuer, issuerName } of waiting.codes) {
    data(
      `${told('kind', 'Code')}  ${code}  ${department}  ≤ ${expires}${issuer === undefined ? '' : `  ${personText(issuer, issuerName)}`}`,
    );
  }
  tellOthers(others);
  if (Object.values(waiting).every((list: readonly unknown[]) => list.length === 0)) {
    talk({ zh: '没有等待您处理的事项', en: 'nothing waits for you' });
  }
  if (more) talk({ zh: `只列出前 ${most} 项`, en: `the first ${most} are listed` });
}

/** What a thing is called on a line of the inbox, by its first name there. */
const names = ['id', 'proposal', 'urn', 'batch', 'keyid', 'person', 'name', 'dataset'];

function tellOthers(others: readonly OthersOf[]): void {
  for (const { thing, persons, incomplete = false } of others) {
    const called = names.map((name) => thing[name]).find((value) => typeof value === 'string');
    const who = persons.map(({ name }) => printable(name));
    data(
      say({
        zh: `${String(called)}  还可由：${[...who, ...(incomplete ? ['（未全部查看）'] : [])].join('、') || '无'}`,
        en: `${String(called)}  others who can act: ${[...who, ...(incomplete ? ['(not all were looked at)'] : [])].join(', ') || 'nobody'}`,
      }),
    );
  }
}

const suspendedText = (dataset: string, since: string | undefined): string =>
  `${dataset}  ${told('state', 'suspended')}${since === undefined ? '' : `  ${timeInChina(since)}`}`;
