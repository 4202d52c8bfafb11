import type { Reader } from '../../platform/database/reader.ts';

/** What a caller may name to say who it is. */
export type Named = 'certificate' | 'key' | 'token';

const queries: Readonly<Record<Named, string>> = {
  certificate: 'SELECT 1 FROM certificate WHERE serial = $1',
  key: 'SELECT 1 FROM signing_key WHERE keyid = $1',
  token: 'SELECT 1 FROM credential WHERE id = $1',
};

/** Whether a certificate's serial, a signing key's id or a token's id stands in the database by now. */
export async function isRegistered(reader: Reader, what: Named, id: string): Promise<boolean> {
  const { rows } = await reader.query(queries[what], [id]);
  return rows.length > 0;
}
