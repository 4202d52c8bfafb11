import { parseAgreement } from '../../../../policies/documents/parseDocument.ts';
import type { LeafFacts } from '../../../log/entry.ts';
import type { AnswerTimes } from '../../../domain/answerTimes.ts';
import type { RequestEvent } from '../../../domain/requests/requestLife.ts';
import type { RequestStanding } from '../../../domain/requests/standing.ts';
import type { StoredRequest } from '../store/requests.ts';
import { digestOf } from '../../registry/operations/registration.ts';

/**
 * The facts in the entry of an act: names and digests. The texts are stored with the request; the digest of the event commits to them.
 * Where an agreement is written, its version in force is compared with the digest and state in the entry.
 * @param times where the act answers within a time limit
 */
export function requestFacts(
  { id, consumer, provider, agreement, version, agreementState }: StoredRequest,
  event: RequestEvent,
  { state, document, stages, at }: RequestStanding,
  times: AnswerTimes = {},
): LeafFacts {
  const { grants, digest } = parseAgreement(JSON.parse(document), agreement);
  const [first, ...others] = grants;
  return {
    consumer,
    provider,
    agreement,
    ...(first === undefined || others.length > 0 ? {} : { dataset: first.dataset }),
    change: {
      request: id,
      act: event.act,
      stands: state,
      ...(stages[at] === undefined ? {} : { stage: stages[at].code }),
      document: `${agreement}@${version}`,
      digest,
      ...(agreementState === null ? {} : { kind: 'Agreement', state: agreementState }),
      said: digestOf(event),
      ...times,
    },
  };
}
