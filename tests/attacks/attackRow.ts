/** How a row of the table of attacks is written down. */
import type { Bilingual } from '../../terms/bilingual.ts';
import type { Attack, Noticer, Proof } from './noticers.ts';

export const attack = <Id extends string>(
  id: Id,
  does: Bilingual,
  noticed: readonly (readonly [Noticer, string])[],
  ...proof: readonly Proof[]
): Attack & { readonly id: Id } => ({
  id,
  does,
  noticed: noticed.map(([by, reported]) => ({ by, reported })),
  ...(proof.length === 0 ? {} : { proof }),
});
export const shownBy = (file: string, ...names: readonly string[]): Proof => ({ file, names });
