import type { ReactNode } from 'react';

/** A text that a person types, with its name above it. */
export function TextField(props: {
  readonly label: string;
  readonly value: string;
  readonly set: (value: string) => void;
  readonly rows?: number;
  readonly required?: boolean;
  readonly maxLength?: number;
  readonly hint?: string;
}): ReactNode {
  const { label, value, set, rows, required = true, maxLength = 2000, hint } = props;
  const shared = { required, maxLength, value };
  return (
    <label className="choice wide">
      <span>
        {label}
        {hint === undefined ? null : <small className="muted"> {hint}</small>}
      </span>
      {rows === undefined ? (
        <input {...shared} onChange={({ target }) => set(target.value)} />
      ) : (
        <textarea {...shared} rows={rows} onChange={({ target }) => set(target.value)} />
      )}
    </label>
  );
}
