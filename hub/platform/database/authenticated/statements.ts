/** SQL of authenticated rows: the name of a row, its sealed content, and the triggers that report changed rows. */
import { jsonColumns, ruleOf, sealedNames, type SealedName } from './rules.ts';

/** Separates the parts of a key; no part contains it. */
const separator = `E'\\x1f'`;

/** The name of a row, as text. @param row alias of the table */
export const keyOf = (name: SealedName, row: string): string =>
  `concat_ws(${separator}, ${Object.keys(ruleOf(name).key)
    .map((column) => `coalesce(${row}."${column}"::text, '')`)
    .join(', ')})`;

/**
 * The sealed content of a row, as a JSON array of texts: JSON.parse reads it faster than the driver reads a PostgreSQL array.
 * @param json its row as jsonb
 */
export const contentOf = (name: SealedName, json: string): string =>
  `to_json(ARRAY[${ruleOf(name)
    .sealed.map((column) =>
      jsonColumns[name]?.includes(column) === true
        ? `CASE jsonb_typeof(${json} -> '${column}') WHEN 'string' THEN (${json} -> '${column}')::text ELSE ${json} ->> '${column}' END`
        : `${json} ->> '${column}'`,
    )
    .join(', ')}])`;

/** The condition that a row has a name given as text. */
export const isNamed = (name: SealedName, row: string, key: string): string =>
  Object.entries(ruleOf(name).key)
    .map(([column, type], at) => {
      const part = `split_part(${key}, ${separator}, ${at + 1})`;
      return type === 'text?'
        ? `${row}."${column}" IS NOT DISTINCT FROM nullif(${part}, '')`
        : `${row}."${column}" = ${part}::${type}`;
    })
    .join(' AND ');

/**
 * A column "seal" for a SELECT from a sealed table: name, content, MAC and entry of the row, in one JSON text. The checked content comes
 * from the same statement as the used content.
 */
export const sealOf = (name: SealedName, row: string = name): string =>
  `(SELECT json_build_array(${keyOf(name, row)}, ${contentOf(name, 'row_json')}, encode(row_seal.mac, 'hex'), row_seal.entry)::text
      FROM to_jsonb(${row}) AS row_json
      LEFT JOIN row_seal ON row_seal.table_name = '${name}' AND row_seal.key = ${keyOf(name, row)}) AS seal`;

const names = sealedNames.join('|');
const change = new RegExp(
  `\\b(?:INSERT\\s+INTO|UPDATE|DELETE\\s+FROM|MERGE\\s+INTO)\\s+(?:ONLY\\s+)?(?:public\\.)?"?(?:${names})\\b|^\\s*TRUNCATE\\b|\\bDELETE\\s+FROM\\s+row_version\\b|\\bremove_found_row\\s*\\(`,
  'i',
);

/** Whether a statement may change rows of a sealed table; those of `case_notice` go with the version of the case. */
export const changesSealed = (text: string): boolean => change.test(text);
