/**
 * Digests of the objects that the server itself made (functions, operators, casts, types, system views), each with a number for the form of
 * the digest and the version of the server.
 */
import type { Reader } from '../reader.ts';
import { textSettings } from '../session.ts';
import { numberOf, type TableSum } from './seals.ts';

/**
 * A parsed expression without the ids of the server that locales move: from 12000 to 16383. It has the function of an operator, which its
 * text does not have.
 */
const masked = (column: string): string =>
  `md5(regexp_replace(${column}::text, '\\m1(?:[2-5][0-9]{3}|6[0-2][0-9]{2}|63[0-7][0-9]|638[0-3])\\M', '#', 'g'))`;

/**
 * Rights, owners, statistics and texts for translations are not compared. Objects are named, since ids of the information schema and of
 * dictionaries depend on the locales of the machine on which the server was initialized. Sessions of the hub have a fixed `search_path`,
 * so that a name in another schema has its schema before it. Four collations are compared; the machine supplies the others. The first digit
 * numbers the form of the digest: form 1, of release 0.2.0, has no collations, default arguments and objects of text search, and no lines
 * `more`.
 */
const question = `
SELECT '3' || lpad(current_setting('server_version_num'), 7, '0') AS version, '1' || lpad(current_setting('server_version_num'), 7, '0') AS "formerVersion",
       sha256(convert_to(string_agg(line, E'\\n' ORDER BY line COLLATE "C"), 'UTF8')) AS digest,
       sha256(convert_to(string_agg(line, E'\\n' ORDER BY line COLLATE "C") FILTER (WHERE line !~ '^(collation|arguments|template|parser|more)[|]'), 'UTF8')) AS "formerDigest" FROM (
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
  UNION ALL SELECT concat_ws('|', 'arguments', oid::regprocedure, ${masked('proargdefaults')}, prosupport)
              FROM pg_proc WHERE oid < 16384 AND (proargdefaults IS NOT NULL OR prosupport::oid <> 0)
  UNION ALL SELECT concat_ws('|', 'more', oid::regprocedure, proleakproof, proparallel, proallargtypes, proargmodes, proargnames) FROM pg_proc WHERE oid < 16384
  UNION ALL SELECT concat_ws('|', 'more', oid::regoperator, oprkind, oprcanmerge, oprcanhash, oprrest, oprjoin) FROM pg_operator WHERE oid < 16384
  UNION ALL SELECT concat_ws('|', 'more', aggfnoid::regprocedure, aggserialfn, aggdeserialfn, aggmtransfn, aggminvtransfn, aggmfinalfn, aggfinalextra, aggmfinalextra,
                   aggfinalmodify, aggmfinalmodify, aggnumdirectargs, aggmtranstype::regtype, aggminitval) FROM pg_aggregate WHERE aggfnoid < 16384
  UNION ALL SELECT concat_ws('|', 'more', oid::regtype, typbyval, typcategory, typispreferred, typisdefined, typdelim, typsubscript, typarray::regtype, typmodin, typmodout,
                   typanalyze, typalign, typstorage, typnotnull, typtypmod, typndims, typdefault) FROM pg_type WHERE oid < 16384
  UNION ALL SELECT concat_ws('|', 'more', rngtypid::regtype, rngsubtype::regtype, rngmultitypid::regtype, rngcanonical, rngsubdiff,
                   (SELECT opcname FROM pg_opclass AS o WHERE o.oid = rngsubopc)) FROM pg_range WHERE rngtypid < 16384
  UNION ALL SELECT concat_ws('|', 'more', f.opfname, m.amname, amoplefttype::regtype, amoprighttype::regtype, amopstrategy, amoppurpose)
              FROM pg_amop AS a JOIN pg_opfamily AS f ON f.oid = a.amopfamily JOIN pg_am AS m ON m.oid = a.amopmethod WHERE a.oid < 16384
  UNION ALL SELECT concat_ws('|', 'template', tmplname, tmplinit, tmpllexize) FROM pg_ts_template WHERE oid < 16384
  UNION ALL SELECT concat_ws('|', 'parser', prsname, prsstart, prstoken, prsend, prsheadline, prslextype) FROM pg_ts_parser WHERE oid < 16384
) AS line`;

type Digest = Pick<TableSum, 'count' | 'sum'>;

/** @param snapshot a transaction @returns the digest, and the one in the form of release 0.2.0 */
export async function serverDigests(snapshot: Reader): Promise<{ now: Digest; former: Digest }> {
  await snapshot.query(textSettings);
  const { rows } = await snapshot.query<{
    version: string;
    formerVersion: string;
    digest: Buffer;
    formerDigest: Buffer;
  }>(question);
  const [row] = rows;
  if (row === undefined) throw new TypeError('an aggregate has one row');
  return {
    now: { count: Number(row.version), sum: numberOf(row.digest) },
    former: { count: Number(row.formerVersion), sum: numberOf(row.formerDigest) },
  };
}
