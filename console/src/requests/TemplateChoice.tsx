import type { ReactNode } from 'react';
import { get } from '../api/call.ts';
import { useAnswer } from '../api/useAnswer.ts';
import { Refusal } from '../parts/Refusal.tsx';
import { Select } from '../parts/Select.tsx';
import { useAct } from '../parts/useAct.ts';
import { useSession } from '../session.ts';
import { useWords } from '../words/words.ts';
import { nameOf, typedFrom, withoutTemplate, type Asking } from './agreementOf.ts';
import { wantedIn } from './wanted.ts';

/** The data office's templates for a dataset; choosing one fills the form. Empty where there is none. */
export function TemplateChoice(props: {
  readonly dataset: string;
  readonly value: Asking;
  readonly set: (change: Partial<Asking>) => void;
}): ReactNode {
  const { dataset, value, set } = props;
  const { say, pick } = useWords();
  const { turn } = useSession();
  const { act, error } = useAct();
  const found = useAnswer(`templates ${dataset} ${turn}`, () =>
    get('/v1/request-templates', { query: { dataset, state: 'current', limit: '100' } }),
  );
  const templates = found.value?.templates ?? [];
  if (templates.length === 0)
    return <Refusal error={found.error} cli={`npx datong request template list --dataset ${dataset}`} />;
  const choose = (template: string): void => {
    if (template === '') {
      set(withoutTemplate);
      return;
    }
    const { consumer } = value;
    const query = { consumer, agreement: nameOf(value) };
    act(
      () => get('/v1/request-templates/{template}/agreement', { at: { template }, query }),
      ({ document }) => set(typedFrom(template, wantedIn(document), dataset)),
    );
  };
  return (
    <>
      <Select
        label={say('rtBegin')}
        value={value.template}
        set={choose}
        options={[
          { value: '', text: say('rtNone') },
          ...templates.map(({ code, title }) => ({
            value: code,
            text: `${pick(title)}${say('pointOpen')}${code}${say('pointClose')}`,
          })),
        ]}
      />
      <Refusal
        error={error}
        cli={`npx datong request template begin TEMPLATE --consumer ${value.consumer} --agreement ${nameOf(value)}`}
      />
      {value.begun === undefined ? null : <p className="muted">{say('rtAlsoRequested')}</p>}
    </>
  );
}
