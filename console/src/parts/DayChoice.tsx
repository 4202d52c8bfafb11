import type { ReactNode } from 'react';
import { useRoute } from '../route.ts';

/** A day that filters a list, stored in the address. */
export function DayChoice({ name, label }: { readonly name: string; readonly label: string }): ReactNode {
  const { filter, refine } = useRoute();
  return (
    <label className="choice">
      <span>{label}</span>
      <input
        type="date"
        value={filter[name] ?? ''}
        onChange={({ target }) => refine({ [name]: target.value, cursor: '' })}
      />
    </label>
  );
}
