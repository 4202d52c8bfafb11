import { Button } from 'antd';
import { useState, type ReactNode } from 'react';
import { post, type Schemas } from '../api/call.ts';
import { Select } from '../parts/Select.tsx';
import { StepButtons } from '../parts/StepButtons.tsx';
import { TextField } from '../parts/TextField.tsx';
import { Unsent } from '../parts/Unsent.tsx';
import type { Act } from '../parts/useAct.ts';
import { useDepartments } from '../parts/useDepartments.ts';
import { useDraft } from '../parts/useDraft.ts';
import { useSession, hasRoleAt } from '../session.ts';
import { useWords } from '../words/words.ts';

type View = Schemas['DemandView'];

/** The next steps that the person may take: assign, answer, hand back or withdraw, each with a reason. */
export function DemandActs(props: {
  readonly view: View;
  readonly doing: Act;
  readonly done: (view: View) => void;
}): ReactNode {
  const { view, doing, done } = props;
  const { say } = useWords();
  const { session } = useSession();
  const { name } = useDepartments();
  const [open, setOpen] = useState<DemandStep>();
  const steps = stepsOf(view, session);
  const running = view.state === 'office' || view.state === 'assigned';
  if (!running) return null;
  return (
    <section className="card no-print" aria-label={say('rqAct')}>
      <h2>{say('rqAct')}</h2>
      <p role="status">
        {view.state === 'office'
          ? say('dmTurnOffice')
          : say('dmTurnDepartment', { who: name(view.provider ?? '') })}
      </p>
      <StepButtons steps={steps} open={open} set={setOpen} text={(one) => say(`dmAct_${one}`)} />
      {open === undefined ? null : (
        <StepForm
          key={open}
          view={view}
          step={open}
          sending={doing.sending}
          send={(body, sent) =>
            doing.act(
              (key) => post('/v1/demands/{demand}/acts', body, { at: { demand: view.id }, key }),
              (after) => {
                sent();
                done(after);
              },
            )
          }
        />
      )}
    </section>
  );
}

/** The second of two buttons: it sends the step, and its label states the effect. */
function StepForm(props: {
  readonly view: View;
  readonly step: DemandStep;
  readonly sending: boolean;
  readonly send: (body: Schemas['DemandActed'], sent: () => void) => void;
}): ReactNode {
  const { view, step, sending, send } = props;
  const { say } = useWords();
  const { options } = useDepartments();
  const begin = { reason: '', provider: '', entry: '' };
  const { value, set, restored, sent, clear } = useDraft(`demand ${step} ${view.id}`, begin);
  const { reason, provider, entry } = value;
  const body = (): Schemas['DemandActed'] => {
    if (step === 'assign') return { act: step, reason, provider };
    return step === 'meet' ? { act: step, reason, entry } : { act: step, reason };
  };
  return (
    <form
      className="form"
      aria-label={say(`dmAct_${step}`)}
      onSubmit={(event) => {
        event.preventDefault();
        send(body(), sent);
      }}
    >
      <Unsent shown={restored} clear={clear} />
      {step === 'assign' ? (
        <Select
          label={say('dmTo')}
          required
          value={provider}
          set={(to) => set({ provider: to })}
          options={[
            { value: '', text: say('choose') },
            ...options.filter((one) => one.value !== view.consumer),
          ]}
        />
      ) : null}
      {step === 'meet' ? (
        <TextField
          label={say('dmEntry')}
          hint={say('dmEntryHint')}
          maxLength={100}
          value={entry}
          set={(to) => set({ entry: to })}
        />
      ) : null}
      <TextField
        label={say('dmReason')}
        hint={say('noNames')}
        rows={2}
        maxLength={500}
        value={reason}
        set={(to) => set({ reason: to })}
      />
      <div className="row-form">
        <Button type="primary" htmlType="submit" disabled={sending}>
          {say(`dmSure_${step}`)}
        </Button>
      </div>
    </form>
  );
}

type DemandStep = Schemas['DemandActed']['act'];

/** The steps that a steward finds on the page of a demand. The hub decides by its own rules. */
function stepsOf(
  { state, consumer, provider, events }: Schemas['DemandView'],
  { person, ...held }: Pick<Schemas['Session'], 'person' | 'roles'>,
): readonly DemandStep[] {
  const holds = (department: string | undefined): boolean => hasRoleAt(held, ['steward'], department);
  const running = state === 'office' || state === 'assigned';
  // a person may not answer their own demand
  const isRequester = events[0]?.person === person;
  const back: readonly DemandStep[] = running && holds(consumer) ? ['withdraw'] : [];
  if (isRequester) return back;
  if (state === 'office' && holds(undefined)) return ['assign', 'refuse', ...back];
  if (state === 'assigned' && provider !== undefined && holds(provider)) return ['meet', 'decline', ...back];
  return back;
}
