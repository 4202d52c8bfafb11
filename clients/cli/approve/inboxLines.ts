/** Pending items, one line each: the nearest deadline first, in the order of the hub and the console. */
import type { Bilingual } from '../../../terms/bilingual.ts';
import { momentInChina } from '../../../terms/civilDate.ts';
import { personText } from '../printedText.ts';
import { translated } from '../reportedValues.ts';
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
            translated('kind', one.kind),
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
          [
            translated('kind', 'Schema'),
            one.urn,
            personText(one.author, one.authorName),
            translated('label', one.as),
          ],
        ] as const,
    ),
    ...waiting.changeovers.map((one) => [one, changeoverText(one)] as const),
    ...waiting.retirements.map((one) => [one, retirementText(one)] as const),
    ...waiting.persons.map(
      (one) =>
        [
          one,
          [translated('kind', 'Person'), one.person, one.name, one.roles.map(roleText).join(' ')],
        ] as const,
    ),
    ...waiting.expiring.map((one) => [one, [translated('kind', 'Expiring'), one.agreement]] as const),
    ...waiting.stops.map((one) => [one, stopText(one)] as const),
    ...waiting.requests.map((one) => [one, requestText(one)] as const),
    ...waiting.demands.map((one) => [one, demandText(one)] as const),
    ...waiting.seconds.map(
      (one) =>
        [
          one,
          [translated('kind', 'StandIn'), `${one.name} (${one.steward})`, one.department ?? 'office'],
        ] as const,
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
            translated('kind', 'Silent'),
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
          [
            translated('kind', 'DueCases'),
            one.dataset,
            one.transitionTitle === undefined ? one.transition : say(one.transitionTitle),
            String(one.cases),
            one.deadline,
          ],
        ] as const,
    ),
    ...events.map(
      (one) =>
        [
          one,
          [
            translated('kind', one.as === 'escalated' ? 'Escalation' : 'OpenEvent'),
            ...[one.event, one.plan, one.step, one.department, one.deadline],
          ],
        ] as const,
    ),
    ...pulls.map(
      (one) =>
        [one, [translated('kind', 'Pull'), one.dataset, one.outcome, one.at, nextRunText(one)]] as const,
    ),
    ...catalogue.map((one) => [one, entryText(one)] as const),
    ...keys.map((one) => [one, keyText(one)] as const),
    ...risks.map(
      (one) =>
        [
          one,
          [
            translated('kind', 'Finding'),
            one.id,
            one.rule,
            one.consumer ?? '–',
            String(one.count),
            translated('state', one.state),
          ],
        ] as const,
    ),
    ...evidence.map((one) => [one, [translated('kind', 'Evidence'), one.id, one.case, one.reason]] as const),
    ...codes.map(
      (one) =>
        [
          one,
          [
            translated('kind', 'Code'),
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
          [
            translated('kind', 'Certificate'),
            one.department ?? 'office',
            say(certificateWords[one.what]),
            one.pin,
          ],
        ] as const,
    ),
  ];
  return lines
    .map(([one, text]) => ({ day: one.due ?? '9999', line: [...text, dueText(one)] }))
    .sort((one, other) => (one.day < other.day ? -1 : one.day > other.day ? 1 : 0))
    .map(({ line }) => line.filter((part) => part !== undefined && part !== '').join('  '));
}

/** When a pull runs next. */
const nextRunText = ({ nextRunAt: at }: One<'pulls'>): string | undefined =>
  at === undefined ? undefined : say({ zh: `下次抽取 ${at}`, en: `next run ${at}` });

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
    translated('kind', kind),
    `${id}@${version}`,
    provider === undefined ? undefined : `${provider} → ${consumer ?? ''}`,
    sides === '' ? undefined : say(sign),
  ];
}

const changeoverText = ({ dataset, from, to, as, stops }: One<'changeovers'>): string[] => [
  ...[translated('kind', 'Dataset'), dataset, `${from} → ${to}`],
  ...[translated(as === 'consumer' ? 'role' : 'label', as), stops.join(' ')],
];

const retirementText = ({ dataset, as, agreements }: One<'retirements'>): string[] => [
  ...[translated('kind', 'Dataset'), dataset, `→ ${translated('state', 'retired')}`],
  ...[translated(as === 'consumer' ? 'role' : 'label', as), agreements.join(' ')],
];

function stopText({ agreement, dataset, since, sides, reasons }: One<'stops'>): (string | undefined)[] {
  const suspended = dataset === undefined ? [] : [dataset, translated('state', 'suspended')];
  return [
    ...[translated('kind', 'Stop'), agreement, sides.map((side) => translated('role', side)).join(' ')],
    ...suspended,
    dataset === undefined || since === undefined ? undefined : momentInChina(since),
    ...reasons.map(({ side, reason }) =>
      reason === undefined ? undefined : `${translated('role', side)}${say({ zh: '：', en: ': ' })}${reason}`,
    ),
  ];
}

const requestText = (one: One<'requests'>): (string | undefined)[] => [
  ...[translated('kind', 'Request'), one.id, one.stage ?? '–', `${one.provider} → ${one.consumer}`],
  one.informed === true ? say({ zh: '仅供知悉', en: 'for information' }) : undefined,
  one.escalated === true && one.overdue !== true ? '!' : undefined,
];

const demandText = ({ id, state, title, consumer }: One<'demands'>): string[] => [
  ...[translated('kind', 'Demand'), id, translated('state', state === 'office' ? 'office' : 'assigned')],
  ...[title, consumer],
];

const dutyText = ({ id, obligation, state, consumer, dataset }: One<'duties'>): string[] => [
  ...[translated('kind', 'Duty'), id, translated('label', obligation), consumer, dataset],
  // an overdue item shows this next to its day instead
  ...(state === 'overdue' ? [] : [translated('state', translated('label', state))]),
];

const batchText = ({
  batch,
  dataset,
  problem,
  proposedBy,
  proposedByName,
}: One<'batches'>): (string | undefined)[] => [
  ...[translated('kind', 'Batch'), batch, dataset, problem ?? translated('act', 'restore')],
  proposedBy === undefined ? undefined : personText(proposedBy, proposedByName),
];

const entryText = ({ clock, name, department, dataset, proposal }: WaitingEntry): string[] => [
  ...[translated('kind', 'CatalogueEntry'), name, department ?? 'office'],
  ...[say(clockWords[clock]), dataset ?? proposal ?? '–'],
];

const keyText = ({ keyid, department, state, enrolled, objection }: One<'keys'>): string[] => [
  ...[translated('kind', 'Key'), keyid, department, enrolled],
  objection === undefined ? translated('state', state) : translated('label', 'objected'),
];
