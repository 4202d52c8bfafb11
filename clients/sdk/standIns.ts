/** Who stands in for a data steward: the shapes of openapi.yaml. */
import type { components } from '../../api/openapi.ts';

export type StandInList = components['schemas']['StandInList'];
export type PersonList = components['schemas']['PersonList'];
/** Places with one data steward and nobody beside her. */
export type MissingSeconds = components['schemas']['Waiting']['seconds'];
