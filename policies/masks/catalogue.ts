/** Every mask of the product. There are no others: a document that names another does not parse. */
import { address } from './generalised/address.ts';
import { ageBand } from './generalised/ageBand.ts';
import { maxEdge, stripMetadata } from './attachments/images.ts';
import { band } from './generalised/band.ts';
import { bankCard } from './partial/bankCard.ts';
import { clear } from './clear.ts';
import { dateTrunc } from './generalised/dateTrunc.ts';
import { drop, nullify, fixed, presence } from './suppressed/suppressed.ts';
import { email } from './partial/email.ts';
import { floorTo } from './generalised/floorTo.ts';
import { geoGrid } from './generalised/geoGrid.ts';
import { idCard } from './partial/idCard.ts';
import { keep } from './partial/keep.ts';
import { personName } from './partial/personName.ts';
import { phone } from './partial/phone.ts';
import { plate } from './partial/plate.ts';
import { pseudonym } from './pseudonyms/pseudonym.ts';
import { redactText } from './suppressed/redactText.ts';
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
  stripMetadata,
  maxEdge,
  presence,
  fixed,
  nullify,
  drop,
];

const byName = new Map(maskCatalogue.map((mask) => [mask.name, mask]));

export const maskNamed = (name: string): MaskKind | undefined => byName.get(name);
