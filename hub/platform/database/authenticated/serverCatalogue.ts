/**
 * Compares the objects that the server itself made (functions, operators, casts, types, system views) with what they were when the hub
 * first compared them. A superuser can alter them. Their digest is in `row_sum` under a MAC of the hub; another version of the server has
 * others.
 */
import type { Pool } from 'pg';
import type { Reader } from '../reader.ts';
import { textSettings } from '../session.ts';
import { inSnapshot } from '../transaction.ts';
import { numberOf, type TableDigests, type TableSum } from './seals.ts';
import { readSums, writeSum } from './sealStore.ts';

/** Name in `row_sum` and in row-versions.json; it is no table. */
const recordName = 'catalogue of the server';

/** A parsed expression without the ids that locales move. It has the function of an operator, which its text does not have. */
const masked = (column: string): string =>
  `md5(regexp_replace(${column}::text, '\\m1[2-6][0-9]{3}\\M', '#', 'g'))`;

/**
 * Rights, owners, statistics and texts for translations are not compared. Objects are named, since ids of the information schema and of
 * dictionaries depend on the locales of the machine on which the server was initialized. Sessions of the hub have a fixed `search_path`,
 * so that a name in another schema has its schema before it. Four collations are compared; the machine supplies the
 * others. The first digit numbers the form of this query.
 */
const question = `
SELECT '2' || lpad(current_setting('server_version_num'), 7, '0') AS version,
       sha256(convert_to(string_agg(line, E'\\n' ORDER BY line COLLATE "C"), 'UTF8')) AS digest FROM (
  SELECT concat_ws('|', 'proc', oid::regprocedure, pronamespace::regnamespace, (SELECT lanname FROM pg_language AS l WHERE l.oid = prolang), prokind, prosecdef, proisstrict,
                   provolatile, prorettype::regtype, proretset, provariadic::regtype, pronargdefaults, prosrc, probin, pg_get_function_sqlbody(oid), ${masked('prosqlbody')}, proconfig) AS line
    FROM pg_proc WHERE oid < 16384
  UNION ALL SELECT concat_ws('|', 'operator', oid::regoperator, oprnamespace::regnamespace, oprresult::regtype, oprcom::regoperator, oprnegate::regoperator, oprcode::regprocedure)
              FROM pg_operator WHERE oid < 16384
  UNION ALL SELECT concat_ws('|', 'cast', castsource::regtype, casttarget::regtype, castfunc::regprocedure, castcontext, castmethod) FROM pg_cast WHERE oid < 16384
  UNION ALL SELECT concat_ws('|', 'amop', f.opfname, m.amname, amoplefttype::regtype, amoprighttype::regtype, amopstrategy, amopopr::regoperator)
              FROM pg_amop AS a JOIN pg_opfamily AS f ON f.oid = a.amopfamily JOIN pg_am AS m ON m.oid = a.amopmethod WHERE a.oid < 16384
  UNION ALL SELECT concat_ws('|', 'amproc', f.opfname, m.amname, amproclefttype::regtype, amprocrighttype::regtype, amprocnum, amproc::regprocedure)
              FROM pg_amproc AS a JOIN pg_opfamily AS f ON f.oid = a.amprocfamily JOIN pg_am AS m ON m.oid = f.opfmethod WHERE a.oid < 16384
  UNION ALL SELECT concat_ws('|', 'opclass', m.amname, o.opcname, f.opfname, o.opcintype::regtype, o.opcdefault, o.opckeytype::regtype)
              FROM pg_opclass AS o JOIN pg_opfamily AS f ON f.oid = o.opcfamily JOIN pg_am AS m ON m.oid = o.opcmethod WHERE o.oid < 16384
  UNION ALL SELECT concat_ws('|', 'aggregate', aggfnoid::regprocedure, aggkind, aggtransfn::regprocedure, aggfinalfn::regprocedure, aggcombinefn::regprocedure,
                   aggsortop::regoperator, aggtranstype::regtype, agginitval) FROM pg_aggregate WHERE aggfnoid < 16384
  UNION ALL SELECT concat_ws('|', 'type', oid::regtype, typnamespace::regnamespace, typlen, typtype, typrelid::regclass, typelem::regtype, typinput::regprocedure,
                   typoutput::regprocedure, typreceive::regprocedure, typsend::regprocedure, typbasetype::regtype, typcollation::regcollation) FROM pg_type WHERE oid < 16384
  UNION ALL SELECT concat_ws('|', 'rule', rulename, ev_class::regclass, ev_type, is_instead, pg_get_ruledef(oid), ${masked('ev_action')}) FROM pg_rewrite WHERE oid < 16384
  UNION ALL SELECT concat_ws('|', 'language', lanname, lanpltrusted, lanplcallfoid::regprocedure) FROM pg_language WHERE oid < 16384
  UNION ALL SELECT concat_ws('|', 'method', amname, amhandler::regprocedure) FROM pg_am WHERE oid < 16384
  UNION ALL SELECT concat_ws('|', 'collation', collname, collencoding, collprovider, collisdeterministic, collcollate, collctype)
              FROM pg_collation WHERE oid < 16384 AND collname IN ('default', 'C', 'POSIX', 'ucs_basic')
) AS line`;

/**
 * @param digests of the hub @param write stores the digest of a new database or of another version of the server
 * @returns whether the objects are other ones than before on the same version of the server, or the record was removed or put back
 */
export async function isServerAltered(
  reader: Pool,
  digests: TableDigests,
  write: (sum: TableSum) => Promise<void>,
): Promise<boolean> {
  const [row] = await inSnapshot(reader, async (snapshot) => {
    await snapshot.query(textSettings);
    return (await snapshot.query<{ version: string; digest: Buffer }>(question)).rows;
  });
  if (row === undefined) throw new TypeError('an aggregate has one row');
  const now = { count: Number(row.version), sum: numberOf(row.digest) };
  const stored = (await readSums(reader, digests.key, [recordName], false)).get(recordName);
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

/** `server_version_num` of a record. */
export const versionOf = ({ count }: Pick<TableSum, 'count'>): number => count % 10_000_000;

/** Stores the record in the transaction of an entry. */
export async function writeServerRecord(
  transaction: Reader,
  digests: TableDigests,
  sum: TableSum,
): Promise<void> {
  await writeSum(transaction, digests.key, recordName, sum);
  digests.written(transaction, recordName, sum.version);
}
