import type { ReactNode } from 'react';
import { useRoute } from '../route.ts';

/** A filter of a list, stored in the address. The browser's own select element: screen readers and the keyboard need no script. */
export function Choice(props: {
  readonly name: string;
  readonly label: string;
  readonly all: string;
  /** value where the address has none */
  readonly usual?: string;
  /** the list's cursor parameter in the address, where a page has a second list */
  readonly cursorName?: string;
  readonly options: readonly { readonly value: string; readonly text: string }[];
}): ReactNode {
  const { name, label, all, usual = '', cursorName = 'cursor', options } = props;
  const { filter, refine } = useRoute();
  return (
    <label className="choice">
      <span>{label}</span>
      <select
        value={filter[name] ?? usual}
        onChange={({ target }) => refine({ [name]: target.value, [cursorName]: '' })}
      >
        <option value="">{all}</option>
        {options.map(({ value, text }) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
}
