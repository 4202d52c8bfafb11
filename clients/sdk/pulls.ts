/** Pulls as the hub answers them. */
import type { components } from '../../api/openapi.ts';

export type PullShown = components['schemas']['PullShown'];
export type PullList = components['schemas']['PullList'];
