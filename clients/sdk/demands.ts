/** Demands for data that nobody offers, as the hub answers them. */
import type { components } from '../../api/openapi.ts';

export type DemandView = components['schemas']['DemandView'];
export type DemandList = components['schemas']['DemandList'];
