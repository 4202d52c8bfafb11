import type { Leaf } from '../../../log/leaf.ts';
import type { Schemas } from './call.ts';

type Listed = Schemas['LogEntries']['entries'][number];

export interface Entry extends Pick<Listed, 'index' | 'columns' | 'attempt' | 'private'> {
  readonly leaf: Leaf;
}

/** An entry of its hashed bytes. */
export const leafOf = (bytes: Uint8Array): Leaf => JSON.parse(new TextDecoder().decode(bytes)) as Leaf;

/** Entries as the hub returns them: the hashed bytes, decoded. */
export const entriesOf = ({ entries }: Schemas['LogEntries']): Entry[] =>
  entries.map(({ leaf, hash: _hash, ...others }) => ({
    ...others,
    leaf: leafOf(Uint8Array.from(atob(leaf), (one) => one.charCodeAt(0))),
  }));
