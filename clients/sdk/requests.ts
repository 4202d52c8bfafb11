/** Requests for data as the hub answers them. */
import type { components } from '../../api/openapi.ts';

export type RequestView = components['schemas']['RequestView'];
export type RequestSummary = components['schemas']['RequestSummary'];
export type RequestPapers = components['schemas']['RequestPapers'];
