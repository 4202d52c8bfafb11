import { createContext, useContext } from 'react';
import type { Schemas } from '../api/call.ts';
import { useWords } from '../words/words.ts';

export const DepartmentsContext = createContext<readonly Schemas['DepartmentView'][]>([]);

/** The departments of the hub, by code. */
export function useDepartments(): {
  readonly all: readonly Schemas['DepartmentView'][];
  /** for a choice among them */
  readonly options: readonly { readonly value: string; readonly text: string }[];
  readonly name: (code: string | undefined) => string;
} {
  const { pick, say } = useWords();
  const all = useContext(DepartmentsContext);
  return {
    all,
    options: all.map((one) => ({ value: one.code, text: pick(one.name) })),
    name: (code) => {
      if (code === undefined) return say('office');
      const found = all.find((one) => one.code === code);
      return found === undefined ? code : pick(found.name);
    },
  };
}
