import type { Reader } from '../../platform/database/reader.ts';

/** The recorded digest of a key, undefined if no process has recorded one. */
export async function keyDigest(reader: Reader, name: string): Promise<string | undefined> {
  const { rows } = await reader.query<{ digest: string }>('SELECT digest FROM key_digest WHERE name = $1', [
    name,
  ]);
  return rows[0]?.digest;
}

/** Records the digest of a key, if none is recorded. @returns the recorded digest */
export async function claimKeyDigest(reader: Reader, name: string, digest: string): Promise<string> {
  await reader.query('INSERT INTO key_digest (name, digest) VALUES ($1, $2) ON CONFLICT DO NOTHING', [
    name,
    digest,
  ]);
  return (await keyDigest(reader, name)) ?? digest;
}
