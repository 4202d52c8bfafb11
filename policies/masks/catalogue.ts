/** Every mask of the product. There are no others: a document that names another does not parse. */
import { clear } from './clear.ts';
import { dateTrunc } from './dateTrunc.ts';
import { drop } from './drop.ts';
import { fixed } from './fixed.ts';
import { idCard } from './idCard.ts';
import { keep } from './keep.ts';
import type { MaskKind } from './mask.ts';
import { nullify } from './nullify.ts';
import { personName } from './personName.ts';
import { phone } from './phone.ts';
import { presence } from './presence.ts';
import { pseudonym } from './pseudonym.ts';

export const maskCatalogue: readonly MaskKind[] = [
  clear,
  personName,
  keep,
  idCard,
  phone,
  dateTrunc,
  pseudonym,
  presence,
  fixed,
  nullify,
  drop,
];

const byName = new Map(maskCatalogue.map((mask) => [mask.name, mask]));

export const maskNamed = (name: string): MaskKind | undefined => byName.get(name);
