import type { ReactNode } from 'react';
import { asCall } from '../api/asCall.ts';
import { post, Refused, type Schemas } from '../api/call.ts';
import { Refusal } from '../parts/Refusal.tsx';
import { TwoSteps } from '../parts/TwoSteps.tsx';
import { useAct } from '../parts/useAct.ts';
import { useWords } from '../words/words.ts';

type Waiting = Schemas['Waiting']['events'][number];

/** Refusals that mean that there is nothing more to do for an event. */
const settled = ['event_grade_again', 'event_closed'];

/** Receipt of several open events in one act. It decides nothing: steps that ask for more than receipt remain. */
export function AcknowledgeAll(props: {
  readonly events: readonly Waiting[];
  readonly done: () => void;
}): ReactNode {
  const { events, done } = props;
  const { say, number } = useWords();
  const { act, sending, error } = useAct();
  const owed = events.filter((one) => one.as === 'acknowledger');
  // an event may ask a department for several steps
  const wanted = [...new Map(owed.map((one) => [`${one.event} ${one.department}`, one])).values()];
  const receive = (): void =>
    act(async () => {
      let refused: Refused | undefined;
      for (const { event, department } of wanted)
        try {
          await post(
            '/v1/open-events/{event}/acknowledgements',
            { grade: 'received', department },
            { at: { event } },
          );
        } catch (refusal) {
          if (!(refusal instanceof Refused)) throw refusal;
          // one event that takes no receipt keeps back no other
          if (!settled.includes(refusal.problem.code)) refused ??= refusal;
        }
      if (refused !== undefined) throw refused;
    }, done);
  return (
    <>
      <Refusal error={error} cli={asCall('POST /v1/open-events/{event}/acknowledgements')} />
      {wanted.length < 2 ? null : (
        <p className="row-form no-print">
          <TwoSteps
            label={say('oeAllReceived', { n: number(wanted.length) })}
            sure={say('oeAllReceivedSure', { n: number(wanted.length) })}
            disabled={sending}
            act={receive}
          />
        </p>
      )}
    </>
  );
}
