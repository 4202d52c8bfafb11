/** Headers of a dataset's replies while its current version is being replaced: RFC 9745 (Deprecation), RFC 8594 (Sunset). */
import { timeOfUuid7 } from '../../machine/uuid7.ts';
import { startOfDayInChina } from '../../terms/civilDate.ts';
import type { ChangeoverRow } from './store/changeovers.ts';
import type { DeprecatedSchema } from './store/schemas.ts';

/** Headers of a reply. */
export type LeavingNotice = Readonly<Record<string, string>>;

const day = 86_400_000;

/**
 * @param leaving its open changeover, and its schema version if that is deprecated
 * @returns the start, and the end of the last day (China time zone) if one is agreed, the earliest of each; undefined if neither applies
 */
function leavingNotice(
  ...leaving: readonly ({ readonly by: string; readonly sunset: string | null } | undefined)[]
): LeavingNotice | undefined {
  const known = leaving.filter((one) => one !== undefined);
  if (known.length === 0) return undefined;
  const since = Math.min(...known.map(({ by }) => timeOfUuid7(by)));
  const ends = known.flatMap(({ sunset }) => (sunset === null ? [] : [startOfDayInChina(sunset) + day]));
  return {
    deprecation: `@${Math.floor(since / 1000)}`,
    ...(ends.length === 0 ? {} : { sunset: new Date(Math.min(...ends)).toUTCString() }),
  };
}

/** The notice for a dataset that is bound to a version. */
export const noticeOf = (
  schema: string,
  changeover: Pick<ChangeoverRow, 'id' | 'sunset'> | undefined,
  deprecated: readonly DeprecatedSchema[],
): LeavingNotice | undefined =>
  leavingNotice(
    changeover === undefined ? undefined : { by: changeover.id, sunset: changeover.sunset },
    deprecated.find(({ urn }) => urn === schema),
  );
