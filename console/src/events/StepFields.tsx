import { Button } from 'antd';
import type { ReactNode } from 'react';
import { Boxes } from '../parts/Boxes.tsx';
import { Select } from '../parts/Select.tsx';
import { TextField } from '../parts/TextField.tsx';
import { useDepartments } from '../parts/useDepartments.ts';
import { useWords } from '../words/words.ts';
import { acknowledging, changed, grades, type Stage, type Step } from './planDraft.ts';

const recipients = ['clerk', 'steward', 'security', 'leader', 'auditor', 'operator'] as const;
/** In seconds, the largest first. */
const units = [
  ['planDay', 86_400],
  ['planHour', 3_600],
  ['planMinute', 60],
  ['planSecond', 1],
] as const;

/** One step of a plan: who must acknowledge what, until when, and whom a missed deadline reaches. */
export function StepFields(props: {
  readonly step: Step;
  readonly set: (step: Step) => void;
  readonly remove?: () => void;
}): ReactNode {
  const { step, set, remove } = props;
  const { say } = useWords();
  const { options } = useDepartments();
  const { escalations = [], roles = ['steward'] } = step;
  const setStages = (stages: readonly Stage[]): void => {
    const { escalations: _, ...others } = step;
    set(stages.length === 0 ? others : { ...others, escalations: [...stages] });
  };
  return (
    <fieldset className="card form">
      <legend>{`${say('oeStep')} ${step.id}`}</legend>
      <div className="row-form">
        <TextField
          label={say('planStepZh')}
          maxLength={100}
          value={step.title.zh}
          set={(zh) => set({ ...step, title: { ...step.title, zh } })}
        />
        <TextField
          label={say('planStepEn')}
          maxLength={100}
          value={step.title.en}
          set={(en) => set({ ...step, title: { ...step.title, en } })}
        />
        <Select
          label={say('oeGrade')}
          value={step.grade}
          set={(to) => set({ ...step, grade: grades.find((one) => one === to) ?? step.grade })}
          options={grades.map((value) => ({ value, text: say(`gr_${value}`) }))}
        />
        <Span
          label={say('planWithin')}
          seconds={step.withinSeconds}
          least={1}
          set={(withinSeconds) => set({ ...step, withinSeconds })}
        />
      </div>
      <Boxes
        required
        legend={say('planDepartments')}
        options={options}
        chosen={step.departments}
        set={(departments) => set({ ...step, departments })}
      />
      <Boxes
        required
        legend={say('planRoles')}
        options={acknowledging.map((value) => ({ value, text: say(`r_${value}`) }))}
        chosen={roles}
        set={(chosen) => set({ ...step, roles: acknowledging.filter((one) => chosen.includes(one)) })}
      />
      <fieldset>
        <legend>{say('planEscalations')}</legend>
        {escalations.map((stage, at) => (
          <StageFields key={at} stage={stage} set={(to) => setStages(changed(escalations, at, to))} />
        ))}
        <Button
          disabled={escalations.length >= 5}
          onClick={() =>
            setStages([
              ...escalations,
              { afterSeconds: (escalations.at(-1)?.afterSeconds ?? -300) + 300, role: 'leader' },
            ])
          }
        >
          {say('planAddStage')}
        </Button>
      </fieldset>
      {remove === undefined ? null : (
        <div className="row-form">
          <Button danger onClick={remove}>
            {say('planRemoveStep')}
          </Button>
        </div>
      )}
    </fieldset>
  );
}

/** A span in the largest unit that divides it. */
function Span(props: {
  readonly label: string;
  readonly seconds: number;
  readonly least: number;
  readonly set: (seconds: number) => void;
}): ReactNode {
  const { label, seconds, least, set } = props;
  const { say } = useWords();
  const [unit, size] = units.find(([, one]) => seconds > 0 && seconds % one === 0) ?? units[2];
  return (
    <div className="row-form">
      <label className="choice">
        <span>{label}</span>
        <input
          type="number"
          required
          min={least}
          max={2_592_000 / size}
          value={seconds / size}
          onChange={({ target }) => set(Math.max(0, Math.round(Number(target.value))) * size)}
        />
      </label>
      <Select
        label={say('planUnit')}
        value={unit}
        set={(to) => set((seconds / size) * (units.find(([word]) => word === to)?.[1] ?? size))}
        options={units.map(([word]) => ({ value: word, text: say(word) }))}
      />
    </div>
  );
}

function StageFields({
  stage,
  set,
}: {
  readonly stage: Stage;
  readonly set: (stage: Stage | undefined) => void;
}): ReactNode {
  const { say } = useWords();
  const { options } = useDepartments();
  const { department = '' } = stage;
  return (
    <div className="row-form">
      <Span
        label={say('planAfter')}
        seconds={stage.afterSeconds}
        least={0}
        set={(afterSeconds) => set({ ...stage, afterSeconds })}
      />
      <Select
        label={say('planTo')}
        value={department}
        set={(code) => {
          const { department: _, ...others } = stage;
          set(code === '' ? others : { ...others, department: code });
        }}
        options={[{ value: '', text: say('oeLateDepartment') }, ...options]}
      />
      <Select
        label={say('planToRole')}
        value={stage.role}
        set={(to) => set({ ...stage, role: recipients.find((one) => one === to) ?? stage.role })}
        options={recipients.map((value) => ({ value, text: say(`r_${value}`) }))}
      />
      <Button onClick={() => set(undefined)}>{say('planRemove')}</Button>
    </div>
  );
}
