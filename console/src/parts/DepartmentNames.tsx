import { useMemo, type ReactNode } from 'react';
import { get } from '../api/call.ts';
import { everyPage } from '../api/everyPage.ts';
import { useAnswer } from '../api/useAnswer.ts';
import { useSession } from '../session.ts';
import { DepartmentsContext } from './useDepartments.ts';

/** Fetches the departments once a sign-in: each page names them, and every call is a log entry. */
export function DepartmentNames({ children }: { readonly children: ReactNode }): ReactNode {
  const { turn } = useSession();
  const { value } = useAnswer(`departments ${turn}`, () =>
    everyPage(
      (cursor) => get('/v1/departments', { query: { limit: '200', cursor } }),
      ({ departments }) => departments,
    ),
  );
  const all = useMemo(() => value ?? [], [value]);
  return <DepartmentsContext value={all}>{children}</DepartmentsContext>;
}
