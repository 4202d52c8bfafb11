/** Persons who sign for a department by passkey: the shapes of openapi.yaml. */
import type { components } from '../../api/openapi.ts';

export type MandateView = components['schemas']['MandateView'];
export type MandateList = components['schemas']['MandateList'];
export type PasskeyList = components['schemas']['PasskeyList'];
export type PolicyDocumentView = components['schemas']['PolicyDocumentView'];
