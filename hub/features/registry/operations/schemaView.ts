import type { SchemaRow } from '../../../registry/store/schemas.ts';
import { moment } from '../../common/listing.ts';

/** What lint has let in: only what a list tells of it is named. */
interface Registered {
  readonly 'x-title': { readonly zh: string; readonly en: string };
  readonly properties?: object;
}

/** `SchemaView` of openapi.yaml. */
export function schemaView(row: SchemaRow & { readonly registeredAt: number }) {
  const document = JSON.parse(row.document) as Registered;
  const { urn, name, major, minor, state, digest, registeredAt, compatibility } = row;
  const { owner, reason, sunset, successor } = row;
  const said = Object.entries({ owner, reason, sunset, successor }).filter(([, one]) => one !== null);
  return {
    ...{ urn, name, version: `${major}.${minor}`, title: document['x-title'], state, compatibility },
    ...Object.fromEntries(said),
    fields: Object.keys(document.properties ?? {}).length,
    ...{ digest, registeredAt: moment(registeredAt) },
  };
}
