/** Rows that arrive as GeoJSON (RFC 7946): a FeatureCollection, or one Feature. */
import { Problem } from '../../terms/problem.ts';
import { ambiguousName } from '../../terms/jsonText.ts';
import type { BadRecord, Cell, CellGroup } from '../reading/reader.ts';
import { recordProblem } from '../reading/rowRules.ts';
import { ElementScanner } from './elementScanner.ts';
import { readJsonRecord } from './json.ts';
import { isObject } from '../../terms/isObject.ts';

/** The field that takes the geometry. */
interface GeometryField {
  readonly name: string;
  readonly nullable: boolean;
}

/**
 * The text of each feature, as it was written.
 * @throws Problem rows_malformed, json_malformed, file_line_over_limit; geojson_crs where the document names another reference system
 */
export function featureTexts(text: string, maxDepth: number): readonly string[] {
  const document = parsed(text);
  const ambiguous = ambiguousName(text, maxDepth, 'features');
  // of two systems, readers take different ones
  if (ambiguous === 'crs') throw new Problem('geojson_crs');
  refuseOtherSystem(document['crs']);
  // features have their members examined one by one, and are bad rows
  if (ambiguous !== undefined && document['type'] !== 'Feature') throw new Problem('rows_malformed');
  if (document['type'] === 'Feature') return [text];
  const { features } = document;
  if (document['type'] !== 'FeatureCollection' || !Array.isArray(features))
    throw new Problem('rows_malformed');
  const scanner = new ElementScanner(['features'], { maxChars: text.length + 1, maxDepth });
  const texts = scanner.feed(text, true).map((element) => element.text);
  if (texts.length !== features.length) throw new Problem('rows_malformed');
  return texts;
}

function parsed(text: string): Readonly<Record<string, unknown>> {
  try {
    const value = JSON.parse(text) as unknown;
    if (typeof value === 'object' && value !== null) return value as Readonly<Record<string, unknown>>;
  } catch (cause) {
    throw new Problem('rows_malformed', {}, { cause });
  }
  throw new Problem('rows_malformed');
}

/** Names of WGS 84 and CGCS2000, as programs write them that follow the older GeoJSON of 2008. */
const knownSystems = /^urn:ogc:def:crs:(?:OGC:[\d.]*:CRS84|EPSG:[\d.]*:(?:4326|4490))$/;

/** Whether a `crs` names longitude and latitude. With null, no system can be assumed (GeoJSON of 2008, section 3). */
function isKnownSystem(crs: unknown): boolean {
  const { properties } = (crs ?? {}) as { readonly properties?: { readonly name?: unknown } | null };
  const name = properties?.name;
  return typeof name === 'string' && knownSystems.test(name);
}

/** RFC 7946 removed `crs`. A document with another system has coordinates that are no longitude and latitude. */
function refuseOtherSystem(crs: unknown): void {
  if (crs !== undefined && !isKnownSystem(crs)) throw new Problem('geojson_crs');
}

/**
 * Reads a feature as a row: its properties, and its geometry under the name of the place. Nothing is dropped: a feature with other members
 * is bad. `bbox`, and a `crs` of longitude and latitude, add nothing.
 */
export const featureReader =
  (place: GeometryField) =>
  (text: string, line: number, maxDepth: number): ReturnType<typeof readJsonRecord> => {
    const read = readJsonRecord(text, line, maxDepth);
    if ('problems' in read) return read;
    const record = rowOf(read.record, place);
    if (record === undefined) return badFeature(read.record, line);
    const { doubts, warnings } = read.signs;
    const renamed = <T extends { readonly header: string }>(one: T): T => ({
      ...one,
      header: fieldPath(one.header, place),
    });
    return { record, signs: { doubts: doubts.map(renamed), warnings: warnings.map(renamed) } };
  };

const badFeature = (raw: CellGroup, line: number): BadRecord => ({
  line,
  problems: [recordProblem(line, 'geojson.feature', 'object')],
  raw,
});

function rowOf(
  { type, geometry, properties, ...others }: CellGroup,
  place: GeometryField,
): CellGroup | undefined {
  const fields = properties === null ? {} : properties;
  const isFeature = type === 'Feature' && geometry !== undefined && isObject(fields);
  const isAccepted = ([name, value]: readonly [string, Cell]): boolean =>
    name === 'bbox' || (name === 'crs' && isKnownSystem(value));
  if (!isFeature || !Object.entries(others).every(isAccepted)) return undefined;
  if (Object.hasOwn(fields, place.name)) return undefined;
  return geometry === null && !place.nullable ? fields : { ...fields, [place.name]: geometry };
}

const properties = 'properties/';
const fieldPath = (header: string, { name }: GeometryField): string =>
  header.startsWith(properties) ? header.slice(properties.length) : header.replace(/^geometry(?=\/|$)/, name);
