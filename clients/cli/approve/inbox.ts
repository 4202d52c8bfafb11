/** `datong inbox`: what waits for you, the second person. */
import type { Command } from 'commander';
import { printable } from '../printable.ts';
import { withStaffToken, type StaffOptions } from '../profile.ts';
import { data, talk } from '../verb.ts';
import { asReviewer, roleText, waitingFor } from './waiting.ts';

interface InboxOptions extends StaffOptions {
  readonly json?: boolean;
}

export function register(program: Command): void {
  withStaffToken(
    program.command('inbox').description('等待您审批或确认的事项 / what waits for you to approve or confirm'),
  )
    .option(
      '--json',
      'answer {documents, proposals, schemas, persons, requests, duties, batches, silent, keys, codes, risks, evidence, expiring} as JSON',
    )
    .addHelpText('after', '\nExample:\n  datong inbox\n  datong approve agr-school-enrolment\n')
    .action(inbox);
}

async function inbox(options: InboxOptions): Promise<void> {
  const waiting = await asReviewer(options, waitingFor);
  if (options.json === true) {
    data(JSON.stringify(waiting));
    return;
  }
  for (const { id, version, kind, provider, consumer } of waiting.documents) {
    const parties = provider === undefined ? '' : `  ${provider} → ${consumer ?? ''}`;
    data(`${kind}  ${id}@${version}${parties}`);
  }
  for (const { proposal, kind, name, owner } of waiting.proposals) {
    data(`${kind}  ${name}  ${proposal}${owner === undefined ? '' : `  → ${owner}`}`);
  }
  for (const { urn, author, as } of waiting.schemas) data(`Schema  ${urn}  ${author}  ${as}`);
  for (const { person, name, roles } of waiting.persons) {
    data(`Person  ${person}  ${name}  ${roles.map(roleText).join(' ')}`);
  }
  for (const { agreement, until } of waiting.expiring) data(`Expiring  ${agreement}  ${until}`);
  for (const { id, stage, due, provider, consumer, escalated } of waiting.requests) {
    data(
      `Request  ${id}  ${stage ?? '–'}  ${provider} → ${consumer}  ${due ?? '–'}${escalated === true ? '  !' : ''}`,
    );
  }
  for (const { id, obligation, state, due, consumer, dataset } of waiting.duties) {
    data(`Duty  ${id}  ${obligation}  ${consumer}  ${dataset}  ${due}  ${state}`);
  }
  for (const batch of waiting.batches) {
    const { problem, heldUntil, proposedBy } = batch;
    const why = problem ?? 'restore';
    const until = heldUntil === undefined ? '' : `  ≤ ${heldUntil}`;
    data(
      `Batch  ${batch.batch}  ${batch.dataset}  ${proposedBy === undefined ? why : `${why} (${proposedBy})`}${until}`,
    );
  }
  for (const { dataset, from, due, lastCame } of waiting.silent) {
    data(`Silent  ${dataset}  ${from} ≤ ${due}${lastCame === undefined ? '' : `  (${lastCame})`}`);
  }
  for (const { keyid, department, state, enrolled, objection } of waiting.keys) {
    data(`Key  ${keyid}  ${department}  ${enrolled}  ${objection === undefined ? state : 'objected'}`);
  }
  for (const { id, rule, consumer, count, due, state, overdue } of waiting.risks) {
    data(
      `Finding  ${id}  ${rule}  ${consumer ?? '–'}  ${count}  ≤ ${due}  ${overdue ? `${state} !` : state}`,
    );
  }
  for (const { id, reason, case: number } of waiting.evidence)
    data(printable(`Evidence  ${id}  ${number}  ${reason}`));
  for (const { code, department, expires, issuer } of waiting.codes) {
    data(`Code  ${code}  ${department}  ≤ ${expires}${issuer === undefined ? '' : `  ${issuer}`}`);
  }
  if (Object.values(waiting).every((list: readonly unknown[]) => list.length === 0)) {
    talk({ zh: '没有等待您处理的事项', en: 'nothing waits for you' });
  }
}
