/** Every mask of the product. There are no others: a document that names another does not parse. */
import { address } from './address.ts';
import { ageBand } from './ageBand.ts';
import { band } from './band.ts';
import { bankCard } from './bankCard.ts';
import { clear } from './clear.ts';
import { dateTrunc } from './dateTrunc.ts';
import { drop } from './drop.ts';
import { email } from './email.ts';
import { fixed } from './fixed.ts';
import { floorTo } from './floorTo.ts';
import { geoGrid } from './geoGrid.ts';
import { idCard } from './idCard.ts';
import { keep } from './keep.ts';
import { nullify } from './nullify.ts';
import { personName } from './personName.ts';
import { phone } from './phone.ts';
import { plate } from './plate.ts';
import { presence } from './presence.ts';
import { pseudonym } from './pseudonym.ts';
import { redactText } from './redactText.ts';
import type { MaskKind } from './mask.ts';

export const maskCatalogue: readonly MaskKind[] = [
  clear,
  personName,
  keep,
  idCard,
  phone,
  bankCard,
  plate,
  email,
  address,
  dateTrunc,
  ageBand,
  floorTo,
  band,
  pseudonym,
  redactText,
  geoGrid,
  presence,
  fixed,
  nullify,
  drop,
];

const byName = new Map(maskCatalogue.map((mask) => [mask.name, mask]));

export const maskNamed = (name: string): MaskKind | undefined => byName.get(name);
