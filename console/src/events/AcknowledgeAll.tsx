import { Button } from 'antd';
import type { ReactNode } from 'react';
import { asCall } from '../api/asCall.ts';
import { post, Refused, type Schemas } from '../api/call.ts';
import { owesReceipt } from '../pages/lanes.ts';
import { Link } from '../parts/Link.tsx';
import { Refusal } from '../parts/Refusal.tsx';
import { TwoSteps } from '../parts/TwoSteps.tsx';
import { useOpenCount } from '../parts/openCount.ts';
import { useAct } from '../parts/useAct.ts';
import { addressOf } from '../route.ts';
import { useWords } from '../words/words.ts';

type Waiting = Schemas['Waiting']['events'][number];

/** Refusals that mean that there is nothing more to do for an event. */
const settled = ['event_grade_again', 'event_closed'];

/** Receipt of several open events in one act. It decides nothing: steps that ask for more than receipt remain, with a link to their event. */
export function AcknowledgeAll(props: {
  readonly events: readonly Waiting[];
  readonly done: () => void;
}): ReactNode {
  const { events, done } = props;
  const { say, number } = useWords();
  const { act, sending, error } = useAct();
  const { refresh } = useOpenCount();
  const owed = events.filter(owesReceipt);
  // an event may ask a department for several steps
  const wanted = [...new Map(owed.map((one) => [`${one.event} ${one.department}`, one])).values()];
  const receiveEach = async (): Promise<void> => {
    let refused: Refused | undefined;
    for (const { event, department } of wanted)
      try {
        await received(event, department);
      } catch (refusal) {
        if (!(refusal instanceof Refused)) throw refusal;
        // one event that takes no receipt does not prevent the others
        if (!settled.includes(refusal.problem.code)) refused ??= refusal;
      }
    if (refused !== undefined) throw refused;
  };
  const afterSome = (error: unknown): never => {
    // some may have been received
    refresh();
    done();
    throw error;
  };
  const receive = (): void => act(() => receiveEach().catch(afterSome), done);
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

const received = (event: string, department: string) =>
  post('/v1/open-events/{event}/acknowledgements', { grade: 'received', department }, { at: { event } });

/** The department has given receipt before, by another person or its system: no failure of this person. */
const isAcknowledged = (error: unknown): boolean =>
  error instanceof Refused && error.problem.code === 'event_grade_again';

/** Receipt of one open event, whose title and step are next to the button. Steps that ask for more than receipt remain. */
export function AcknowledgeOne(props: {
  readonly of: Pick<Waiting, 'event' | 'department'>;
  readonly what: string;
  readonly done: () => void;
}): ReactNode {
  const { of, what, done } = props;
  const { say } = useWords();
  const { act, sending, error } = useAct();
  return (
    <>
      {isAcknowledged(error) ? (
        <p role="status">
          {say('oeReceivedBefore')} <Link to={addressOf('openevents', [of.event])}>{say('oeOpen')}</Link>
        </p>
      ) : (
        <Refusal
          error={error}
          cli={asCall('POST /v1/open-events/{event}/acknowledgements', { at: { event: of.event } })}
        />
      )}
      <Button
        type="primary"
        disabled={sending}
        aria-label={`${say('oeReceivedOne')} ${what}`}
        onClick={() => act(() => received(of.event, of.department), done)}
      >
        {say('oeReceivedOne')}
      </Button>
    </>
  );
}
