import type { components } from '../../../../api/openapi.ts';
import { holdsAt, readMandate, type Mandate } from '../../../../certs/mandates/mandate.ts';
import { type MandateRow, pageMandates } from '../../../identity/store/mandates.ts';
import { moment, listed, names, oneMore, requestedPage } from '../../common/listing.ts';
import type { Services } from '../../common/services.ts';
import { type LoadedMandate, loadedMandates } from './loadedMandates.ts';
import { reachOf, within } from '../../common/reach.ts';
import { seen } from '../../../domain/cells.ts';
import { self } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';
import { present } from '../../../../terms/defined.ts';

type View = components['schemas']['MandateView'];

/** The content of a registered mandate. */
export const mandateIn = ({ jws }: Pick<MandateRow, 'jws'>): Mandate =>
  readMandate(Buffer.from(jws.split('.')[1] ?? '', 'base64url'));

/** The mandate as shown to authorized readers. @param now Unix milliseconds */
export function mandateView(row: LoadedMandate, now: number, { identity }: Pick<Services, 'identity'>): View {
  const { id, department, person, keyid, givenBy, givenAt, revokedAt, reason } = row;
  const name = identity.persons().find((one) => one.id === person)?.name ?? '';
  return {
    id,
    department,
    person,
    personName: name,
    keyid,
    givenBy,
    state: stateOf(row, now, identity),
    ...(row.altered ? {} : contentOf(row)),
    given: moment(givenAt),
    ...(revokedAt === null ? {} : { revoked: moment(revokedAt) }),
    ...present({ reason }),
  };
}

function contentOf(row: MandateRow): Partial<View> {
  const { role, passkey, console, datasets, from, until } = mandateIn(row);
  return {
    role,
    passkey,
    console,
    ...(datasets === undefined ? {} : { datasets: [...datasets] }),
    from: moment(Date.parse(from)),
    until: moment(Date.parse(until)),
  };
}

/** Whether the mandate can be used for signing, and the reason if not. */
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

const permission = seen;

/** GET /v1/mandates: returns mandates of the caller's departments, or all for the data office, including ended ones. */
export const listMandates = operation('listMandates', {
  kind: 'inspect',
  permission,
  owner: self,
  run: async (call, services) => {
    const { department, person } = call.query;
    const page = requestedPage(call.query, names.mandate);
    const departments = within(reachOf(permission, call.caller), department);
    const rows = await pageMandates(services.database.app, { ...oneMore(page), departments, person });
    return listed(
      call,
      'mandates',
      page,
      await loadedMandates(rows, services),
      ({ id }) => id,
      (row) => mandateView(row, call.now, services),
    );
  },
});
