import type { components } from '../../../api/openapi.ts';
import { datasetId, providerOf } from '../../../terms/ids.ts';
import { Problem } from '../../../terms/problem.ts';
import { receives } from '../../domain/dataset.ts';
import { holdsIdentityNumber } from '../../domain/holdsIdentityNumber.ts';
import { layoutOf } from '../../domain/rowTable/layout.ts';
import { seriesOf } from '../../domain/timeField.ts';
import { allowed, DecideAfresh, denied } from '../../pipeline/call.ts';
import { isDatasetHeld } from '../../log/store/legalHolds.ts';
import { rowsWent } from '../../registry/store/changeovers.ts';
import { countKeys, deleteKeys } from '../rows/store/byKey.ts';
import { restartRollups } from '../rows/store/rollups.ts';
import { forgetReadings } from '../rows/store/forgetReadings.ts';
import { deleteVersions } from '../rows/store/endVersions.ts';
import { checkAlone, checkProvider, checkSigned } from '../intake/sender.ts';
import { hostedDataset } from '../hostedDataset.ts';
import { readyTable } from '../lastingTable.ts';
import { keyFits, textOfKey } from '../ownKey.ts';
import { unavailable } from '../../registry/unavailable.ts';
import { own } from '../../domain/cells.ts';
import { ofDataset } from '../../pipeline/ownership.ts';
import { intakeOperation } from '../operation.ts';

/**
 * POST /v1/datasets/{dataset}/deletions: deletes a provider's rows by their keys. The entry records how many and why, never which.
 * @throws Problem not_the_provider, signed_only, deletion_takes_two, dataset_unknown, under_legal_hold, deletion_by_leaving_out,
 * key_unfit, reason_identifies, rollup_computed
 */
export const deleteRows = intakeOperation('deleteRows', {
  kind: 'retire',
  permission: { 'office steward': own, steward: own },
  owner: ofDataset,
  run: async (call, services) => {
    const id = datasetId(call.params.dataset);
    const facts = { dataset: id, provider: providerOf(id) };
    checkProvider(call.caller, id);
    const { row, schema } = hostedDataset(services.registry, id);
    checkSigned(call.caller, row);
    checkAlone(call.caller, row);
    if (!receives(row.state)) return denied(unavailable(row), facts);
    if (await isDatasetHeld(services.database.app, id))
      return denied(new Problem('under_legal_hold', { what: `Dataset ${id}` }), facts);
    if (row.mode !== 'upsert') return denied(new Problem('deletion_by_leaving_out', { dataset: id }), facts);
    const { rollup, timeField, eventRules = [] } = row.intake;
    if (rollup !== undefined)
      return denied(new Problem('rollup_computed', { dataset: id, of: rollup.of }), facts);
    const { keys, reason } = call.body;
    const fields = layoutOf(schema).key;
    if (holdsIdentityNumber(reason) || namesAny(reason, keys))
      return denied(new Problem('reason_identifies', {}, { at: '/body/reason' }), facts);
    const unfit = keys.findIndex((key) => !keyFits(key, fields));
    if (unfit !== -1) {
      const key = fields.map(({ field }) => field).join(', ');
      return denied(new Problem('key_unfit', { key }, { at: `/body/keys/${unfit}` }), facts);
    }
    const byText = new Map(keys.map((key) => [textOfKey(key, fields), key]));
    const distinct = [...byText.values()];
    await readyTable(services, { row, schema }, []);
    const deleted = await countKeys(services.database.app, id, schema, distinct);
    return allowed<'deleteRows'>(
      200,
      { deleted, missing: distinct.length - deleted },
      {
        facts: {
          ...facts,
          schema: schema.urn,
          change: { act: 'delete', rows: deleted, missing: distinct.length - deleted, reason },
        },
        work: async (transaction) => {
          // another call deleted or merged some of them in between: the entry must record the correct number
          if ((await deleteKeys(transaction, id, schema, distinct)) !== deleted) throw new DecideAfresh();
          await deleteVersions(transaction, id, [...byText.keys()]);
          if (timeField !== undefined && eventRules.length > 0)
            await forgetReadings(
              transaction,
              { dataset: id, schema, series: seriesOf(timeField, schema) },
              distinct,
            );
          await restartRollups(transaction, id);
          await rowsWent(transaction, id);
        },
      },
    );
  },
});

/** Minimum characters of a key value that identifies one row; a year or a month does not. */
const minIdentifyingLength = 7;
const plain = (text: string): string =>
  text
    .normalize('NFKC')
    .replaceAll(/[\s\p{P}]/gu, '')
    .toUpperCase();

/** Whether a reason, which remains in the log, contains a value of one of the keys, with any separators between its characters. */
function namesAny(reason: string, keys: components['schemas']['Deletion']['keys']): boolean {
  const plainReason = plain(reason);
  return keys.some((key) =>
    Object.values(key).some((value) => {
      const text = plain(String(value));
      return text.length >= minIdentifyingLength && plainReason.includes(text);
    }),
  );
}
