import { useState, type ReactNode } from 'react';
import { post, type Schemas } from '../api/call.ts';
import { StepButtons } from '../parts/StepButtons.tsx';
import type { Act } from '../parts/useAct.ts';
import { useSession, hasRoleAt } from '../session.ts';
import { useWords } from '../words/words.ts';
import { StatementForm } from './SaidForm.tsx';

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
        <StatementForm
          key={open}
          label={say(`da_${open}`)}
          draft={`dispute ${open} ${view.id}`}
          sending={doing.sending}
          send={(statement, sent) =>
            doing.act(
              (key) =>
                post(
                  '/v1/disputes/{dispute}/acts',
                  { act: open, ...statement },
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

type View = Schemas['DisputeView'];
type Step = Schemas['DisputeActed']['act'];

/** The steps that a steward finds on the page of a dispute. The hub decides by its own rules. */
function stepsOf(
  { state, raised, other, events }: View,
  { person, ...held }: Pick<Schemas['Session'], 'person' | 'roles'>,
): readonly Step[] {
  const holds = (department: string | undefined): boolean => hasRoleAt(held, ['steward'], department);
  const party = holds(raised) || holds(other);
  const office = holds(undefined);
  // a person may not settle a dispute that they raised, took further or decided
  const bound = events.some(
    ({ person: who, act }) => who === person && ['raise', 'escalate', 'appeal', 'decide'].includes(act),
  );
  if (state === 'between')
    return [
      ...(holds(other) && !bound ? (['agree'] as const) : []),
      ...(party ? (['escalate'] as const) : []),
    ];
  if (state === 'office') return office && !bound ? ['decide'] : [];
  if (state === 'decided') return party ? ['accept', 'appeal'] : [];
  return state === 'government' && office && !bound ? ['record'] : [];
}
