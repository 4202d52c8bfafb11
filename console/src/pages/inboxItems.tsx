/** Pending items, as rows of the inbox: each with a link to the page of its decision. */
import { defined } from '../../../terms/defined.ts';
import type { Schemas } from '../api/call.ts';
import { Link } from '../parts/Link.tsx';
import { isWord } from '../parts/State.tsx';
import { addressOf } from '../route.ts';
import { pullSummary } from '../pulls/pullSummary.ts';
import { kindText } from '../words/kindText.ts';
import type { Spoken } from '../words/words.ts';
import type { Words } from '../words/zh.ts';
import { isDecidedInPlace, owesReceipt, type Item, type Sections } from './lanes.ts';

/** Why an authority or a certificate needs attention, and whose. */
function whyEnds({ what, department }: Sections['certificates'][number]): keyof Words {
  if (what === 'accepted-root') return 'whyAcceptedRoot';
  return department === undefined ? 'whyAuthority' : 'whyCertificate';
}

/** `lights 1.1` of `urn:datong:lights:1.1`. */
const versionIn = (urn: string): string => urn.split(':').slice(2).join(' ');

const sideWords = { provider: 'provider', consumer: 'consumer', 'data-office': 'whoOffice' } as const;

/** All items except persons, who are confirmed in the inbox itself. */
export function linkedItems(
  waiting: Schemas['Waiting'],
  spoken: Spoken,
  name: (code: string | undefined) => string,
): readonly Item[] {
  const { say, pick } = spoken;
  const titles = new Map(waiting.datasets.map(({ dataset, title }) => [dataset, title]));
  /** Title of a dataset. Its id is shown on hover. */
  const titleOf = (dataset: string): string => pick(titles.get(dataset)) || dataset;
  const agreements = new Map(waiting.agreements?.map(({ agreement, title }) => [agreement, title]));
  const agreementOf = (agreement: string): string => pick(agreements.get(agreement)) || agreement;
  const item = (
    address: string,
    one: Omit<Item, 'act' | 'sentence'>,
    wording: { readonly sentence?: keyof Words; readonly n?: number; readonly act?: string } = {},
  ): Item => {
    const act = wording.act ?? say('open');
    const word = wording.sentence ?? `hs_${one.kind}`;
    const facts = { who: name(one.from), what: one.what, n: wording.n ?? 0 };
    return {
      ...one,
      sentence: isWord(word) ? say(word, facts) : one.what,
      act: (
        <Link button to={address} label={`${act} ${one.what}`}>
          {act}
        </Link>
      ),
    };
  };
  return [
    ...waiting.requests.map((one) =>
      item(addressOf('requests', [one.id]), {
        of: one,
        key: one.id,
        kind: 'kindRequest',
        what: `${pick(one.title) || one.agreement} · ${one.id}`,
        from: one.consumer,
        why: one.informed === true ? 'whyInformed' : 'whyRequest',
        ...defined({ inPlace: one.informed === true ? undefined : { of: 'request', id: one.id } }),
      }),
    ),
    ...waiting.documents.map((one) =>
      item(addressOf('agreements', [one.id, String(one.version)]), {
        of: one,
        key: `${one.id}@${one.version}`,
        kind: one.kind === 'Agreement' ? 'kindAgreement' : 'kindRestriction',
        what: [
          agreementOf(`${one.id}@${one.version}`),
          ...(one.signable ?? []).map(({ role }) => say(sideWords[role])),
        ].join(' · '),
        code: `${one.id}@${one.version}`,
        from: one.consumer ?? one.provider,
        why: one.signable === undefined ? 'whyApprove' : one.signOnly === true ? 'whySign' : 'whySignApprove',
      }),
    ),
    ...waiting.schemas.map((one) =>
      item(addressOf('schemas', one.urn.split(':').slice(2)), {
        of: one,
        key: one.urn,
        kind: 'kindSchema',
        what:
          one.title === undefined
            ? versionIn(one.urn)
            : `${pick(one.title)} ${one.urn.split(':').at(-1) ?? ''}`,
        code: one.urn,
        from: one.owner,
        why: 'whySchema',
      }),
    ),
    ...waiting.changeovers.map((one) =>
      // a consumer whose agreement stops sees the target version; only the provider sees the progress
      item(addressOf(one.as === 'consumer' ? 'datasets' : 'changeovers', [one.dataset]), {
        of: one,
        key: `${one.dataset} ${one.as}`,
        kind: 'kindChangeover',
        what: [titleOf(one.dataset), versionIn(one.to), ...one.stops.map(agreementOf)].join(' · '),
        code: one.dataset,
        from: one.department,
        why: one.as === 'consumer' ? 'whyStops' : 'whyChangeover',
      }),
    ),
    ...waiting.retirements.map((one) =>
      item(addressOf('datasets', [one.dataset], one.as === 'consumer' ? {} : { tab: 'settings' }), {
        of: one,
        key: `${one.dataset} ${one.as}`,
        kind: 'kindRetirement',
        what: [titleOf(one.dataset), ...one.agreements.map(agreementOf)].join(' · '),
        code: one.dataset,
        from: one.department,
        why: one.as === 'consumer' ? 'whyRetires' : 'whyRetirement',
      }),
    ),
    ...waiting.proposals.map((one) =>
      item(addressOf('proposals', [one.proposal]), {
        of: one,
        key: one.proposal,
        kind: 'kindProposal',
        what: `${pick(kindText(one.kind))} ${one.name}`,
        from: one.owner,
        why: isDecidedInPlace(one.kind) ? 'whyProposal' : 'whyProposalRead',
        ...defined({
          inPlace: isDecidedInPlace(one.kind) ? { of: 'proposal' as const, id: one.proposal } : undefined,
        }),
      }),
    ),
    ...waiting.batches.map((one) => {
      const bad = one.counts?.bad ?? 0;
      return item(
        addressOf('held', [one.batch]),
        {
          of: one,
          key: one.batch,
          kind: 'kindBatch',
          what: `${titleOf(one.dataset)}${one.fileName === undefined ? '' : ` · ${one.fileName}`}`,
          code: one.dataset,
          from: one.department,
          why: one.mend === true ? 'whyMend' : 'whyBatch',
        },
        one.mend === true
          ? {
              sentence: bad > 0 ? 'hs_mend' : 'hs_held',
              n: bad,
              act: bad > 0 ? say('hmMend', { n: bad }) : say('open'),
            }
          : {},
      );
    }),
    ...waiting.keys.map((one) =>
      item(addressOf('departments', [one.department]), {
        of: one,
        key: one.keyid,
        kind: 'kindKey',
        what: name(one.department),
        code: one.keyid,
        from: one.department,
        why: one.confirmable ? 'whyKey' : 'whyKeySeen',
      }),
    ),
    ...waiting.risks.map((one) =>
      item(addressOf('risks', [one.id]), {
        of: one,
        key: one.id,
        kind: 'kindRisk',
        what: pick(one.message),
        from: one.consumer,
        why: 'whyRisk',
      }),
    ),
    ...waiting.evidence.map((one) =>
      item(addressOf('evidence', [one.id]), {
        of: one,
        key: one.id,
        kind: 'kindEvidence',
        what: `${one.case}${say('pointColon')}${one.reason}`,
        from: undefined,
        why: 'whyEvidence',
        inPlace: { of: 'evidence', id: one.id },
      }),
    ),
    ...waiting.duties.map((one) =>
      item(addressOf('agreements', [], { consumer: one.consumer }), {
        of: one,
        key: one.id,
        kind: 'kindDuty',
        what: `${say(`ob_${one.obligation}`)} · ${titleOf(one.dataset)}`,
        code: one.dataset,
        from: one.provider,
        why: 'whyDuty',
      }),
    ),
    ...waiting.expiring.map((one) =>
      item(addressOf('agreements', one.agreement.split('@')), {
        of: one,
        key: `end ${one.agreement}`,
        kind: 'kindExpiring',
        what: agreementOf(one.agreement),
        code: one.agreement,
        from: one.provider,
        why: 'whyExpiring',
      }),
    ),
    ...waiting.stops.map((one) =>
      item(addressOf('agreements', one.agreement.split('@')), {
        of: one,
        key: `stop ${one.agreement} ${one.sides.join(' ')} ${one.dataset ?? ''}`,
        kind: 'kindStop',
        what: [
          ...(one.dataset === undefined ? [] : [titleOf(one.dataset)]),
          agreementOf(one.agreement),
          ...one.reasons.map(
            ({ side, reason = say('agStopUntold') }) => `${say(`side_${side}`)}${say('pointColon')}${reason}`,
          ),
        ].join(' · '),
        code: one.agreement,
        from: one.provider,
        why:
          one.dataset !== undefined ? 'whySuspended' : one.until === undefined ? 'whyStop' : 'whyStopLapses',
      }),
    ),
    ...waiting.silent.map((one) =>
      item(addressOf('datasets', [one.dataset], { tab: 'submissions' }), {
        of: one,
        key: `silent ${one.dataset} ${one.from}`,
        kind: 'kindSilent',
        what: titleOf(one.dataset),
        code: one.dataset,
        from: one.department,
        why: 'whySilent',
      }),
    ),
    ...waiting.dueCases.map((one) =>
      item(addressOf('work', [], { set: one.dataset }), {
        of: one,
        key: `case ${one.dataset} ${one.transition} ${one.overdue}`,
        kind: 'kindDueCases',
        what: say('hmCases', {
          dataset: titleOf(one.dataset),
          n: one.cases,
          step: pick(one.transitionTitle) || one.transition,
        }),
        code: one.dataset,
        from: one.provider,
        why: 'whyDueCases',
      }),
    ),
    ...waiting.events.map((one) =>
      item(addressOf('openevents', [one.event]), {
        of: one,
        key: `event ${one.event} ${one.step} ${one.department} ${one.as}`,
        kind: 'kindOpenEvent',
        what: `${pick(one.title)} · ${one.step}`,
        from: one.department,
        why: one.as === 'escalated' ? 'whyEscalated' : 'whyAcknowledge',
        ...defined({
          inPlace: owesReceipt(one)
            ? { of: 'event', event: one.event, department: one.department }
            : undefined,
        }),
      }),
    ),
    ...waiting.pulls.map((one) => {
      const { sentence, facts } = pullSummary(one, spoken);
      return item(
        addressOf('pulls', [one.dataset]),
        {
          of: one,
          key: `pull ${one.dataset}`,
          kind: 'kindPull',
          what: [titleOf(one.dataset), ...facts].join(' · '),
          code: one.dataset,
          from: one.department,
          why: one.until === undefined ? 'whyPull' : 'whyPaused',
        },
        { sentence },
      );
    }),
    ...waiting.catalogue.map((one) =>
      item(
        one.proposal === undefined
          ? addressOf('catalogue', [one.name])
          : addressOf('proposals', [one.proposal]),
        {
          of: one,
          key: `catalogue ${one.clock} ${one.name} ${one.dataset ?? one.proposal ?? ''}`,
          kind: 'kindEntry',
          what: one.dataset === undefined ? one.name : `${one.name} · ${titleOf(one.dataset)}`,
          from: one.department,
          why: `whyEntry_${one.clock}`,
        },
      ),
    ),
    ...waiting.tickets.map((one) =>
      item(addressOf('tickets', [one.id]), {
        of: one,
        key: one.id,
        kind: 'kindTicket',
        what: `${one.id} · ${titleOf(one.dataset)}`,
        code: one.dataset,
        from: one.opener,
        why: one.state === 'open' ? 'whyTicket' : 'whyMended',
      }),
    ),
    ...waiting.demands.map((one) =>
      item(addressOf('demands', [one.id]), {
        of: one,
        key: one.id,
        kind: 'kindDemand',
        what: `${one.title} · ${one.id}`,
        from: one.consumer,
        why:
          one.state === 'office'
            ? 'whyDemandOffice'
            : one.overdue === true
              ? 'whyDemandLate'
              : 'whyDemandAssigned',
      }),
    ),
    ...waiting.disputes.map((one) =>
      item(addressOf('disputes', [one.id]), {
        of: one,
        key: one.id,
        kind: 'kindDispute',
        what: `${one.id} · ${one.about}`,
        from: one.raised,
        why: 'whyDispute',
      }),
    ),
    ...waiting.seconds.map((one) =>
      item(addressOf('persons'), {
        of: one,
        key: `second ${one.steward} ${one.department ?? ''}`,
        kind: 'kindSecond',
        what: one.name,
        from: one.department,
        why: 'whySecond',
      }),
    ),
    ...waiting.certificates.map((one) =>
      item(
        one.department === undefined ? addressOf('departments') : addressOf('departments', [one.department]),
        {
          of: one,
          key: `certificate ${one.what} ${one.department ?? ''}`,
          kind: 'kindCertificate',
          what: [say(`whatEnds_${one.what}`), one.serial ?? one.pin ?? '']
            .filter((text) => text !== '')
            .join(' · '),
          from: one.department,
          why: whyEnds(one),
        },
      ),
    ),
    ...waiting.codes.map((one) =>
      item(addressOf('departments', [one.department]), {
        of: one,
        key: one.code,
        kind: 'kindCode',
        what: one.code,
        from: one.department,
        why: 'whyCode',
      }),
    ),
  ];
}
