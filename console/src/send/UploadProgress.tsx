import { Button } from 'antd';
import type { ReactNode } from 'react';
import { useWords } from '../words/words.ts';
import { CheckProgress } from './CheckProgress.tsx';
import { useSizes } from './useSizes.ts';
import type { Uploading } from './useUpload.ts';

const phases = { sending: 'sendSending', away: 'sendAway', checking: 'sendChecking' } as const;

/** Progress of an upload in words and as a bar; with buttons to pause and resume. */
export function UploadProgress({ uploading }: { readonly uploading: Uploading }): ReactNode {
  const { say } = useWords();
  const { bytes, time } = useSizes();
  const { state, progress } = uploading;
  if (state !== 'running' && state !== 'paused') return null;
  const { phase = 'sending', sent = 0, size = 0, rate, left, checked } = progress ?? {};
  const facts = [
    say('sendOf', { sent: bytes(sent), size: bytes(size) }),
    ...(rate === undefined || phase !== 'sending' ? [] : [say('sendRate', { rate: bytes(rate) })]),
    ...(left === undefined || phase !== 'sending' ? [] : [say('sendLeft', { left: time(left) })]),
  ];
  return (
    <section className="card" aria-label={say(phases[phase])}>
      <p role="status">
        {state === 'paused' ? say('sendPaused') : say(phases[phase])}
        {' · '}
        {facts.join(' · ')}
      </p>
      {phase === 'checking' && checked !== undefined ? (
        <CheckProgress progress={checked} />
      ) : (
        <progress className="bar" aria-label={say(phases[phase])} value={sent} max={Math.max(1, size)} />
      )}
      <div className="row-form">
        <PauseOrResume uploading={uploading} phase={phase} />
      </div>
    </section>
  );
}

/** While the hub checks the file, there is nothing to pause. */
function PauseOrResume(props: {
  readonly uploading: Uploading;
  readonly phase: keyof typeof phases;
}): ReactNode {
  const { uploading, phase } = props;
  const { state, pause, resume } = uploading;
  const { say } = useWords();
  return (
    <>
      {state === 'running' && phase !== 'checking' ? (
        <Button onClick={pause}>{say('sendPause')}</Button>
      ) : null}
      {state === 'paused' ? (
        <Button type="primary" onClick={resume}>
          {say('sendResume')}
        </Button>
      ) : null}
    </>
  );
}
