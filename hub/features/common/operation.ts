import { operationsWith } from '../../pipeline/operation.ts';
import type { Services } from './services.ts';

/** Defines an operation of the hub: docs/how-to/add-an-operation.md. */
export const operation = operationsWith<Services>();
