/** The schema of a database as text, read from its catalogue: the same text for every supported version of PostgreSQL. */
import { createHash } from 'node:crypto';
import type { Reader } from './reader.ts';
import { isUserTrigger } from './triggers.ts';

export interface SchemaObject {
  /** kind and name, e.g. `table department` */
  readonly name: string;
  /** statements that create it */
  readonly text: string;
}

/**
 * Objects of the schema "public" in a fixed order. Not listed: partitions and tables of the schema "rows", which jobs create, and
 * grants to roles of others (see catalogue.ts); the tables of knex; objects of extensions. NOT VALID is omitted: validating a constraint does not change the schema.
 */
const question = `
WITH relation AS (
  SELECT c.*, c.relname::text AS name FROM pg_class AS c
   WHERE c.relnamespace = 'public'::regnamespace AND NOT c.relispartition AND c.relname NOT LIKE 'migration%'
     AND NOT EXISTS (SELECT FROM pg_depend AS d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype IN ('e', 'i', 'a')
                        AND (d.deptype = 'e' OR c.relkind = 'S'))
     -- a composite type belongs to its extension, and its relation to the type
     AND NOT EXISTS (SELECT FROM pg_depend AS d WHERE d.classid = 'pg_type'::regclass AND d.objid = c.reltype AND d.deptype = 'e')
), part AS (
  SELECT r.name, 0 AS step, format('  %I %s', a.attname, concat_ws(' ', format_type(a.atttypid, a.atttypmod),
           (SELECT format('COLLATE %I', o.collname) FROM pg_collation AS o JOIN pg_type AS t ON t.oid = a.atttypid
             WHERE o.oid = a.attcollation AND o.oid <> t.typcollation),
           CASE WHEN a.attnotnull THEN 'NOT NULL' END,
           CASE WHEN a.attidentity <> '' THEN 'GENERATED ALWAYS AS IDENTITY' END,
           CASE WHEN a.attgenerated = '' THEN 'DEFAULT ' || pg_get_expr(e.adbin, e.adrelid)
                ELSE format('GENERATED ALWAYS AS (%s) STORED', pg_get_expr(e.adbin, e.adrelid)) END,
           (SELECT 'STORAGE ' || CASE a.attstorage WHEN 'e' THEN 'EXTERNAL' WHEN 'm' THEN 'MAIN' WHEN 'p' THEN 'PLAIN' ELSE 'EXTENDED' END
              FROM pg_type AS t WHERE t.oid = a.atttypid AND t.typstorage <> a.attstorage),
           'STATISTICS ' || nullif(a.attstattarget, -1))) AS line, a.attnum::int AS nth, '' AS key
    FROM relation AS r JOIN pg_attribute AS a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_attrdef AS e ON e.adrelid = a.attrelid AND e.adnum = a.attnum WHERE r.relkind IN ('r', 'p')
  UNION ALL
  SELECT r.name, 1, format('  CONSTRAINT %I %s', k.conname, replace(pg_get_constraintdef(k.oid), ' NOT VALID', '')), 0, k.conname::text
    FROM relation AS r JOIN pg_constraint AS k ON k.conrelid = r.oid AND k.contype IN ('p', 'u', 'c', 'x', 'f')
), object AS (
  SELECT 0 AS kind, '' AS of, 'schema rows' AS name, 'CREATE SCHEMA rows;' AS text FROM pg_namespace AS n WHERE n.nspname = 'rows'
  UNION ALL
  SELECT 1, p.proname::text, 'function ' || p.proname, rtrim(pg_get_functiondef(p.oid), E'\\n') || ';' FROM pg_proc AS p
   WHERE p.pronamespace = 'public'::regnamespace AND p.prokind IN ('f', 'p') AND NOT EXISTS (SELECT FROM pg_depend AS d WHERE d.objid = p.oid AND d.deptype = 'e')
  UNION ALL
  SELECT 2, r.name, 'sequence ' || r.name, format('CREATE SEQUENCE %I;', r.name) FROM relation AS r WHERE r.relkind = 'S'
  UNION ALL
  SELECT 3, r.name, 'table ' || r.name, format(E'CREATE TABLE %I (\\n%s\\n)%s%s;', r.name,
         (SELECT string_agg(line, E',\\n' ORDER BY step, nth, key COLLATE "C") FROM part WHERE part.name = r.name),
         ' PARTITION BY ' || pg_get_partkeydef(r.oid), ' WITH (' || array_to_string(r.reloptions, ', ') || ')')
    FROM relation AS r WHERE r.relkind IN ('r', 'p')
  UNION ALL
  SELECT 3, r.name || ' 1 ' || i.relname, 'index ' || i.relname, pg_get_indexdef(i.oid) || ';'
    FROM relation AS r JOIN pg_index AS x ON x.indrelid = r.oid JOIN pg_class AS i ON i.oid = x.indexrelid
   WHERE NOT EXISTS (SELECT FROM pg_constraint AS k WHERE k.conindid = i.oid)
  UNION ALL
  SELECT 3, r.name || ' 2 ' || t.tgname, format('trigger %s of %s', t.tgname, r.name), pg_get_triggerdef(t.oid) || ';'
    FROM relation AS r JOIN pg_trigger AS t ON t.tgrelid = r.oid AND ${isUserTrigger('t')}
  UNION ALL
  -- up to version 15 PostgreSQL writes the table before each column of a view
  SELECT 4, r.name, 'view ' || r.name, format(E'CREATE VIEW %I%s AS\\n%s', r.name, ' WITH (' || array_to_string(r.reloptions, ', ') || ')', regexp_replace(regexp_replace(
           pg_get_viewdef(r.oid), '\\m[a-z_]+\\.(?=[a-z_])', '', 'g'), '\\s+', ' ', 'g'))
    FROM relation AS r WHERE r.relkind = 'v'
  UNION ALL
  SELECT 5, r.name, 'grants on ' || r.name, format('GRANT %s ON %I TO %s;', string_agg(g.privilege_type, ', ' ORDER BY g.privilege_type),
           r.name, coalesce(a.rolname, 'PUBLIC'))
    FROM relation AS r CROSS JOIN aclexplode(r.relacl) AS g LEFT JOIN pg_roles AS a ON a.oid = g.grantee
   WHERE g.grantee = 0 OR a.rolname = 'datong_app' GROUP BY r.name, a.rolname
  UNION ALL
  SELECT 5, r.name || ' columns', 'grants on columns of ' || r.name, string_agg(line, E'\\n' ORDER BY line COLLATE "C") FROM (
    SELECT r.name, format('GRANT %s (%s) ON %I TO %s;', g.privilege_type, string_agg(quote_ident(t.attname), ', ' ORDER BY t.attname COLLATE "C"),
             r.name, coalesce(a.rolname, 'PUBLIC')) AS line
      FROM relation AS r JOIN pg_attribute AS t ON t.attrelid = r.oid CROSS JOIN aclexplode(t.attacl) AS g LEFT JOIN pg_roles AS a ON a.oid = g.grantee
     WHERE g.grantee = 0 OR a.rolname = 'datong_app' GROUP BY r.name, a.rolname, g.privilege_type) AS r GROUP BY r.name
  UNION ALL
  SELECT 6, p.proname::text, 'grants on function ' || p.proname, format('GRANT %s ON FUNCTION %I TO %s;', g.privilege_type, p.proname,
           coalesce(a.rolname, 'PUBLIC'))
    FROM pg_proc AS p CROSS JOIN aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) AS g LEFT JOIN pg_roles AS a ON a.oid = g.grantee
   WHERE p.pronamespace = 'public'::regnamespace AND NOT EXISTS (SELECT FROM pg_depend AS d WHERE d.objid = p.oid AND d.deptype = 'e')
     AND (g.grantee = 0 OR a.rolname = 'datong_app')
  UNION ALL
  SELECT 7, n.nspname::text, 'grants on schema ' || n.nspname, format('GRANT %s ON SCHEMA %I TO %s;',
           string_agg(g.privilege_type, ', ' ORDER BY g.privilege_type), n.nspname, a.rolname)
    FROM pg_namespace AS n CROSS JOIN aclexplode(n.nspacl) AS g JOIN pg_roles AS a ON a.oid = g.grantee
   WHERE n.nspname IN ('public', 'rows') AND a.rolname IN ('datong_app', 'datong_owner') GROUP BY n.nspname, a.rolname
  UNION ALL
  SELECT 8, r.name, 'owner of ' || r.name, format('ALTER TABLE %I OWNER TO %I;', r.name, a.rolname)
    FROM relation AS r JOIN pg_roles AS a ON a.oid = r.relowner WHERE r.relkind NOT IN ('i', 'I') AND a.rolname <> 'datong_owner'
  UNION ALL
  SELECT 8, p.proname::text, 'owner of function ' || p.proname, format('ALTER FUNCTION %I OWNER TO %I;', p.proname, a.rolname)
    FROM pg_proc AS p JOIN pg_roles AS a ON a.oid = p.proowner WHERE p.pronamespace = 'public'::regnamespace AND a.rolname <> 'datong_owner'
     AND NOT EXISTS (SELECT FROM pg_depend AS d WHERE d.objid = p.oid AND d.deptype = 'e')
  UNION ALL
  SELECT 9, '', 'default privileges', format('ALTER DEFAULT PRIVILEGES FOR ROLE datong_owner: %s %s;', d.defaclobjtype, d.defaclacl::text)
    FROM pg_default_acl AS d JOIN pg_roles AS a ON a.oid = d.defaclrole WHERE a.rolname = 'datong_owner'
)
SELECT name, text FROM object ORDER BY kind, of COLLATE "C", name COLLATE "C", text COLLATE "C"`;

export async function schemaObjects(reader: Reader): Promise<SchemaObject[]> {
  const { rows } = await reader.query<{ name: string; text: string }>(question);
  return rows;
}

/** Digest of each object by its name. */
export function digestsOf(objects: readonly SchemaObject[]): Map<string, string> {
  const texts = new Map<string, string>();
  // one name may have several texts: grants to several roles
  for (const { name, text } of objects) texts.set(name, `${texts.get(name) ?? ''}${text}\n`);
  const digest = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 32);
  return new Map([...texts].map(([name, text]) => [name, digest(text)]));
}
