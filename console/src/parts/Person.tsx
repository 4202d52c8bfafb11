import type { ReactNode } from 'react';

/** A person's name, with their id in commands and the log; the id alone where the hub returns no name. */
export function Person(props: {
  readonly id: string | undefined;
  readonly name: string | undefined;
}): ReactNode {
  const { id, name } = props;
  if (id === undefined || name === undefined) return <code>{id}</code>;
  return (
    <>
      {name} <code>{id}</code>
    </>
  );
}
