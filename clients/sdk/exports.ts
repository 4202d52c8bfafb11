/** Exports: requested, awaited, and read piece by piece until the bytes match the hub's manifest. */
import type { Bilingual } from '../../terms/bilingual.ts';
import type { FaultWord } from '../../terms/factWords.ts';
import { createHash, type Hash } from 'node:crypto';
import { verifyStreamStatement, type StreamNote, type StreamStatement } from '../../certs/streamEnd.ts';
import { Problem } from '../../terms/problem.ts';
import { contextHeaders, jsonCall } from './jsonCall.ts';
import type { components } from '../../api/openapi.ts';
import { signedCall, type CallServices } from './signedCall.ts';
import type { Answer, CallContext } from './types.ts';

export type ExportQuestion = components['schemas']['ExportQuestion'];
export type Export = components['schemas']['Export'];

export interface ExportReading {
  /** bytes that the reader already has; reading continues after them */
  readonly from?: number;
  /** hash of those bytes */
  readonly hash?: Hash;
}

const invalid = (reason: FaultWord | Bilingual): Problem => new Problem('reply_stream_invalid', { reason });

/** A department's export files at the hub, where an agreement delivers `export`. */
export class Exports {
  private readonly services: CallServices;

  constructor(services: CallServices) {
    this.services = services;
  }

  /** Requests all rows of an agreement. */
  async ask(dataset: string, question: ExportQuestion, context: CallContext): Promise<Answer<Export>> {
    const input = jsonCall(pathOf(dataset), question, contextHeaders(context), 'required');
    return (await signedCall(input, this.services)) as Answer<Export>;
  }

  /** Returns the progress of a file. */
  async state(dataset: string, id: string): Promise<Answer<Export>> {
    const path = `${pathOf(dataset)}/${encodeURIComponent(id)}`;
    return (await signedCall({ method: 'GET', path, receipt: 'required' }, this.services)) as Answer<Export>;
  }

  /**
   * Notes about rows in the signed manifest of a file: `under-correction`, where data of their persons was reported as wrong when their
   * part was made.
   * @throws Problem reply_stream_invalid
   */
  async notes(ready: Export): Promise<readonly StreamNote[]> {
    return (await manifestOf(this.services, ready)).notes ?? [];
  }

  /**
   * Returns the bytes of a file that is ready, each piece signed and with a receipt. Once all are read, they are the file that the manifest
   * describes; otherwise it throws.
   * @throws Problem reply_stream_invalid, and as a call
   */
  async *bytes(
    ready: Export,
    context: CallContext,
    { from = 0, hash = createHash('sha256') }: ExportReading = {},
  ): AsyncGenerator<Uint8Array, void> {
    const manifest = await manifestOf(this.services, ready);
    const path = `${pathOf(ready.dataset)}/${ready.id}/file`;
    let at = from;
    while (at < manifest.bytes) {
      const headers = { ...contextHeaders(context), range: `bytes=${at}-` };
      const answer = await signedCall({ method: 'GET', path, headers, receipt: 'required' }, this.services);
      const { body, headers: reported, status } = answer;
      const range = `bytes ${at}-${at + body.length - 1}/${manifest.bytes}`;
      if (status !== 206 || reported.get('content-range') !== range || body.length === 0)
        throw invalid('other bytes than asked for');
      hash.update(body);
      at += body.length;
      yield body;
    }
    if (at !== manifest.bytes || hash.digest('base64url') !== manifest.sha256)
      throw invalid('the file is not that of its manifest');
  }
}

const pathOf = (dataset: string): string => `/v1/datasets/${encodeURIComponent(dataset)}/exports`;

/** @throws Problem reply_stream_invalid where the hub did not sign it for this file */
async function manifestOf(
  { hubKey, refreshHubKeys }: Pick<CallServices, 'hubKey' | 'refreshHubKeys'>,
  { id, manifest = '', rows, bytes }: Export,
): Promise<StreamStatement> {
  const verify = (): Promise<StreamStatement> => verifyStreamStatement(manifest, hubKey);
  const statement = await verify().catch(async () => {
    await refreshHubKeys();
    return verify().catch(() => {
      throw invalid('its manifest is not signed by the hub');
    });
  });
  const holds =
    statement.stream === id &&
    statement.state === 'complete' &&
    statement.rows === rows &&
    statement.bytes === bytes;
  if (!holds) throw invalid('its manifest is of another file');
  return statement;
}
