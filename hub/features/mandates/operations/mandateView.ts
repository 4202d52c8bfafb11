import type { components } from '../../../../api/openapi.ts';
import { holdsAt, readMandate, type Mandate } from '../../../../certs/mandates/mandate.ts';
import type { MandateRow } from '../../../identity/store/mandates.ts';
import { moment } from '../../common/listing.ts';
import type { Services } from '../../common/services.ts';
import type { LoadedMandate } from './loadedMandates.ts';

type View = components['schemas']['MandateView'];

/** What a mandate that was taken in says. */
export const mandateIn = ({ jws }: Pick<MandateRow, 'jws'>): Mandate =>
  readMandate(Buffer.from(jws.split('.')[1] ?? '', 'base64url'));

/** As whoever may look is told. @param now Unix milliseconds */
export function mandateView(row: LoadedMandate, now: number, { identity }: Pick<Services, 'identity'>): View {
  const { id, department, person, keyid, givenBy, givenAt, revokedAt, reason } = row;
  const name = identity.persons().find((one) => one.id === person)?.name ?? '';
  return {
    ...{ id, department, person, personName: name, keyid, givenBy },
    state: stateOf(row, now, identity),
    ...(row.altered ? {} : said(row)),
    given: moment(givenAt),
    ...(revokedAt === null ? {} : { revoked: moment(revokedAt) }),
    ...(reason === null ? {} : { reason }),
  };
}

function said(row: MandateRow): Partial<View> {
  const { role, passkey, console, datasets, from, until } = mandateIn(row);
  return {
    ...{ role, passkey, console },
    ...(datasets === undefined ? {} : { datasets: [...datasets] }),
    from: moment(Date.parse(from)),
    until: moment(Date.parse(until)),
  };
}

/** Whether it can be signed by, and why not. */
export function stateOf(
  row: LoadedMandate,
  now: number,
  identity: Pick<Services['identity'], 'keyInForce'>,
): View['state'] {
  if (row.altered) return 'altered';
  const mandate = mandateIn(row);
  if (row.revokedAt !== null) return 'revoked';
  if (identity.keyInForce(row.keyid, row.department) === undefined) return 'keyRevoked';
  if (holdsAt(mandate, now)) return 'valid';
  return now < Date.parse(mandate.from) ? 'ahead' : 'expired';
}
