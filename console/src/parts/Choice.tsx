import type { ReactNode } from 'react';
import { useRoute } from '../route.ts';
import { Select } from './Select.tsx';

/** A filter of a list, stored in the address. */
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
    <Select
      label={label}
      value={filter[name] ?? usual}
      options={[{ value: '', text: all }, ...options]}
      set={(value) => refine({ [name]: value, [cursorName]: '' })}
    />
  );
}
