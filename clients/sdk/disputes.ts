/** Disputes between departments as the hub answers them. */
import type { components } from '../../api/openapi.ts';

export type DisputeList = components['schemas']['DisputeList'];
export type DisputeView = components['schemas']['DisputeView'];
