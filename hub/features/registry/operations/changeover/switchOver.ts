/** The switch: pointer, version, mappings and catalogue of a dataset change in the transaction of one entry, or not at all. */
import { Problem } from '../../../../../terms/problem.ts';
import { batchFacts } from '../../../../flows/intake/answer.ts';
import { periodsBrought, readyTable } from '../../../../flows/lastingTable.ts';
import { switchRows } from '../../../../flows/intake/rebind/changeoverRows.ts';
import { allowed, type Call, type Outcome } from '../../../../pipeline/call.ts';
import type { StaffCaller } from '../../../../identity/authentication/caller.ts';
import type { BatchRow } from '../../../../flows/intake/store/batches.ts';
import { overtakeHeld, supersedeBatches, decideBatch } from '../../../../flows/intake/store/endBatch.ts';
import { storeReceipt } from '../../../../flows/intake/store/leaseBatch.ts';
import { forgetProposals } from '../../../../flows/intake/store/proposals.ts';
import { deriveEntry } from '../../../../registry/store/catalogue.ts';
import {
  agreeToChangeover,
  endChangeover,
  type ChangeoverRow,
} from '../../../../registry/store/changeovers.ts';
import { bindDataset, type DatasetRow } from '../../../../registry/store/datasets.ts';
import { insertMapping, leaveMapping, mappingVersion } from '../../../../registry/store/mappings.ts';
import { schemaByUrn } from '../../../../registry/store/schemas.ts';
import type { Services } from '../../../common/services.ts';
import { readRegistered } from '../checkVersion.ts';
import { datasetDigest } from '../showDataset.ts';
import { entriesFoundBy } from '../entriesFoundBy.ts';
import { refuseDerived } from './refuseDerived.ts';
import type { ChangeoverView } from './changeoverView.ts';
import { present } from '../../../../../terms/defined.ts';

/** Maximum number of names that an entry lists. */
const maxNamed = 50;

export interface Switch {
  /** as it was read */
  readonly before: ChangeoverRow;
  /** with the last person's approval */
  readonly agreed: ChangeoverRow;
  readonly row: DatasetRow;
  readonly view: ChangeoverView;
}

/**
 * @throws Problem unknown_reference (schema), changeover_unfit, changeover_not_ready, element_source; schema_overtaken, changeover_read_anew, version_exists
 *   where something changed in the meantime
 */
export async function switchOver(
  call: Call<StaffCaller>,
  services: Services,
  { before, agreed, row, view }: Switch,
): Promise<Outcome> {
  const { database, registry } = services;
  const { to, dataset, mappings } = agreed;
  const { batch, left } = view;
  if (batch === undefined) throw new Problem('changeover_not_ready', { dataset, stage: view.stage });
  const target = await schemaByUrn(database.app, to);
  if (target?.state !== 'published') throw new Problem('unknown_reference', { kind: 'Schema', name: to });
  const { schema } = await readRegistered(services, target.document);
  await refuseDerived(services, row, schema);
  const entries = await entriesFoundBy(services, row, schema);
  if (row.mode === 'upsert') {
    const lasting = { row, schema };
    await readyTable(services, lasting, await periodsBrought(database.app, batch.id, lasting));
  }
  const digest = datasetDigest({ ...row, schema: to });
  const published: BatchRow = { ...batch, state: 'published', exchange: call.exchange };
  const stops = view.stops.map(({ agreement }) => agreement);
  const { author, approver } = agreed;
  const actingPersons = { author, approver };
  const { exchange } = call;
  // a finished changeover has no stage and no digest to agree to
  const { stage: _, digest: __, ...reported } = view.body;
  return allowed<'decideChangeover'>(
    200,
    { ...reported, state: 'switched', ...present({ approver }) },
    {
      facts: {
        ...batchFacts(published, undefined),
        provider: row.department,
        schema: to,
        change: {
          kind: 'Dataset',
          id: dataset,
          act: 'switch',
          schema: to,
          from: row.schema,
          changeover: before.id,
          batch: batch.id,
          proposedBy: author,
          stops: stops.length,
          ...(view.loosens.length === 0 ? {} : { loosens: view.loosens.length }),
          ...(stops.length === 0 ? {} : { stopped: stops.slice(0, maxNamed).join(' ') }),
        },
      },
      claims: { publish: { dataset, from: row.currentBatch, to: batch.id } },
      bumpsEpoch: true,
      work: async (transaction) => {
        const isCurrent =
          (await agreeToChangeover(transaction, before, agreed)) &&
          (await endChangeover(transaction, before.id, 'switch', exchange));
        if (!isCurrent) throw new Problem('changeover_read_anew', { dataset });
        if (!(await bindDataset(transaction, { ...row, to, next: digest }, exchange)))
          throw new Problem('schema_overtaken', { what: `Dataset ${dataset}` });
        if (!(await decideBatch(transaction, batch.id, 'switch', call.caller.person, exchange)))
          throw new Problem('changeover_read_anew', { dataset });
        await switchRows(transaction, row, schema, batch.id, call.now);
        await supersedeBatches(transaction, dataset, batch.id);
        await overtakeHeld(transaction, dataset, batch.id, exchange);
        await forgetProposals(transaction, dataset);
        for (const mapping of left) await leaveMapping(transaction, mapping, exchange);
        for (const mapping of mappings) {
          const { name, version } = mapping;
          if ((await mappingVersion(transaction, dataset, name, version)) !== undefined)
            throw new Problem('version_exists', { what: `Mapping ${name}@${version}` });
          await insertMapping(transaction, mapping, actingPersons, exchange);
        }
        for (const entry of entries) await deriveEntry(transaction, entry, entry.search);
      },
      whenDurable: async (receipt) => {
        await storeReceipt(database.app, batch.id, exchange, receipt);
        registry.movePointer(dataset, batch.id);
      },
    },
  );
}
