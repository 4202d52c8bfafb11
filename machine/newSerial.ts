import { randomBytes } from 'node:crypto';
import { serialFrom } from '../certs/authority/serial.ts';

/** The serial of a new certificate. */
export const newSerial = (): string => serialFrom(randomBytes(16));
