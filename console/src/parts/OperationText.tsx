import type { ReactNode } from 'react';
import { operationNames } from '../../../api/operationNames.ts';
import { hubActs } from '../../../log/hubActs.ts';
import type { Bilingual } from '../../../terms/bilingual.ts';
import { useWords } from '../words/words.ts';

const names: Readonly<Record<string, Bilingual>> = { ...hubActs, ...operationNames };

/** The summary of an operation, or of an act of the hub; undefined for an unknown one. */
export const operationName = (operation: string): Bilingual | undefined =>
  Object.hasOwn(names, operation) ? names[operation] : undefined;

/** An operation by its summary, with its code on hover. */
export function OperationText({ of }: { readonly of: string }): ReactNode {
  const { pick } = useWords();
  const name = pick(operationName(of));
  return name === '' ? (
    <code>{of}</code>
  ) : (
    <span className="cell-text" title={of}>
      {name}
    </span>
  );
}
