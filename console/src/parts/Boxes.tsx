import type { ReactNode } from 'react';

/** Several of a list; nothing where the list is empty. @param props.required at least one: the last checked one cannot be unchecked */
export function Boxes(props: {
  readonly legend: string;
  readonly options: readonly { readonly value: string; readonly text: string }[];
  readonly chosen: readonly string[];
  readonly set: (chosen: string[]) => void;
  readonly required?: boolean;
  readonly className?: string;
}): ReactNode {
  const { legend, options, chosen, set, required = false, className } = props;
  if (options.length === 0) return null;
  return (
    <fieldset className={className}>
      <legend>{legend}</legend>
      {options.map(({ value, text }) => (
        <label key={value} className="one-choice">
          <input
            type="checkbox"
            checked={chosen.includes(value)}
            disabled={required && chosen.length === 1 && chosen[0] === value}
            onChange={({ target }) =>
              set(target.checked ? [...chosen, value] : chosen.filter((one) => one !== value))
            }
          />{' '}
          {text}{' '}
        </label>
      ))}
    </fieldset>
  );
}
