/** A department's machine in a separate process, which also makes its files: its memory does not count as the hub's. */
import { stat } from 'node:fs/promises';
import { DatongClient } from '../../clients/sdk/datongClient.ts';
import { signingKey } from '../../certs/signatures/index.ts';
import { writeHouseholds, type Households } from './householdCsv.ts';

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

export interface Writing {
  readonly file: string;
  readonly households: Households;
}

const answering = (work: Promise<object>): void => {
  work.then(
    (reported) => process.send?.(reported),
    (error: unknown) => process.send?.({ error: error instanceof Error ? error.message : String(error) }),
  );
};

process.on('message', (order: Sending | Writing) => {
  answering('households' in order ? write(order) : send(order));
});
process.on('disconnect', () => process.exit(0));

async function write({ file, households }: Writing): Promise<{ readonly bytes: number }> {
  await writeHouseholds(file, households);
  return { bytes: (await stat(file)).size };
}

async function send({
  signing,
  dataset,
  file,
  mapping,
  ...options
}: Sending): Promise<{ readonly state: string }> {
  const client = new DatongClient({ ...options, signingKey: signingKey(signing) });
  try {
    return { state: (await client.sendFile(dataset, file, { mapping })).json.state };
  } finally {
    client.close();
  }
}
