import type { components } from '../../../../api/openapi.ts';
import { datasetId, providerOf } from '../../../../terms/ids.ts';
import { Problem } from '../../../../terms/problem.ts';
import { openSource } from '../openSource.ts';
import { pullTarget } from '../pullTarget.ts';
import { openSecret, sealSecret } from '../secret.ts';
import { allowedPlace } from '../sourcePlace.ts';
import { sealerOf } from '../../../flows/sealer.ts';
import { pullOf, putPull } from '../store/pulls.ts';
import { digestOf, registered } from '../../registry/operations/registration.ts';
import type { Services } from '../../common/services.ts';
import { documentOf } from './pullDocument.ts';
import { own } from '../../../domain/cells.ts';
import { ofDataset } from '../../../pipeline/ownership.ts';
import { proposable } from '../../proposals/operations/proposable.ts';

type Asked = components['schemas']['PullRegistration'];

/** What waits for the second person: the password is sealed from the beginning. */
export interface KeptPull {
  readonly document: Asked['document'];
  readonly sealedPassword: string;
}

/** What was asked for, as it may be kept. */
function keptPull(
  params: Readonly<Record<string, string>>,
  { password, document }: Asked,
  { keys }: Pick<Services, 'keys'>,
): KeptPull {
  const secret = sealSecret(sealerOf(keys.sealing), params['dataset'] ?? '', password);
  return { document, sealedPassword: secret.toString('base64') };
}

/** What of it is shown: what is sealed stays in the hub, for all who may read proposals. */
export const shownPull = ({ document }: KeptPull): Pick<KeptPull, 'document'> => ({ document });

/**
 * From now on a dataset is filled by itself from a database of its department. The database is looked at first: what would fail at night
 * fails now. A second person of the department accepts.
 * @throws Problem pull_invalid, pull_source_not_allowed and what `pullTarget` and `openSource` refuse
 */
export const registerPull = proposable('registerPull', {
  permission: { 'office steward': own, steward: own },
  owner: ofDataset,
  secondPerson: true,
  stored: (call, services) => keptPull(call.params, call.body, services),
  run: async (call, services, hands) => {
    const { database, registry, keys, sources } = services;
    const dataset = datasetId(call.params.dataset);
    const body = call.body;
    const { sealedPassword, document: asked } =
      'password' in body ? keptPull(call.params, body, services) : body;
    const secret = Buffer.from(sealedPassword, 'base64');
    const document = documentOf(asked);
    await registry.refresh();
    pullTarget(registry, dataset, document);
    const sealer = sealerOf(keys.sealing);
    const password = openSecret(sealer, { dataset, secret });
    const place = allowedPlace(sources, providerOf(dataset), document.source);
    const source = await openSource(document, place, password);
    try {
      if (await source.unfit()) throw new Problem('pull_key_unfit', { key: source.order.join(' + ') });
    } finally {
      await source.close();
    }
    const digest = digestOf(document);
    const known = await pullOf(database.app, dataset);
    const same = known?.digest === digest && openSecret(sealer, known) === password;
    return registered({
      kind: 'Pull',
      id: dataset,
      digest,
      registered: same ? digest : undefined,
      versioned: false,
      work: (transaction) =>
        putPull(transaction, { dataset, document, secret, digest, setAt: call.now, ...hands }, call.exchange),
      change: { host: document.source.host, port: document.source.port, database: document.source.database },
    });
  },
});
