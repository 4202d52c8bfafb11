import { renewableFrom } from '../../../../certs/authority/lifetimes.ts';
import { pageCertificates, type CertificateSummary } from '../../../identity/store/certificates.ts';
import { listedInOrder, moment, names, oneMore, orderedPage } from '../../common/listing.ts';
import { reachOf, within } from '../../common/reach.ts';
import { seen } from '../../../domain/cells.ts';
import { self } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';
import { present } from '../../../../terms/defined.ts';

const day = 86_400_000;

const permission = seen;

/** GET /v1/certificates: returns a department's own certificates, or all for staff who may revoke or audit any. */
export const listCertificates = operation('listCertificates', {
  kind: 'inspect',
  permission,
  owner: self,
  run: async (call, { database }) => {
    const { department, state } = call.query;
    const page = orderedPage(call.query, names.serial);
    const departments = within(reachOf(permission, call.caller), department);
    const wanted = { ...oneMore(page), departments, state, now: call.now };
    const found = await pageCertificates(database.app, wanted);
    return listedInOrder(
      call,
      'certificates',
      page,
      found,
      ({ serial }) => serial,
      (row) => ({
        serial: row.serial,
        department: row.department,
        state:
          row.revokedAt !== null
            ? ('revoked' as const)
            : row.notAfter <= call.now
              ? ('expired' as const)
              : ('valid' as const),
        notBefore: moment(row.notBefore),
        notAfter: moment(row.notAfter),
        ...(row.revokedAt === null
          ? { renewFrom: moment(renewableFrom(row)), daysLeft: Math.floor((row.notAfter - call.now) / day) }
          : ended(row)),
      }),
    );
  },
});

const ended = ({ revokedAt, reason }: CertificateSummary) => ({
  ...(revokedAt === null ? {} : { revokedAt: moment(revokedAt) }),
  ...present({ reason }),
});
