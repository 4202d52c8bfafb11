import type { ReactNode } from 'react';
import { Refused } from '../api/call.ts';
import { useSession } from '../session.ts';
import { useEffect } from 'react';
import { Refusal } from './Refusal.tsx';

/** A page: what it is, what was refused, its content. */
export function Page(props: {
  readonly title: string;
  readonly lead?: string;
  readonly error?: unknown;
  readonly cli?: string | undefined;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}): ReactNode {
  const { title, lead, error, cli, actions, children } = props;
  const { ended } = useSession();
  const over =
    error instanceof Refused &&
    (error.problem.code === 'session_ended' || error.problem.code === 'token_missing');
  useEffect(() => {
    document.title = `${title} · Datong`;
  }, [title]);
  useEffect(() => {
    if (over) ended();
  }, [over, ended]);
  return (
    <>
      <header className="page-head">
        <div>
          <h1>{title}</h1>
          {lead === undefined ? null : <p>{lead}</p>}
        </div>
        <div className="page-actions">{actions}</div>
      </header>
      {over ? null : <Refusal error={error} cli={cli} />}
      {children}
    </>
  );
}
