/**
 * Compares the objects that the server itself made (functions, operators, casts, types, system views) with what they were when the hub
 * first compared them. A superuser can alter them. Their digest is in `row_sum` under a MAC of the hub; another version of the server has
 * others.
 */
import type { KeyObject } from 'node:crypto';
import type { Reader } from '../reader.ts';
import { isSameMac, numberOf, sumMac, type TableDigests, type TableSum } from './seals.ts';
import { writeSum } from './sealStore.ts';

/** Name in `row_sum` and in row-versions.json; it is no table. */
const recordName = 'catalogue of the server';

/** Rights, owners, statistics and texts for translations are not compared. */
const question = `
SELECT current_setting('server_version_num') AS version, sha256(convert_to(string_agg(line, E'\\n' ORDER BY line COLLATE "C"), 'UTF8')) AS digest FROM (
  SELECT concat_ws('|', 'proc', oid, proname, pronamespace, prolang, prokind, prosecdef, proisstrict, provolatile, prorettype, proargtypes, prosrc, probin,
                   md5(prosqlbody::text), proconfig) AS line FROM pg_proc WHERE oid < 16384
  UNION ALL SELECT concat_ws('|', 'operator', oid, oprname, oprnamespace, oprleft, oprright, oprresult, oprcom, oprnegate, oprcode::oid) FROM pg_operator WHERE oid < 16384
  UNION ALL SELECT concat_ws('|', 'cast', oid, castsource, casttarget, castfunc, castcontext, castmethod) FROM pg_cast WHERE oid < 16384
  UNION ALL SELECT concat_ws('|', 'amop', oid, amopfamily, amoplefttype, amoprighttype, amopstrategy, amopopr, amopmethod) FROM pg_amop WHERE oid < 16384
  UNION ALL SELECT concat_ws('|', 'amproc', oid, amprocfamily, amproclefttype, amprocrighttype, amprocnum, amproc::oid) FROM pg_amproc WHERE oid < 16384
  UNION ALL SELECT concat_ws('|', 'opclass', oid, opcmethod, opcname, opcfamily, opcintype, opcdefault, opckeytype) FROM pg_opclass WHERE oid < 16384
  UNION ALL SELECT concat_ws('|', 'aggregate', aggfnoid::oid, aggkind, aggtransfn::oid, aggfinalfn::oid, aggcombinefn::oid, aggsortop, aggtranstype, agginitval) FROM pg_aggregate WHERE aggfnoid < 16384
  UNION ALL SELECT concat_ws('|', 'type', oid, typname, typnamespace, typlen, typtype, typrelid, typelem, typinput::oid, typoutput::oid, typreceive::oid, typsend::oid, typbasetype, typcollation)
              FROM pg_type WHERE oid < 16384
  UNION ALL SELECT concat_ws('|', 'rule', oid, rulename, ev_class, ev_type, is_instead, md5(ev_action::text)) FROM pg_rewrite WHERE oid < 16384
  UNION ALL SELECT concat_ws('|', 'language', oid, lanname, lanpltrusted, lanplcallfoid) FROM pg_language WHERE oid < 16384
  UNION ALL SELECT concat_ws('|', 'method', oid, amname, amhandler::oid) FROM pg_am WHERE oid < 16384
) AS line`;

/**
 * @param digests of the hub @param write stores the digest of a new database or of another version of the server
 * @returns whether the objects are other ones than before on the same version of the server, or the record was removed or put back
 */
export async function isServerAltered(
  reader: Reader,
  digests: TableDigests,
  write: (sum: TableSum) => Promise<void>,
): Promise<boolean> {
  const { rows } = await reader.query<{ version: string; digest: Buffer }>(question);
  const [row] = rows;
  if (row === undefined) throw new TypeError('an aggregate has one row');
  const now = { count: Number(row.version), sum: numberOf(row.digest) };
  const stored = await readRecord(reader, digests.key);
  const known = digests.knownVersion(recordName);
  if ((stored?.version ?? 0) < known) return true;
  if (stored?.sum === now.sum) {
    digests.seen(recordName, stored.version);
    return false;
  }
  if (stored?.count === now.count) return true;
  await write({ ...now, version: (stored?.version ?? 0) + 1 });
  return false;
}

/** Stores the record in the transaction of an entry. */
export async function writeServerRecord(
  transaction: Reader,
  digests: TableDigests,
  sum: TableSum,
): Promise<void> {
  await writeSum(transaction, digests.key, recordName, sum);
  digests.written(transaction, recordName, sum.version);
}

async function readRecord(reader: Reader, key: KeyObject): Promise<TableSum | undefined> {
  const { rows } = await reader.query<{ version: string; count: string; sum: Buffer; mac: Buffer }>(
    'SELECT version, count, sum, mac FROM row_sum WHERE table_name = $1',
    [recordName],
  );
  const [row] = rows;
  if (row === undefined) return undefined;
  const sum = { version: Number(row.version), count: Number(row.count), sum: numberOf(row.sum) };
  return isSameMac(row.mac, sumMac(key, recordName, sum)) ? sum : undefined;
}
