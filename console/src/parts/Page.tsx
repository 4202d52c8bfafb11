import { useEffect, type ReactNode } from 'react';
import { Refusal } from './Refusal.tsx';

/** A page whose request may be refused: it then shows the equivalent command line. */
type Refusable =
  { readonly error: unknown; readonly cli: string } | { readonly error?: never; readonly cli?: never };

/** A page: its title, its refusal, its content. */
export function Page(
  props: {
    readonly title: string;
    readonly lead?: string;
    /** number of things that wait, shown in the title of the window */
    readonly count?: number;
    readonly actions?: ReactNode;
    readonly children: ReactNode;
  } & Refusable,
): ReactNode {
  const { title, lead, count = 0, error, cli, actions, children } = props;
  useEffect(() => {
    document.title = `${count > 0 ? `(${count}) ` : ''}${title} · Datong`;
  }, [title, count]);
  return (
    <>
      <header className="page-head">
        <div>
          <h1>{title}</h1>
          {lead === undefined ? null : <p>{lead}</p>}
        </div>
        <div className="page-actions">{actions}</div>
      </header>
      {cli === undefined ? null : <Refusal error={error} cli={cli} />}
      {children}
    </>
  );
}
