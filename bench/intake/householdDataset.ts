/** Further datasets of the household register, each with the mapping of the sample. */
import { resolve } from 'node:path';
import { readDocuments } from '../../clients/cli/apply/readDocuments.ts';
import { samples, type TestHub } from '../../tests/hub.ts';

/** @returns its id; the mapping has the name of the dataset */
export async function householdDataset(
  hub: TestHub,
  operator: string,
  department: string,
  name: string,
  mode: 'snapshot' | 'upsert',
): Promise<string> {
  const id = `${department}.${name}`;
  const made = async (token: string, path: string, body: unknown): Promise<void> => {
    const { status, json } = await hub.staff(token, 'POST', path, body);
    if (status !== 201) throw new Error(`${path}: ${JSON.stringify(json)}`);
  };
  await made(operator, '/v1/datasets', {
    id,
    title: { zh: name, en: name },
    schema: 'urn:datong:household:1.0',
    mode,
    sharing: { type: 'none' },
  });
  const documents = readDocuments(resolve(samples, 'household/dataset.yaml'));
  const sample = documents.find(({ kind }) => kind === 'Mapping');
  const document = { ...(sample?.members['document'] as object), mapping: `${department}/${name}@1` };
  const steward = await hub.token(`${department} ${name}`, ['steward'], department);
  await made(steward, `/v1/datasets/${id}/mappings`, { document });
  return id;
}
