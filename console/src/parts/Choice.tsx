import type { ReactNode } from 'react';
import { useRoute } from '../route.ts';

interface Option {
  readonly value: string;
  readonly text: string;
}

/** A labelled choice. The browser's own select element: screen readers and the keyboard need no script. */
export function Selection(props: {
  readonly label: string;
  readonly value: string;
  readonly options: readonly Option[];
  readonly choose: (value: string) => void;
  readonly className?: string;
}): ReactNode {
  const { label, value, options, choose, className = 'choice' } = props;
  return (
    <label className={className}>
      <span>{label}</span>
      <select value={value} onChange={({ target }) => choose(target.value)}>
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.text}
          </option>
        ))}
      </select>
    </label>
  );
}

/** A filter of a list, stored in the address. */
export function Choice(props: {
  readonly name: string;
  readonly label: string;
  readonly all: string;
  /** value where the address has none */
  readonly usual?: string;
  /** the list's cursor parameter in the address, where a page has a second list */
  readonly cursorName?: string;
  readonly options: readonly Option[];
}): ReactNode {
  const { name, label, all, usual = '', cursorName = 'cursor', options } = props;
  const { filter, refine } = useRoute();
  return (
    <Selection
      label={label}
      value={filter[name] ?? usual}
      options={[{ value: '', text: all }, ...options]}
      choose={(value) => refine({ [name]: value, [cursorName]: '' })}
    />
  );
}
