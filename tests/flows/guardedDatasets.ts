/** Datasets of the household register with rules of their own, and files that are sent to them and reported with what was found. */
import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { readDocuments } from '../../clients/cli/apply/readDocuments.ts';
import { headers } from '../../clients/cli/demo/files/householdFile.ts';
import type { DatongClient } from '../../clients/sdk/datongClient.ts';
import { datasetTable } from '../../hub/domain/rowTable/layout.ts';
import { samples, type TestHub } from '../hub.ts';
import { file, type Cells } from './householdRecords.ts';
import { post, sha256, reported, uploaded } from './intakeCalls.ts';

export interface Sent {
  readonly batch: string;
  /** of its refusal, or the status of its answer */
  readonly code: string;
  readonly state: unknown;
  readonly findings: readonly {
    readonly code: string;
    readonly severity: string;
    readonly facts: Readonly<Record<string, unknown>>;
  }[];
}

/** @param by operator and steward of the police, and its client */
export function guardedDatasets(
  hub: TestHub,
  {
    operator,
    steward,
    client,
  }: { readonly operator: string; readonly steward: string; readonly client: DatongClient },
) {
  const register = (id: string, more: object) =>
    hub.staff(operator, 'POST', '/v1/datasets', {
      id,
      title: { zh: id, en: id },
      schema: 'urn:datong:household:1.0',
      mode: 'snapshot',
      sharing: { type: 'none' },
      ...more,
    });

  async function dataset(name: string, intake: object = {}, mode = 'snapshot'): Promise<string> {
    const id = `pub-security.${name}`;
    assert.equal((await register(id, { intake, mode })).status, 201);
    const documents = readDocuments(resolve(samples, 'household/dataset.yaml'));
    const sample = documents.find(({ kind }) => kind === 'Mapping');
    const document = { ...(sample?.members['document'] as object), mapping: `pub-security/${name}@1` };
    const made = await hub.staff(steward, 'POST', `/v1/datasets/${id}/mappings`, { document });
    assert.equal(made.status, 201, JSON.stringify(made.json));
    return id;
  }

  async function sent(
    id: string,
    records: readonly Cells[],
    more: object = {},
    headings = headers as Cells,
  ): Promise<Sent> {
    const bytes = file(records, headings);
    const batch = await uploaded(client, id, bytes);
    const mapping = id.slice(id.indexOf('.') + 1);
    const commit = { sha256: sha256(bytes), bytes: bytes.length, mapping, ...more };
    const code = await reported(post(client, `/v1/batches/${batch}/commit`, commit));
    const { json } = await hub.staff(steward, 'GET', `/v1/batches/${batch}`);
    return { batch, code, state: json['state'], findings: (json['findings'] ?? []) as Sent['findings'] };
  }

  /** Identity numbers in the lasting table of a dataset, in the order in which they came. */
  async function merged(id: string): Promise<readonly string[]> {
    const { registry, database } = hub.hub.services;
    const schema = registry.current.datasets.get(id)?.schema;
    assert.ok(schema);
    const { rows } = await database.app.query<{ id: string }>(
      `SELECT f_person_id AS id FROM ${datasetTable(id, schema)} ORDER BY _row`,
    );
    return rows.map((row) => row.id);
  }

  return { register, dataset, sent, merged };
}
