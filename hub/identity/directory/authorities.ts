/** Every process of a hub has the same authorities: what the database says of them, and what the key folder knows. */
import type { Authorities } from '../../keys/hubKeys.ts';
import { keepIntermediate, keepRootList, keptAuthorities } from '../../store/identity/authorities.ts';
import type { Reader } from '../../store/database/reader.ts';
import { Problem } from '../../../terms/problem.ts';

/** @throws Problem authority_… for what this hub's root did not sign, and the database's error */
export async function learnAuthorities(reader: Reader, authority: Authorities): Promise<void> {
  const { certificates, list } = await keptAuthorities(reader);
  await authority.learn(certificates, list);
}

/**
 * At the start: an archive from before a replacement knows neither the authority nor what the root has revoked since. Both come back from
 * the key folder, or a restored hub would trust what was stolen.
 */
export async function agreeOnAuthorities(reader: Reader, authority: Authorities): Promise<void> {
  await learnAuthorities(reader, authority);
  for (const one of authority.all())
    if (!authority.isFirst(one.serial)) await keepIntermediate(reader, one, null);
  const { number } = authority.rootList;
  await keepRootList(reader, { number, list: authority.rootRevocationList }, null);
}

/** @param now Unix ms @throws Problem authority_ended: it could let nobody in */
export function refuseEnded(authority: Authorities, now: number): void {
  authority.advance(now);
  const { signer, rootList } = authority;
  const [what, end] =
    signer.notAfter <= rootList.nextUpdate
      ? (['certificate', signer.notAfter] as const)
      : (['revocation list', rootList.nextUpdate] as const);
  if (end <= now || authority.revokedAt(signer.serial) !== undefined)
    throw new Problem('authority_ended', { what, ended: new Date(end).toISOString() });
}
