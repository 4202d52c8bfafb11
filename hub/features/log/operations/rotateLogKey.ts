import type { components } from '../../../../api/openapi.ts';
import { parseVkey } from '../../../../log/note/noteKey.ts';
import { digestOf, registered } from '../../registry/operations/registration.ts';
import type { Services } from '../../common/services.ts';
import { everywhere, own } from '../../../domain/cells.ts';
import { ofOffice } from '../../../pipeline/ownership.ts';
import { proposable } from '../../proposals/operations/proposable.ts';

type Requested = components['schemas']['LogKeyRotationAsked'];

/** The rotation that waits for the second person, with the new key. The key's file must be in the key folder before the request. */
export type StoredRotation = Requested & { readonly next: string };

const storedRotation = (requested: Requested, { keys }: Pick<Services, 'keys'>): StoredRotation => ({
  ...requested,
  next: keys.log.prepare().vkey,
});

/**
 * Replaces the log's key. A second person, of the data office, accepts. The job `rotateLogKey` then has both keys sign the statement and
 * appends it.
 * @throws Problem keys_missing if the new key is not in this process's folder
 */
export const rotateLogKey = proposable('rotateLogKey', {
  permission: { operator: everywhere, 'office security': own },
  owner: ofOffice,
  secondPerson: true,
  bodyToStore: (call, services) => storedRotation(call.body, services),
  run: (call, services, _) => {
    const body = call.body;
    const { next, reason } = 'next' in body ? body : storedRotation(body, services);
    const key = services.keys.log.heldKey(parseVkey(next));
    return Promise.resolve(
      registered({
        kind: 'LogKey',
        id: `log-${Buffer.from(key.id).toString('hex')}`,
        digest: digestOf({ next, reason }),
        registered: undefined,
        versioned: false,
        work: () => Promise.resolve(),
        change: { next, reason },
      }),
    );
  },
});
