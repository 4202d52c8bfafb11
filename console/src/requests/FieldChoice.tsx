import type { ReactNode } from 'react';

/** Fields of which a person chooses some. */
export function FieldChoice(props: {
  readonly legend: string;
  readonly fields: readonly string[];
  readonly titleOf: (field: string) => string;
  readonly chosen: readonly string[];
  readonly set: (chosen: readonly string[]) => void;
}): ReactNode {
  const { legend, fields, titleOf, chosen, set } = props;
  if (fields.length === 0) return null;
  return (
    <fieldset className="below-table">
      <legend>{legend}</legend>
      {fields.map((field) => (
        <label key={field} className="one-choice">
          <input
            type="checkbox"
            checked={chosen.includes(field)}
            onChange={({ target }) =>
              set(target.checked ? [...chosen, field] : chosen.filter((one) => one !== field))
            }
          />{' '}
          {titleOf(field)}{' '}
        </label>
      ))}
    </fieldset>
  );
}
