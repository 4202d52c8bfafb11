import { useEffect, type ReactNode } from 'react';
import { useOpenCount } from './openCount.ts';
import { Refusal } from './Refusal.tsx';

/** A page whose request may be refused: it then shows the equivalent command line. */
type Refusable =
  { readonly error: unknown; readonly cli: string } | { readonly error?: never; readonly cli?: never };

/** A page: its title, its refusal, its content. The title of the window begins with the number of things that wait for the person. */
export function Page(
  props: {
    readonly title: string;
    readonly lead?: string;
    readonly actions?: ReactNode;
    readonly children: ReactNode;
  } & Refusable,
): ReactNode {
  const { title, lead, error, cli, actions, children } = props;
  const { count = 0 } = useOpenCount();
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
