import type { components } from '../../../../../api/openapi.ts';
import { changeoverStage, type ChangeoverStage } from '../../../../domain/changeover.ts';
import { listsUsed } from '../../../../registry/listsUsed.ts';
import { readMappings } from '../../../../registry/mappings.ts';
import { stoppedBy, type StoppedAgreement } from '../../../../registry/stoppedBy.ts';
import { type BatchRow, batchById } from '../../../../flows/intake/store/batches.ts';
import type { ChangeoverRow } from '../../../../registry/store/changeovers.ts';
import type { DatasetRow } from '../../../../registry/store/datasets.ts';
import { listMappings, type MappingRow } from '../../../../registry/store/mappings.ts';
import type { Services } from '../../../common/services.ts';
import { loosenedBy, type Loosened } from '../loosenedBy.ts';
import { digestOf } from '../registration.ts';
import { defined, present } from '../../../../../terms/defined.ts';

type Body = components['schemas']['Changeover'];

/** A changeover as returned to staff, with what its switch needs. */
export interface ChangeoverView {
  readonly body: Body;
  /** with the approvals that cover the digest shown, and with whether the security officer is needed */
  readonly standing: ChangeoverRow;
  readonly stage: ChangeoverStage;
  readonly stops: readonly StoppedAgreement[];
  /** what the security officer agrees to; empty: the security officer is not asked */
  readonly loosens: readonly Loosened[];
  /** mapping versions that do not compile under the new version */
  readonly left: readonly MappingRow[];
  /** the batch that is being converted or is ready */
  readonly batch: BatchRow | undefined;
}

/** @throws Problem policy_does_not_compile where a restriction could not go on under the new version */
export async function changeoverView(
  services: Services,
  changeover: ChangeoverRow,
  row: DatasetRow,
): Promise<ChangeoverView> {
  const { registry } = services;
  const { app } = services.database;
  const { dataset, to, mappings } = changeover;
  const read = async (id: string | null): Promise<BatchRow | undefined> =>
    id === null ? undefined : batchById(app, id);
  const [batch, source, current] = await Promise.all(
    [changeover.batch, changeover.source, row.currentBatch].map(read),
  );
  const stage = stageOf(services, changeover, row, batch);
  await registry.refresh();
  const stops = await stoppedBy(registry.current, { bind: { dataset, schema: to } });
  const loosens = await loosenedBy(services, row, to);
  const left = await mappingsLeft(services, changeover);
  const names = mappings.map(({ name, version }) => `${name}@${version}`);
  const ended = new Set(left.map(({ name }) => name));
  for (const { name } of mappings) ended.delete(name);
  const agreed = {
    changeover: changeover.id,
    to,
    batch: batch?.id ?? '',
    over: changeover.over ?? '',
    counts: batch?.counts ?? {},
    mappings: mappings.map(({ digest }) => digest),
    stops: stops.map(({ agreement }) => agreement),
    loosens,
    ...present({ sunset: changeover.sunset }),
  };
  const digest = stage === 'ready' ? digestOf(agreed) : undefined;
  // approvals of another digest do not count; whether the officer is needed follows from the current changes, not from those at the start
  const words = changeover.agreed === digest ? {} : { approver: null, officer: null };
  const standing = { ...changeover, ...words, needsOfficer: loosens.length > 0 };
  const body: Body = {
    ...summary(standing),
    stage,
    loosens,
    ...defined({ batch: batch?.id }),
    ...bytesConverted(batch, source),
    ...rowsConverted(batch),
    ...rowsNow(row, current),
    ...present({ problem: problemOf(changeover, stage, batch) }),
    mappings: names,
    left: [...ended],
    stops: stops.map(({ agreement, consumer }) => ({ agreement, consumer })),
  };
  return {
    body: digest === undefined ? body : { ...body, digest },
    standing,
    stage,
    stops,
    loosens,
    left,
    batch,
  };
}

const bytesConverted = (
  batch: BatchRow | undefined,
  source: BatchRow | undefined,
): Pick<Body, 'bytes' | 'ofBytes'> =>
  source === undefined || batch === undefined ? {} : { bytes: batch.bytes, ofBytes: source.bytes };

const rowsConverted = (batch: BatchRow | undefined): Pick<Body, 'rows' | 'bad'> =>
  batch?.counts === undefined ? {} : { rows: batch.counts.rows, bad: batch.counts.bad };

/** In an upsert dataset the last batch counts only a part of the rows. */
const rowsNow = ({ mode }: DatasetRow, current: BatchRow | undefined): Pick<Body, 'rowsNow'> =>
  current?.counts === undefined || mode === 'upsert' ? {} : { rowsNow: current.counts.rows };

const problemOf = (
  { trouble }: ChangeoverRow,
  stage: ChangeoverStage,
  batch: BatchRow | undefined,
): string | null => trouble ?? (stage === 'stopped' ? (batch?.problem ?? null) : null);

/** The same without the parts that require compilation. */
export const summary = ({ dataset, from, to, state, reason, ...row }: ChangeoverRow): Body => ({
  dataset,
  from,
  to,
  state,
  reason,
  author: row.author,
  needsOfficer: row.needsOfficer,
  ...present({ sunset: row.sunset, approver: row.approver, officer: row.officer }),
  mappings: row.mappings.map(({ name, version }) => `${name}@${version}`),
  ...present({ rowsBy: row.rowsBy }),
  left: [],
  stops: [],
  loosens: [],
});

/** The current stage of a changeover. */
export function stageOf(
  { registry }: Pick<Services, 'registry'>,
  changeover: ChangeoverRow,
  row: DatasetRow,
  batch: BatchRow | undefined,
): ChangeoverStage {
  const { codeLists, datasets } = registry.current;
  const coming = datasets.get(changeover.dataset)?.coming;
  const lists = coming === undefined ? changeover.lists : listsUsed(codeLists, coming);
  return changeoverStage({ ...changeover, batch: batch?.state }, { current: row.currentBatch, lists });
}

/** Mapping versions that do not compile under the new version, with the reason for each. */
async function mappingsLeft(
  { database, registry }: Services,
  { dataset, to }: ChangeoverRow,
): Promise<readonly MappingRow[]> {
  const { schemas, surroundings } = registry.current;
  const schema = schemas.get(to)?.schema;
  const rows = (await listMappings(database.app)).filter(
    (row) => row.dataset === dataset && (row.leftBy ?? null) === null,
  );
  if (schema === undefined) return rows;
  const read = readMappings(rows, schema, surroundings.codeLists);
  return rows.filter(({ name, version }) => read.get(`${name}@${version}`)?.compiled === undefined);
}
