/** The only file that loads @peculiar/x509: its container needs Reflect metadata before it is imported. */
import 'reflect-metadata';
import * as x509 from '@peculiar/x509';

/** The signature scheme of every certificate and revocation list of the hub. */
export const signatureScheme = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

/** PEM that ends with a newline, so that texts can be joined to a chain. */
export function pemOf(made: { toString(format: 'pem'): string }): string {
  return `${made.toString('pem').trim()}\n`;
}

export { x509 };
