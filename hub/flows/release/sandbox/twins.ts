/** The synthetic twin of a dataset: rows generated from its schema version on the first request, then stored. */
import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { Mutex } from '../../../../machine/mutex.ts';
import { sampleSource } from '../../../../schemas/sample/sampleRecords.ts';
import { Problem } from '../../../../terms/problem.ts';
import { holdsIdentityNumber } from '../../../domain/holdsIdentityNumber.ts';
import { layoutOf } from '../../../domain/rowTable/layout.ts';
import { listsUsed } from '../../../registry/listsUsed.ts';
import type { LiveDataset, RegistrySnapshot } from '../../../registry/snapshot.ts';
import type { Database } from '../../../platform/database/database.ts';
import { withTransaction } from '../../../platform/database/transaction.ts';
import { replaceTwin, twinRows, type TwinRecord } from './store/twinRows.ts';

/** Rows of a twin; fewer where the schema has no more keys. */
const rowsOfTwin = 200;
/** Maximum number of generated records. */
const maxTries = 400;
const maxImpossible = 1_000;

export interface Twin {
  /** hex SHA-256 of the inputs of the generation */
  readonly madeOf: string;
  readonly records: readonly TwinRecord[];
}

export class Twins {
  private readonly pool: Database['app'];
  /** inputs for which no record was found, so that repeated requests do not repeat the search */
  private readonly impossible = new Set<string>();
  /** one twin is generated at a time */
  private readonly making = new Mutex();

  constructor(pool: Database['app']) {
    this.pool = pool;
  }

  /**
   * The twin of a dataset as it is registered now. The same version of its schema and of the code lists gives the same rows, in every hub.
   * @throws Problem sandbox_impossible where no record of the schema can be generated
   */
  async of(dataset: LiveDataset, { codeLists }: Pick<RegistrySnapshot, 'codeLists'>): Promise<Twin> {
    const { id } = dataset.row;
    const made = `twin 1\n${id}\n${dataset.schema.urn}\n`;
    const madeOf = sha256(`${made}${listsUsed(codeLists, dataset)}`).toString('hex');
    const known = await twinRows(this.pool, id, madeOf);
    if (known !== undefined) return { madeOf, records: known };
    const release = await this.making.acquire(false);
    try {
      const added = await twinRows(this.pool, id, madeOf);
      if (added !== undefined) return { madeOf, records: added };
      const records = await this.made(dataset, madeOf, sha256(made).readUInt32BE(0));
      await withTransaction(this.pool, (transaction) =>
        replaceTwin(transaction, { dataset: id, madeOf, records }),
      );
      return { madeOf, records };
    } finally {
      release();
    }
  }

  /** @throws Problem sandbox_impossible */
  private async made(dataset: LiveDataset, madeOf: string, seed: number): Promise<readonly TwinRecord[]> {
    const records = this.impossible.has(madeOf) ? [] : await invented(dataset, seed);
    if (records.length > 0) return records;
    if (this.impossible.size >= maxImpossible) this.impossible.clear();
    this.impossible.add(madeOf);
    throw new Problem('sandbox_impossible', { schema: dataset.schema.urn });
  }
}

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Formatted like stored rows: an empty nullable field is null. Other work may run between two rows. */
async function invented({ schema, compiled }: LiveDataset, seed: number): Promise<TwinRecord[]> {
  const source = sampleSource(schema, compiled.surroundings, seed);
  const nullable = layoutOf(schema).columns.flatMap((column) => (column.nullable ? [column.field] : []));
  const empty = Object.fromEntries(nullable.map((field) => [field, null]));
  const keys = new Set<string>();
  const records: TwinRecord[] = [];
  for (let tries = 0; tries < maxTries && records.length < rowsOfTwin; tries += 1) {
    const record = nextOf(source);
    if (record === undefined) break;
    await setImmediate();
    if (holdsIdentityNumber(withoutNobodys(JSON.stringify(record)))) continue;
    const key = JSON.stringify(schema.primaryKey.map((name) => record[name]));
    if (schema.primaryKey.length > 0 && keys.has(key)) break;
    keys.add(key);
    records.push({ ...empty, ...record });
  }
  return records;
}

/**
 * Identity numbers with a region code that does not exist belong to no person. Any other number may belong to one, regardless of its source in
 * the schema.
 */
const withoutNobodys = (text: string): string => text.replaceAll(/(?<![0-9])99[0-9]{15}[0-9X](?![0-9])/g, '');

/** @returns undefined where no further record is found */
function nextOf(source: ReturnType<typeof sampleSource>): TwinRecord | undefined {
  try {
    return source.next();
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
