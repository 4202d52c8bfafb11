/** Checkpoints that witnesses cosigned, and the state of each witness. */
import type { Reader } from '../../platform/database/reader.ts';

export interface Cosigned {
  readonly size: number;
  readonly witness: string;
  /** signature line, line feed included */
  readonly line: string;
  /** the checkpoint, signed by the log */
  readonly note: string;
  /** Unix milliseconds */
  readonly at: number;
}

/** Stores the newest cosignature of a witness, and of older ones the last of each hour. */
export async function storeCosignature(
  reader: Reader,
  { size, witness, line, note, at }: Cosigned,
): Promise<void> {
  await reader.query(
    `INSERT INTO audit_cosignature (size, witness, line, note, at)
     VALUES ($1, $2, $3, $4, to_timestamp($5 / 1000.0))
     ON CONFLICT (size, witness) DO UPDATE SET line = EXCLUDED.line, note = EXCLUDED.note, at = EXCLUDED.at`,
    [size, witness, line, note, at],
  );
  await reader.query(
    `DELETE FROM audit_cosignature
      WHERE witness = $1 AND size < $2 AND at >= date_trunc('hour', to_timestamp($3 / 1000.0))`,
    [witness, size, at],
  );
}

/** The newest checkpoint that any witness cosigned, with the lines of all witnesses that did. */
export async function newestCosigned(
  reader: Reader,
): Promise<{ readonly note: string; readonly lines: readonly string[] } | undefined> {
  const { rows } = await reader.query<{ note: string; line: string }>(
    `SELECT note, line FROM audit_cosignature
      WHERE size = (SELECT max(size) FROM audit_cosignature) ORDER BY witness`,
  );
  const [first] = rows;
  return first === undefined ? undefined : { note: first.note, lines: rows.map(({ line }) => line) };
}

export interface WitnessState {
  readonly name: string;
  /** number of entries of the checkpoint that it cosigned last */
  readonly size: number;
  /** Unix milliseconds, null before the first one */
  readonly cosignedAt: number | null;
  /** the current fault, null if there is none */
  readonly trouble: string | null;
}

export async function witnessStates(reader: Reader): Promise<WitnessState[]> {
  const { rows } = await reader.query<{
    name: string;
    size: string;
    cosignedAt: number | null;
    trouble: string | null;
  }>(
    `SELECT name, size, (extract(epoch FROM cosigned_at) * 1000)::double precision AS "cosignedAt", trouble
       FROM audit_witness ORDER BY name`,
  );
  return rows.map((row) => ({ ...row, size: Number(row.size) }));
}

/** @param now Unix milliseconds, start of the fault if it is new */
export async function storeWitnessState(
  reader: Reader,
  { name, size, cosignedAt, trouble }: WitnessState,
  now: number,
): Promise<void> {
  await reader.query(
    `INSERT INTO audit_witness AS w (name, size, cosigned_at, trouble, trouble_since)
     VALUES ($1, $2, to_timestamp($3::double precision / 1000.0), $4::text,
             CASE WHEN $4::text IS NULL THEN NULL ELSE to_timestamp($5::double precision / 1000.0) END)
     ON CONFLICT (name) DO UPDATE SET size = EXCLUDED.size, cosigned_at = EXCLUDED.cosigned_at, trouble = EXCLUDED.trouble,
       trouble_since = CASE WHEN w.trouble IS NOT DISTINCT FROM EXCLUDED.trouble THEN w.trouble_since ELSE EXCLUDED.trouble_since END`,
    [name, size, cosignedAt, trouble, now],
  );
}
