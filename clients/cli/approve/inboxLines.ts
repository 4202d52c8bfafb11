/** Pending items, one line each: the nearest deadline first, in the order of the hub and the console. */
import type { Bilingual } from '../../../terms/bilingual.ts';
import { timeInChina } from '../../../terms/civilDate.ts';
import { personText } from '../printedText.ts';
import { told } from '../reportedValues.ts';
import { say } from '../verb.ts';
import { roleText, type DueOf, type Waiting, type WaitingCertificate, type WaitingEntry } from './waiting.ts';

const clockWords: Readonly<Record<WaitingEntry['clock'], Bilingual>> = {
  revision: { zh: '修改待同意', en: 'a change waits' },
  retired: { zh: '所列数据资源已退役', en: 'its dataset is retired' },
  contradicted: { zh: '与所列数据资源的共享属性不一致', en: 'its dataset is shared otherwise' },
  cycle: { zh: '未按更新周期更新', en: 'no data within its cycle' },
};

const certificateWords: Readonly<Record<WaitingCertificate['what'], Bilingual>> = {
  intermediate: { zh: '枢纽中间机构证书', en: 'intermediate authority of the hub' },
  'root-list': { zh: '根证书吊销列表', en: 'revocation list of the root' },
  root: { zh: '根证书', en: 'root' },
  'accepted-root': {
    zh: '已接受的新根：运维停下全部进程，各自放入其密钥目录后再启动',
    en: 'accepted root: the operator stops every process, gives each its key folder and starts them',
  },
  department: { zh: '部门证书', en: 'certificate of a department' },
};

/** @returns the lines; items without a deadline come last */
export function inboxLines(waiting: Waiting): readonly string[] {
  const { silent, dueCases, events, pulls, catalogue, keys, risks, evidence, codes, certificates } = waiting;
  const lines: readonly (readonly [DueOf, readonly (string | undefined)[]])[] = [
    ...waiting.documents.map((one) => [one, documentText(one)] as const),
    ...waiting.proposals.map(
      (one) =>
        [
          one,
          [
            told('kind', one.kind),
            one.name,
            one.proposal,
            one.owner === undefined ? undefined : `→ ${one.owner}`,
          ],
        ] as const,
    ),
    ...waiting.schemas.map(
      (one) =>
        [
          one,
          [told('kind', 'Schema'), one.urn, personText(one.author, one.authorName), told('label', one.as)],
        ] as const,
    ),
    ...waiting.changeovers.map((one) => [one, changeoverText(one)] as const),
    ...waiting.retirements.map((one) => [one, retirementText(one)] as const),
    ...waiting.persons.map(
      (one) =>
        [one, [told('kind', 'Person'), one.person, one.name, one.roles.map(roleText).join(' ')]] as const,
    ),
    ...waiting.expiring.map((one) => [one, [told('kind', 'Expiring'), one.agreement]] as const),
    ...waiting.stops.map((one) => [one, stopText(one)] as const),
    ...waiting.requests.map((one) => [one, requestText(one)] as const),
    ...waiting.demands.map((one) => [one, demandText(one)] as const),
    ...waiting.seconds.map(
      (one) =>
        [one, [told('kind', 'StandIn'), `${one.name} (${one.steward})`, one.department ?? 'office']] as const,
    ),
    ...waiting.disputes.map(
      (one) => [one, ['Dispute', one.id, one.state, one.about, `${one.raised} ↔ ${one.other}`]] as const,
    ),
    ...waiting.tickets.map(
      (one) => [one, ['Ticket', one.id, one.as, one.dataset, one.field ?? '–']] as const,
    ),
    ...waiting.duties.map((one) => [one, dutyText(one)] as const),
    ...waiting.batches.map((one) => [one, batchText(one)] as const),
    ...silent.map(
      (one) =>
        [
          one,
          [
            told('kind', 'Silent'),
            one.dataset,
            one.from,
            one.lastCame === undefined ? undefined : `(${one.lastCame})`,
          ],
        ] as const,
    ),
    ...dueCases.map(
      (one) =>
        [
          one,
          [told('kind', 'DueCases'), one.dataset, one.transition, String(one.cases), one.deadline],
        ] as const,
    ),
    ...events.map(
      (one) =>
        [
          one,
          [
            told('kind', one.as === 'escalated' ? 'Escalation' : 'OpenEvent'),
            ...[one.event, one.plan, one.step, one.department, one.deadline],
          ],
        ] as const,
    ),
    ...pulls.map((one) => [one, [told('kind', 'Pull'), one.dataset, one.outcome, one.at]] as const),
    ...catalogue.map((one) => [one, entryText(one)] as const),
    ...keys.map((one) => [one, keyText(one)] as const),
    ...risks.map(
      (one) =>
        [
          one,
          [
            told('kind', 'Finding'),
            one.id,
            one.rule,
            one.consumer ?? '–',
            String(one.count),
            told('state', one.state),
          ],
        ] as const,
    ),
    ...evidence.map((one) => [one, [told('kind', 'Evidence'), one.id, one.case, one.reason]] as const),
    ...codes.map(
      (one) =>
        [
          one,
          [
            told('kind', 'Code'),
            one.code,
            one.department,
            one.issuer === undefined ? undefined : personText(one.issuer, one.issuerName),
          ],
        ] as const,
    ),
    ...certificates.map(
      (one) =>
        [
          one,
          [told('kind', 'Certificate'), one.department ?? 'office', say(certificateWords[one.what]), one.pin],
        ] as const,
    ),
  ];
  return lines
    .map(([one, text]) => ({ day: one.due ?? '9999', line: [...text, dueText(one)] }))
    .sort((one, other) => (one.day < other.day ? -1 : one.day > other.day ? 1 : 0))
    .map(({ line }) => line.filter((part) => part !== undefined && part !== '').join('  '));
}

/** The last day, and in words whether it is past, or may still move. */
function dueText({ due, overdue, provisional }: DueOf): string | undefined {
  if (due === undefined) return undefined;
  const marks = [
    ...(overdue === true ? [say({ zh: '已逾期', en: 'overdue' })] : []),
    ...(provisional === true ? [say({ zh: '暂定', en: 'provisional' })] : []),
  ];
  return [`≤ ${due}`, ...marks].join('  ');
}

type One<Section extends keyof Waiting> = Waiting[Section][number];

function documentText(one: One<'documents'>): (string | undefined)[] {
  const { id, version, kind, provider, consumer, signable = [] } = one;
  const sides = signable.map(({ department }) => department).join(' ');
  const sign = {
    zh: `您可用通行密钥代 ${sides} 签署（控制台）`,
    en: `you may sign by passkey for ${sides} (console)`,
  };
  return [
    told('kind', kind),
    `${id}@${version}`,
    provider === undefined ? undefined : `${provider} → ${consumer ?? ''}`,
    sides === '' ? undefined : say(sign),
  ];
}

const changeoverText = ({ dataset, from, to, as, stops }: One<'changeovers'>): string[] => [
  ...[told('kind', 'Dataset'), dataset, `${from} → ${to}`],
  ...[told(as === 'consumer' ? 'role' : 'label', as), stops.join(' ')],
];

const retirementText = ({ dataset, as, agreements }: One<'retirements'>): string[] => [
  ...[told('kind', 'Dataset'), dataset, `→ ${told('state', 'retired')}`],
  ...[told(as === 'consumer' ? 'role' : 'label', as), agreements.join(' ')],
];

function stopText({ agreement, dataset, since, sides, reasons }: One<'stops'>): (string | undefined)[] {
  const suspended = dataset === undefined ? [] : [dataset, told('state', 'suspended')];
  return [
    ...[told('kind', 'Stop'), agreement, sides.map((side) => told('role', side)).join(' ')],
    ...suspended,
    dataset === undefined || since === undefined ? undefined : timeInChina(since),
    ...reasons.map(({ side, reason }) =>
      reason === undefined ? undefined : `${told('role', side)}${say({ zh: '：', en: ': ' })}${reason}`,
    ),
  ];
}

const requestText = (one: One<'requests'>): (string | undefined)[] => [
  ...[told('kind', 'Request'), one.id, one.stage ?? '–', `${one.provider} → ${one.consumer}`],
  one.informed === true ? say({ zh: '仅供知悉', en: 'for information' }) : undefined,
  one.escalated === true && one.overdue !== true ? '!' : undefined,
];

const demandText = ({ id, state, title, consumer }: One<'demands'>): string[] => [
  ...[told('kind', 'Demand'), id, told('state', state === 'office' ? 'office' : 'assigned')],
  ...[title, consumer],
];

const dutyText = ({ id, obligation, state, consumer, dataset }: One<'duties'>): string[] => [
  ...[told('kind', 'Duty'), id, told('label', obligation), consumer, dataset],
  // an overdue item shows this next to its day instead
  ...(state === 'overdue' ? [] : [told('state', told('label', state))]),
];

const batchText = ({
  batch,
  dataset,
  problem,
  proposedBy,
  proposedByName,
}: One<'batches'>): (string | undefined)[] => [
  ...[told('kind', 'Batch'), batch, dataset, problem ?? told('act', 'restore')],
  proposedBy === undefined ? undefined : personText(proposedBy, proposedByName),
];

const entryText = ({ clock, name, department, dataset, proposal }: WaitingEntry): string[] => [
  ...[told('kind', 'CatalogueEntry'), name, department ?? 'office'],
  ...[say(clockWords[clock]), dataset ?? proposal ?? '–'],
];

const keyText = ({ keyid, department, state, enrolled, objection }: One<'keys'>): string[] => [
  ...[told('kind', 'Key'), keyid, department, enrolled],
  objection === undefined ? told('state', state) : told('label', 'objected'),
];
