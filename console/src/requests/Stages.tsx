import type { ReactNode } from 'react';
import type { Schemas } from '../api/call.ts';
import { useWords } from '../words/words.ts';
import { Due } from './Due.tsx';
import { stageSteps, type StageStep } from './stageSteps.ts';

const signs = { done: '✔', now: '▶', next: '·', stopped: '✘', unreached: '·' } as const;
const words = {
  done: 'rqDone',
  now: 'rqNow',
  next: 'rqNext',
  stopped: 'rqStopped',
  unreached: 'rqUnreached',
} as const;

/** The stages in their order: who decides, which are done and since when, and by when each of the others is due. */
export function Stages({ view }: { readonly view: Schemas['RequestView'] }): ReactNode {
  const { say, pick } = useWords();
  return (
    <section className="card" aria-label={say('rqStages')}>
      <ol className="stepper">
        {stageSteps(view, Date.now()).map((step) => {
          const { stage, state } = step;
          return (
            <li key={stage.code} data-state={state} aria-current={state === 'now' ? 'step' : undefined}>
              <strong>{pick(stage.title)}</strong>
              <span className="muted">
                {say(`by_${stage.by}`)} · {say(`r_${stage.role}`)} · {say('rqStageDays', { n: stage.days })}
              </span>
              <span>
                {signs[state]} {say(words[state])} <StageDay step={step} view={view} />
              </span>
            </li>
          );
        })}
      </ol>
    </section>
  );
}

function StageDay(props: { readonly step: StageStep; readonly view: Schemas['RequestView'] }): ReactNode {
  const { state, day: on } = props.step;
  const { say, day } = useWords();
  if (on === undefined) return null;
  if (state === 'now') return <Due of={props.view} />;
  return state === 'next' ? say('rqLatest', { day: day(on) }) : day(on);
}
