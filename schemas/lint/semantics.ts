import { atPointer, isSchemaObject, pointerTokens, typesOf } from '../jsonSchema.ts';
import type { JsonSchema, Sensitivity } from '../datasetSchema.ts';
import { codeListIdOf, type CodeLists } from '../codelists/codeLists.ts';
import type { SemanticTag } from '../vocabulary/keywords.ts';
import { withReferences, type Resolve } from '../references.ts';
import { mayBeNull } from './mayBeNull.ts';
import { personalPlace } from './personalPlace.ts';
import { pointFault } from '../places/point.ts';
import type { Report } from './report.ts';
import type { Place } from './walk.ts';

interface TagRule {
  /** formats of which one is required with the tag */
  readonly formats?: readonly string[];
  readonly least?: Sensitivity;
  readonly personal?: boolean;
}

const tagRules: Readonly<Record<SemanticTag, TagRule>> = {
  'cn.resident-id': { formats: ['cn-resident-id'], least: 'L3', personal: true },
  'cn.uscc': { formats: ['cn-uscc'] },
  'cn.admin-code': { formats: ['cn-admin-code'] },
  'cn.mobile': { formats: ['cn-mobile'], least: 'L2', personal: true },
  'cn.bank-card': { formats: ['cn-bank-card'], least: 'L3', personal: true },
  'person.name': { least: 'L2', personal: true },
  'address.full': {},
  'geo.lon': {},
  'geo.lat': {},
  'time.event': { formats: ['date', 'date-time'] },
};

const tagOfFormat = new Map(
  Object.entries(tagRules).flatMap(([tag, { formats = [] }]) =>
    tag.startsWith('cn.') ? formats.map((format) => [format, tag] as const) : [],
  ),
);

/** Tag and format must agree; sensitivity and the personal mark must be as high as the tag requires. */
export function checkTags(place: Place, report: Report): void {
  const { format, 'x-semantic': tag } = place.schema;
  if (typeof tag === 'string' && Object.hasOwn(tagRules, tag)) checkTag(tag as SemanticTag, place, report);
  if (typeof format !== 'string') return;
  const wanted = tagOfFormat.get(format);
  if (wanted !== undefined && tag !== wanted) report('tag_format', place.pointer, { tag: wanted, format });
}

function checkTag(tag: SemanticTag, { schema, pointer }: Place, report: Report): void {
  const { formats, least, personal } = tagRules[tag];
  const isText = typesOf(schema)?.includes('string') !== false;
  if (formats !== undefined && isText && !formats.some((name) => name === schema['format']))
    report('tag_format', pointer, { tag, format: formats.join(' / ') });
  const level = schema['x-sensitivity'];
  if (least !== undefined && typeof level === 'string' && level < least)
    report('sensitivity_too_low', pointer, { tag, least });
  if (personal === true && !['personal', 'sensitive'].includes(String(schema['x-personal'])))
    report('personal_missing', pointer, { tag });
}

/** Code lists must be registered, and `at` must name a sibling. Codes with limited terms need a date, or (`ever`) accept any term. */
export function checkCodes({ schema, pointer, parent }: Place, codeLists: CodeLists, report: Report): void {
  const reference = schema['x-code'];
  if (!isSchemaObject(reference) || typeof reference['list'] !== 'string') return;
  const version = reference['version'];
  const named = [codeListIdOf(reference['list']), typeof version === 'string' ? version : undefined] as const;
  if (codeLists.list(...named) === undefined)
    report('code_list_unknown', `${pointer}/x-code`, { list: reference['list'] });
  const { at } = reference;
  if (at === undefined && reference['ever'] !== true && codeLists.hasTerms(...named))
    report('code_terms_unasked', `${pointer}/x-code`, { list: reference['list'] });
  const siblings = parent?.schema['properties'];
  if (typeof at === 'string' && !(isSchemaObject(siblings) && Object.hasOwn(siblings, at))) {
    report('code_at_unknown', `${pointer}/x-code/at`, { name: at });
  }
}

/** Attachments of one field, at most. */
const maxAttachments = 20;

/**
 * An attachment is a top-level field, or an item of one that is a list. There the hub finds the ids that rows name. Format and keyword
 * occur together, because masks read the one and uploads the other.
 */
export function checkAttachments(place: Place, report: Report): void {
  const reason = attachmentFault(place);
  if (reason !== undefined) report('attachment_misplaced', place.pointer, { reason });
}

/** The part that is not written as it should be. */
function attachmentFault({ schema, role, parent }: Place): string | undefined {
  const isFormat = schema['format'] === 'attachment';
  const hasRules = schema['x-attachment'] !== undefined;
  if (isFormat !== hasRules) return 'format + x-attachment';
  if (!isFormat) return undefined;
  if (typesOf(schema)?.includes('string') !== true) return 'type';
  if (role === 'property' && parent?.role === 'root') return undefined;
  const isItem = role === 'item' && parent?.role === 'property' && parent.parent?.role === 'root';
  if (!isItem) return 'place';
  const most = parent.schema['maxItems'];
  return typeof most !== 'number' || most > maxAttachments ? `maxItems 1–${maxAttachments}` : undefined;
}

/**
 * A point is a top-level field of one form: there the hub indexes it, filters by it, and returns it as the geometry of a row. A schema has
 * at most one, because a GeoJSON feature has one geometry.
 */
export function checkPlaces(places: readonly Place[], report: Report): void {
  const points = places.filter(({ schema }) => schema['x-geo'] === 'point');
  for (const [index, { schema, pointer, role, parent }] of points.entries()) {
    const isField = role === 'property' && parent?.role === 'root';
    const reason = !isField ? 'place' : index > 0 ? 'one x-geo' : pointFault(schema);
    if (reason !== undefined) report('geo_misplaced', pointer, { reason });
  }
}

/** Root keywords that name fields: the primary key, the one subject. */
export function checkKeys(document: JsonSchema, resolve: Resolve, report: Report): void {
  const resolved = (field: JsonSchema): JsonSchema => withReferences(field, document, resolve);
  const key = document['x-primary-key'];
  const required = Array.isArray(document['required']) ? document['required'] : [];
  for (const [index, pointer] of (Array.isArray(key) ? key : []).entries()) {
    const name = typeof pointer === 'string' ? (pointerTokens(pointer)[0] ?? '') : '';
    const field = atPointer(document['properties'], `/${name}`);
    const canBeKey =
      isSchemaObject(field) &&
      typesOf(resolved(field))?.includes('null') !== true &&
      !mayBeNull(field, document, resolve);
    if (!canBeKey || !required.includes(name))
      report('primary_key_unknown', `/x-primary-key/${index}`, { name });
  }
  const fields = Object.values(isSchemaObject(document['properties']) ? document['properties'] : {});
  const subjects = fields.flatMap((field) => {
    const kind = isSchemaObject(field) ? resolved(field)['x-subject-key'] : undefined;
    return kind === undefined ? [] : [kind];
  });
  if (subjects.length > 1) report('subject_key_many', '/properties');
  const personal = personalPlace(document, resolve);
  // a place is not a person: the search for a person does not find an entry that names it
  if (personal !== undefined && !subjects.some((kind) => kind === 'person' || kind === 'organization'))
    report('subject_key_missing', personal);
}
