import type { components } from '../../api/openapi.ts';

/** The service that a live dataset is asked of, as `showLiveService` tells it. */
export type LiveServiceShown = components['schemas']['LiveServiceShown'];
