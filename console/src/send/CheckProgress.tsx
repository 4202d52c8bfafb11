import type { ReactNode } from 'react';
import type { Schemas } from '../api/call.ts';
import { useWords } from '../words/words.ts';
import { useSizes } from './useSizes.ts';

/** Progress of a batch's check: rows, bad ones, bytes, rate and time left, with a bar. */
export function CheckProgress({
  progress,
}: {
  readonly progress: Schemas['BatchProgress'] | undefined;
}): ReactNode {
  const { say, number } = useWords();
  const { bytes, time } = useSizes();
  if (progress === undefined) return <p role="status">{say('checkWaits')}</p>;
  const done = progress.bytes >= progress.of;
  const left = progress.secondsLeft;
  const facts = [
    say('checkRows', { records: number(progress.records) }),
    say('checkBad', { bad: number(progress.bad) }),
    ...(done
      ? [say('checkIndexing')]
      : [
          say('sendOf', { sent: bytes(progress.bytes), size: bytes(progress.of) }),
          say('checkRate', { n: number(progress.perSecond) }),
          ...(left === undefined ? [] : [say('sendLeft', { left: time(left) })]),
        ]),
  ];
  return (
    <>
      <p role="status">{facts.join(' · ')}</p>
      <progress
        className="bar"
        aria-label={say('sendChecking')}
        value={progress.bytes}
        max={Math.max(1, progress.of)}
      />
    </>
  );
}
