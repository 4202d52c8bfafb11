import type { ReactNode } from 'react';

/** Who somebody is, with the id by which commands and the log name her; the id alone where the hub tells no name. */
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
