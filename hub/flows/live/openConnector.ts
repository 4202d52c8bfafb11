/**
 * GET /v1/connector: a provider's system connects, to receive questions on rows of its live datasets. The connection has two entries: one
 * at its opening and one at its end, whichever side ends it. If the hub dies in between, another process writes the second
 * (hub/flows/release/jobs/closeStreams.ts).
 */
import { datasetId, providerOf } from '../../../terms/ids.ts';
import { Problem } from '../../../terms/problem.ts';
import type { LeafFacts } from '../../log/entry.ts';
import { denied } from '../../pipeline/call.ts';
import type { Transaction } from '../../platform/database/transaction.ts';
import { openStream, closeStream } from '../release/store/streams.ts';
import { liveDataset } from '../hostedDataset.ts';
import { Connector } from './connector.ts';
import { releaseOperation } from '../operation.ts';

/** Reasons for the end of a connection, by the code of RFC 6455 §7.4. Further text from the other side is not stored. */
const endings: Readonly<Record<number, string>> = {
  1000: 'provider_left',
  1001: 'going_away',
  1006: 'connection_lost',
  1008: 'not_standing',
  1009: 'frame_too_large',
};

/** @throws Problem dataset_unknown, dataset_unavailable, connectors_one_process, connectors_too_many, hub_draining */
export const openConnector = releaseOperation('openConnector', {
  kind: 'management',
  run: (call, services) => {
    const { caller, exchange } = call;
    const { department } = caller;
    const { live, identity } = services;
    const datasets = [...new Set(call.query.datasets.split(',').map(datasetId))];
    for (const id of datasets) {
      if (providerOf(id) !== department)
        return denied(new Problem('not_the_provider'), { dataset: id, provider: providerOf(id) });
      if (liveDataset(services.registry, id).row.mode !== 'live')
        return denied(new Problem('dataset_hosted', { dataset: id }), { dataset: id, provider: department });
    }
    live.admit(department);
    const { leaseSeconds } = services.streams.limits;
    const reported = (state: 'open' | 'closed', why?: string): LeafFacts => ({
      provider: department,
      connector: { id: exchange, state, datasets, ...(why === undefined ? {} : { why }) },
    });
    return {
      entry: 'allow',
      status: 101,
      contentType: 'application/json',
      body: new Uint8Array(0),
      facts: reported('open'),
      work: async (transaction) => {
        const facts = { provider: department, datasets };
        const stored = { id: exchange, kind: 'connector', department, facts, leaseSeconds } as const;
        await openStream(transaction, stored, { maxOfDepartment: Number.MAX_SAFE_INTEGER });
      },
      connect: ({ channel, end }) => {
        services.streams.begin(exchange);
        const connector = new Connector({
          department,
          datasets,
          channel,
          key: live.key,
          keyOf: (keyid) => identity.keyInForce(keyid, department),
          checkAuthorised: () => identity.checkAuthorised(caller),
          maxAnswerLength: live.limits.maxAnswerLength,
          stray: () => live.events.stray?.(),
        });
        const failed = (error: unknown): void =>
          services.report({ exchange, operation: 'openConnector', error });
        // first: a connection that is already broken reports its end within `listen`
        live.join(connector);
        channel.listen(
          (frame) => {
            try {
              connector.received(frame);
            } catch (error) {
              failed(error);
            }
          },
          (code) => {
            live.left(connector);
            const closed = reported('closed', endings[code] ?? `code ${code}`);
            const work = async (transaction: Transaction): Promise<void> => {
              await closeStream(transaction, exchange, { onlyAbandoned: false });
            };
            void end({ facts: closed, work })
              .catch(failed)
              .finally(() => {
                services.streams.end(exchange);
                live.ended();
              });
          },
        );
      },
    };
  },
});
