import type { ReactNode } from 'react';

/** A choice within a form. The browser's own list, as for filters. */
export function Select(props: {
  readonly label: string;
  readonly value: string;
  readonly set: (value: string) => void;
  readonly options: readonly { readonly value: string; readonly text: string }[];
  readonly required?: boolean;
  /** its label is for screen readers only: in a table, row and column show it */
  readonly bare?: boolean;
  readonly disabled?: boolean;
}): ReactNode {
  const { label, value, set, options, required = false, bare = false, disabled = false } = props;
  const select = (
    <select
      aria-label={bare ? label : undefined}
      required={required}
      disabled={disabled}
      value={value}
      onChange={({ target }) => set(target.value)}
    >
      {options.map((one) => (
        <option key={one.value} value={one.value}>
          {one.text}
        </option>
      ))}
    </select>
  );
  if (bare) return select;
  return (
    <label className="choice">
      <span>{label}</span>
      {select}
    </label>
  );
}
