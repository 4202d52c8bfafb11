/** What a held batch would change for readers, as the hub answers it. */
import type { components } from '../../api/openapi.ts';

export type BatchDifference = components['schemas']['BatchDifference'];
