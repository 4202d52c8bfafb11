/** What an export was asked for, kept until it goes: a filter may name persons, so it lies sealed. */
import type { DecisionRequest } from '../../../../policies/decision.ts';
import type { Sealer } from '../../rows/store/sealedParts.ts';

const contextOf = (id: string): string => `export ${id} asked`;

export const sealAsked = (sealer: Sealer, id: string, asked: DecisionRequest): Uint8Array =>
  sealer.seal(Buffer.from(JSON.stringify(asked), 'utf8'), contextOf(id));

/** @throws Problem sealed_bytes_damaged */
export function openAsked(sealer: Sealer, id: string, sealed: Uint8Array): DecisionRequest {
  // JSON has no undefined: a member that is not there is one
  const absent = {
    agreement: undefined,
    purpose: undefined,
    onBehalfOf: undefined,
    matter: undefined,
    fields: undefined,
    limit: undefined,
  };
  return {
    ...absent,
    ...(JSON.parse(Buffer.from(sealer.open(sealed, contextOf(id))).toString('utf8')) as DecisionRequest),
  };
}
