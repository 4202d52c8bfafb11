import type { SqlName } from '../../../domain/rowTable/names.ts';

/** The last part of a quoted name as the catalogues have it. */
export const plainName = (name: SqlName): string =>
  name.slice(name.lastIndexOf('."') + 1).replaceAll('"', '');
