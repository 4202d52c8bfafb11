import type { ReactNode } from 'react';

/** One input line with its label above it. The browser never suggests earlier input. */
export function Field(props: {
  readonly label: string;
  readonly value: string;
  readonly change: (value: string) => void;
  readonly type?: 'text' | 'date' | 'datetime-local';
  readonly required?: boolean;
  readonly disabled?: boolean;
  readonly least?: number;
  readonly most?: number;
  readonly wide?: boolean;
  /** seconds between the moments that can be chosen */
  readonly step?: number;
}): ReactNode {
  const { label, value, change, type = 'text', required, disabled, least, most, wide = false, step } = props;
  return (
    <label className={wide ? 'choice wide' : 'choice'}>
      <span>{label}</span>
      <input
        type={type}
        autoComplete="off"
        spellCheck={false}
        value={value}
        required={required}
        disabled={disabled}
        minLength={least}
        maxLength={most}
        step={step}
        onChange={({ target }) => change(target.value)}
      />
    </label>
  );
}

/** One of a few, with its name above it; the browser's own list. */
export function Pick(props: {
  readonly label: string;
  readonly value: string;
  readonly change: (value: string) => void;
  /** label for no choice; absent: a choice is required */
  readonly none?: string;
  readonly options: readonly { readonly value: string; readonly text: string }[];
}): ReactNode {
  const { label, value, change, none, options } = props;
  return (
    <label className="choice">
      <span>{label}</span>
      <select value={value} required={none === undefined} onChange={({ target }) => change(target.value)}>
        {none === undefined ? null : <option value="">{none}</option>}
        {options.map((one) => (
          <option key={one.value} value={one.value}>
            {one.text}
          </option>
        ))}
      </select>
    </label>
  );
}
