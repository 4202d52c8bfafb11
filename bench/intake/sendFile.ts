/** A department's machine in a process of its own: what it holds in memory is not the hub's. */
import { DatongClient } from '../../clients/sdk/datongClient.ts';
import { signingKey } from '../../certs/signatures/index.ts';

export interface Sending {
  readonly department: string;
  readonly hub: { readonly exchange: string; readonly open: string };
  readonly ca: string;
  readonly tls: { readonly cert: string; readonly key: string };
  /** PEM */
  readonly signing: string;
  readonly dataset: string;
  readonly file: string;
  readonly mapping: string;
}

process.on('message', ({ signing, dataset, file, mapping, ...options }: Sending) => {
  const client = new DatongClient({ ...options, signingKey: signingKey(signing) });
  client
    .sendFile(dataset, file, { mapping })
    .then(
      ({ json }) => process.send?.({ state: json.state }),
      (error: unknown) => process.send?.({ error: error instanceof Error ? error.message : String(error) }),
    )
    .finally(() => client.close());
});
process.on('disconnect', () => process.exit(0));
