/** Requests of `receipt verify --witness` to a hub: the cosigned checkpoint, and the proof that leads to it. */
import { fromBase64 } from '../../../log/base64.ts';
import { bearsUnknownKey, followRotations } from '../../../log/note/keyRotation.ts';
import type { NoteVerifier } from '../../../log/note/noteKey.ts';
import type { Checkpoint } from '../../../log/checkpoint.ts';
import { parseWitnessKey } from '../../../log/witness/cosignature.ts';
import { verifyWitnessed, type WitnessCheck } from '../../../log/witness/verifyWitnessed.ts';
import { Connection } from '../../sdk/connection.ts';
import { boundedOrText } from '../boundedFile.ts';
import { openProfile, type ProfileOptions } from '../profile.ts';

/** @param keys witness keys, as text or files @throws Problem vkey_malformed; the network's error */
export async function witnessedBy(
  keys: readonly string[],
  checkpoint: Checkpoint,
  logKeys: readonly NoteVerifier[],
  options: ProfileOptions,
): Promise<WitnessCheck> {
  const witnesses = keys.map((key) => parseWitnessKey(boundedOrText(key)));
  const { hub } = openProfile(options);
  const connection = new Connection({ ca: hub.ca, sockets: 1 });
  const ask = async (path: string): Promise<string | undefined> => {
    const reply = await connection.send({
      method: 'GET',
      uri: `${hub.open}${path}`,
      headers: {},
      body: new Uint8Array(),
    });
    return reply.status === 200 ? Buffer.from(reply.body).toString('utf8') : undefined;
  };
  try {
    const cosigned = await ask('/v1/log/checkpoint/cosigned');
    const changed = cosigned !== undefined && bearsUnknownKey(cosigned, logKeys);
    return await verifyWitnessed(checkpoint, {
      logKeys: changed ? followRotations(logKeys, rotationsIn(await ask('/v1/log/anchors'))) : logKeys,
      witnesses,
      cosigned,
      proof: async (from, size) => hashesIn(await ask(`/v1/log/consistency?from=${from}&size=${size}`)),
    });
  } finally {
    connection.close();
  }
}

/** The statements in anchors.json; nothing else of it is believed. */
export function rotationsIn(text: string | undefined): readonly string[] {
  const { logKeyRotations } = JSON.parse(text ?? '{}') as { logKeyRotations?: unknown };
  return Array.isArray(logKeyRotations) ? logKeyRotations.map(String) : [];
}

function hashesIn(text: string | undefined): readonly Uint8Array[] | undefined {
  if (text === undefined) return undefined;
  const { proofs } = JSON.parse(text) as { proofs?: readonly { proof?: readonly string[] }[] };
  const hashes = (proofs?.[0]?.proof ?? []).map((hash) => fromBase64(hash));
  const whole = hashes.flatMap((hash) => hash ?? []);
  return whole.length === hashes.length ? whole : undefined;
}
