import type { ReactNode } from 'react';
import type { Schemas } from '../api/call.ts';
import { Due } from '../requests/Due.tsx';

/** The last day of whose turn it is. */
export function DemandDue({ of }: { readonly of: Schemas['DemandView'] }): ReactNode {
  const { due, overdue, provisional } = of;
  return <Due of={{ due, escalated: overdue, provisional }} />;
}
