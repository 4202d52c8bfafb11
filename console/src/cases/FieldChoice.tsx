import type { ReactNode } from 'react';
import { asCall } from '../api/asCall.ts';
import { post } from '../api/call.ts';
import { useAnswer } from '../api/useAnswer.ts';
import { Refusal } from '../parts/Refusal.tsx';
import { useSession } from '../session.ts';
import { useWords } from '../words/words.ts';

/** Fields of a dataset, of which some are taken. */
export function FieldChoice(props: {
  readonly dataset: string;
  readonly value: readonly string[];
  readonly set: (fields: readonly string[]) => void;
}): ReactNode {
  const { dataset, value, set } = props;
  const { say, pick } = useWords();
  const { turn } = useSession();
  const answer = useAnswer(`fields ${dataset} ${turn}`, () =>
    post('/v1/datasets/{dataset}/mask-trials', { fields: {} }, { at: { dataset } }),
  );
  return (
    <fieldset>
      <legend>{say('fields')}</legend>
      <Refusal
        error={answer.error}
        cli={asCall('POST /v1/datasets/{dataset}/mask-trials', { at: { dataset } }, { fields: {} })}
      />
      <div className="row-form">
        {(answer.value?.fields ?? []).map((one) => (
          <label key={one.name} className="check">
            <input
              type="checkbox"
              checked={value.includes(one.name)}
              onChange={({ target }) =>
                set(target.checked ? [...value, one.name] : value.filter((other) => other !== one.name))
              }
            />
            {pick(one.title) || one.name}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
