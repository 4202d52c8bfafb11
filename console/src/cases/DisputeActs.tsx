import { useState, type ReactNode } from 'react';
import { post, type Schemas } from '../api/call.ts';
import { StepButtons } from '../parts/StepButtons.tsx';
import type { Act } from '../parts/useAct.ts';
import { useSession } from '../session.ts';
import { useWords } from '../words/words.ts';
import { stepsOf, type Step } from './disputeSteps.ts';
import { SaidForm } from './SaidForm.tsx';

/** The next steps that the person may take, each with its text and paper. */
export function DisputeActs(props: {
  readonly view: Schemas['DisputeView'];
  readonly doing: Act;
  readonly again: () => void;
}): ReactNode {
  const { view, doing, again } = props;
  const { say } = useWords();
  const { session } = useSession();
  const steps = stepsOf(view, session);
  const [open, setOpen] = useState<Step>();
  if (steps.length === 0) return null;
  return (
    <section className="card no-print" aria-label={say('rqAct')}>
      <h2>{say('rqAct')}</h2>
      <StepButtons steps={steps} open={open} set={setOpen} text={(one) => say(`da_${one}`)} />
      {open === undefined ? null : (
        <SaidForm
          key={open}
          label={say(`da_${open}`)}
          draft={`dispute ${open} ${view.id}`}
          sending={doing.sending}
          send={(said, sent) =>
            doing.act(
              (key) =>
                post(
                  '/v1/disputes/{dispute}/acts',
                  { act: open, ...said },
                  { at: { dispute: view.id }, key },
                ),
              () => {
                sent();
                again();
              },
            )
          }
        />
      )}
    </section>
  );
}
