import type { ReactNode } from 'react';
import type { Schemas } from '../api/call.ts';
import { useWords, type Spoken } from '../words/words.ts';

/** Why a delivery failed, with the HTTP status where there was one. */
export const troubleText = (
  trouble: Schemas['SinkTrouble'],
  { pick, say }: Pick<Spoken, 'pick' | 'say'>,
): string =>
  `${pick(trouble)}${trouble.status === undefined ? '' : say('sbStatus', { status: trouble.status })}`;

/** State of a subscription in words: with its last error, and when the hub tries again. */
export function SinkState({ of }: { readonly of: Schemas['Subscription'] }): ReactNode {
  const { say, pick, when } = useWords();
  const { state, sink } = of;
  if (state === 'ended') return <span className="state">{say('sbEnded')}</span>;
  if (sink === undefined) return <span className="state">{say('sbPull')}</span>;
  const isBad = sink.state === 'failing' || sink.state === 'refused';
  return (
    <>
      <span className={isBad ? 'state bad' : sink.state === 'active' ? 'state good' : 'state'}>
        {say(`sink_${sink.state}`)}
      </span>
      {sink.trouble === undefined ? null : (
        <>
          <br />
          {troubleText(sink.trouble, { pick, say })}
        </>
      )}
      {sink.nextAttempt === undefined || sink.state === 'paused' ? null : (
        <>
          <br />
          <small className="muted">{say('sbNext', { when: when(sink.nextAttempt) })}</small>
        </>
      )}
    </>
  );
}

/**
 * Events that are not delivered yet: to the publisher those of the topic, to the consumer those of its types with the age of the oldest.
 * @returns undefined where the reader is not shown them
 */
export function lagText(
  { sink, lag }: Pick<Schemas['Subscription'], 'sink' | 'lag'>,
  { say, number }: Pick<Spoken, 'say' | 'number'>,
): string | undefined {
  if (lag === undefined) return sink?.waiting === undefined ? undefined : number(sink.waiting);
  const n = number(lag.events);
  const events = lag.more ? say('sbLagMore', { n }) : n;
  return lag.oldestSeconds === undefined
    ? events
    : say('sbLagOldest', { events, seconds: number(lag.oldestSeconds) });
}
