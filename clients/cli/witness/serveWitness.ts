/** The running witness: it answers add-checkpoint, one at a time, and checks the hub at intervals. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openCheckpoint } from '../../../log/checkpoint.ts';
import { fromBase64 } from '../../../log/base64.ts';
import {
  bearsUnknownKey,
  followRotations,
  parseRotation,
  rotationsOf,
} from '../../../log/note/keyRotation.ts';
import type { NoteVerifier } from '../../../log/note/noteKey.ts';
import { splitNote } from '../../../log/note/signedNote.ts';
import {
  judgeCheckpoint,
  maxAddCheckpointLength,
  parseAddCheckpoint,
  type AddCheckpoint,
  type Verdict,
} from '../../../log/witness/addCheckpoint.ts';
import { cosign } from '../../../log/witness/cosignature.ts';
import { isConsistent, type TreeHead } from '../../../log/tree/verifyProof.ts';
import { Problem } from '../../../terms/problem.ts';
import { Connection } from '../../sdk/connection.ts';
import { rotationsIn } from './witnessedBy.ts';
import { originHash, type Alarm, type WitnessFolder } from './witnessFolder.ts';

export interface WitnessOptions {
  readonly folder: WitnessFolder;
  /** the key to trust at first; the log's statements lead from it to later ones */
  readonly logKey: NoteVerifier;
  readonly listen: { readonly host: string; readonly port: number };
  /** the hub's open listener, checked at intervals and whenever a submission is in doubt */
  readonly hub?: { readonly origin: string; readonly ca: string };
  /** the log's current keys according to a mirror of the log, or its anchors.json; undefined where it cannot be read */
  readonly logKeys?: () => string | undefined;
  /** milliseconds between two checks of the hub */
  readonly every: number;
  /** Unix milliseconds */
  readonly now: () => number;
  readonly onAlarm: (alarm: Alarm, file: string) => void;
}

export interface RunningWitness {
  readonly origin: string;
  /**
   * Reads the stored keys and checks the hub now. @returns whether its log continues what was witnessed; undefined where no hub is named or
   * it cannot be reached
   */
  look(): Promise<boolean | undefined>;
  close(): Promise<void>;
}

/** checks in a row in which the hub showed a checkpoint and no proof, or less than was cosigned */
const maxUnanswered = 5;

export async function serveWitness(options: WitnessOptions): Promise<RunningWitness> {
  const { folder, logKey, now } = options;
  let turn: Promise<unknown> = Promise.resolve();
  /** judging and storing are one step: no two submissions are between them */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const mine = turn.then(work);
    turn = mine.catch(() => undefined);
    return mine;
  };
  const raise = (kind: Alarm['kind'], shown: string): void => {
    const stored = folder.latest(logKey.name)?.note ?? '';
    const alarm: Alarm = {
      kind,
      origin: logKey.name,
      at: new Date(now()).toISOString(),
      kept: stored,
      shown,
    };
    const file = folder.alarm(alarm);
    if (file !== undefined) options.onAlarm(alarm, file);
  };

  let keys = followRotations([logKey], folder.rotations(logKey.name));
  /** Follows a checkpoint with an unknown key: reads from file and hub the statements that lead to it. */
  async function followKeys(note: string): Promise<void> {
    if (!bearsUnknownKey(note, keys)) return;
    await followStored();
    if (connection === undefined || !bearsUnknownKey(note, keys)) return;
    const { status, text } = await ask('/v1/log/anchors');
    if (status === 200) await inTurn(() => take(rotationsIn(text)));
  }
  async function followStored(): Promise<void> {
    const stored = options.logKeys?.();
    if (stored !== undefined) await inTurn(() => take(rotationsIn(stored)));
  }
  async function take(statements: readonly string[]): Promise<void> {
    try {
      // an unsigned statement is no sign of a theft
      const followed = followRotations(keys, statements.filter(isSigned));
      if (followed.length === keys.length) return;
      await folder.keepRotations(logKey.name, rotationsOf(followed));
      keys = followed;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      raise('stolen', statements.join('\n'));
    }
  }

  async function add(request: AddCheckpoint): Promise<{ verdict: Verdict; line?: string }> {
    const verdict = judgeCheckpoint(request, (origin) =>
      origin === logKey.name ? { origin, keys, latest: folder.latest(origin) } : undefined,
    );
    if (verdict.status !== 200) {
      if ('doubt' in verdict && verdict.doubt === 'forked') raise('forked', request.checkpoint);
      // only an owner of the old key can make this
      if (verdict.status === 403 && verdict.code === 'note_key_ended') raise('stolen', request.checkpoint);
      return { verdict };
    }
    const { text } = splitNote(request.checkpoint);
    const line = cosign(text, Math.floor(now() / 1000), folder.signer);
    // only the log's own signatures: those of others are not stored
    const own = request.checkpoint
      .slice(text.length + 1)
      .split('\n')
      .filter((one) => one.startsWith(`— ${logKey.name} `));
    await folder.keep(logKey.name, `${text}\n${own.map((one) => `${one}\n`).join('')}${line}`);
    return { verdict, line };
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const end = (status: number, body: string, type = 'text/plain; charset=utf-8'): void => {
      response
        .writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body) })
        .end(body);
    };
    const called = [request.method, request.url].join(' ');
    if (called === `GET /${originHash(logKey.name)}/checkpoint`) {
      const latest = folder.latest(logKey.name);
      end(latest === undefined ? 404 : 200, latest?.note ?? 'nothing was cosigned yet\n');
      return;
    }
    if (called !== 'POST /add-checkpoint') {
      end(404, 'POST /add-checkpoint\n');
      return;
    }
    const body = await readText(request);
    if (body === undefined) {
      end(413, 'too long\n');
      return;
    }
    let submitted: AddCheckpoint;
    try {
      submitted = parseAddCheckpoint(body);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      end(400, `${error.message}\n`);
      return;
    }
    await followKeys(submitted.checkpoint).catch(() => undefined);
    const { verdict, line } = await inTurn(() => add(submitted));
    if (verdict.status === 200) end(200, line ?? '');
    else if (verdict.status === 409) end(409, `${verdict.latest}\n`, 'text/x.tlog.size');
    else end(verdict.status, `${verdict.why}\n`);
    if ('doubt' in verdict && verdict.doubt === 'suspect') void look();
  }

  const connection =
    options.hub === undefined
      ? undefined
      : new Connection({ ca: options.hub.ca, sockets: 1, timeout: 20_000 });

  async function ask(path: string): Promise<{ readonly status: number; readonly text: string }> {
    const uri = `${options.hub?.origin ?? ''}${path}`;
    const reply = await connection?.send({ method: 'GET', uri, headers: {}, body: new Uint8Array() });
    return { status: reply?.status ?? 0, text: Buffer.from(reply?.body ?? '').toString('utf8') };
  }

  let unanswered = 0;
  async function look(): Promise<boolean | undefined> {
    // a key that has ended is refused even where the next one is not presented
    await followStored().catch(() => undefined);
    if (connection === undefined) return undefined;
    let last = '';
    try {
      const { text: shown } = await ask('/v1/log/checkpoint');
      last = shown;
      await followKeys(shown);
      const checkpoint = openCheckpoint(shown, keys);
      const { size } = checkpoint;
      const stored = folder.latest(logKey.name);
      const old = stored?.size ?? 0;
      if (stored !== undefined && size < old) return await smaller(checkpoint, stored, shown);
      lagSince = undefined;
      const proof = old === 0 || old === size ? [] : await proofOf(old, size);
      if (proof === undefined) return withoutProof(shown);
      unanswered = 0;
      const { verdict } = await inTurn(() => add({ old, proof, checkpoint: shown }));
      if (verdict.status === 200) return true;
      // a submission arrived in between: the next check handles it
      if (verdict.status === 409) return undefined;
      raise('forked', shown);
      return false;
    } catch (error) {
      if (error instanceof Problem && error.code === 'note_key_ended') {
        raise('stolen', last);
        return false;
      }
      // not reached, or its answer is not signed: the hub's own checks report that
      return undefined;
    }
  }

  /** The answer of a check whose checkpoint was not proven: an alarm after five of them. A hub that is busy now answers the next time. */
  function withoutProof(shown: string): false | undefined {
    unanswered += 1;
    if (unanswered < maxUnanswered) return undefined;
    raise('unproven', shown);
    return false;
  }

  /** The answer of a check that was shown less than was cosigned: an alarm, unless it is only lag. */
  async function smaller(
    checkpoint: TreeHead,
    cosigned: TreeHead,
    shown: string,
  ): Promise<false | undefined> {
    if (await isLag(checkpoint, cosigned)) return undefined;
    raise('shrunk', shown);
    return false;
  }

  /** Unix milliseconds of the first of the checks in a row that showed less than was cosigned */
  let lagSince: number | undefined;
  /**
   * Whether a smaller checkpoint may come from a process of the hub that has not read yet what another one appended. The hub then proves
   * that the cosigned tree continues it, and shows a larger one soon. The owner of a log that was cut may have stored such a proof, but has
   * nothing larger to show.
   */
  async function isLag(shown: TreeHead, cosigned: TreeHead): Promise<boolean> {
    lagSince ??= now();
    // the empty log is consistent with every other one, and a hub's log is never empty
    if (shown.size === 0 || now() - lagSince > maxUnanswered * options.every) return false;
    const proof = await proofOf(shown.size, cosigned.size);
    return proof !== undefined && isConsistent(shown, cosigned, proof);
  }

  async function proofOf(from: number, size: number): Promise<Uint8Array[] | undefined> {
    const { status, text } = await ask(`/v1/log/consistency?from=${from}&size=${size}`);
    if (status !== 200) return undefined;
    const { proofs } = JSON.parse(text) as { proofs?: readonly { proof?: readonly string[] }[] };
    const hashes = proofs?.[0]?.proof?.map((hash) => fromBase64(hash));
    const whole = hashes?.flatMap((hash) => hash ?? []);
    return whole?.length === hashes?.length ? whole : undefined;
  }

  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  server.requestTimeout = 20_000;
  await new Promise<void>((listening, refused) => {
    server.once('error', refused).listen(options.listen.port, options.listen.host, listening);
  });
  const timer = setInterval(() => void look(), options.every).unref();
  void look();
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://${options.listen.host}:${port}`,
    look,
    close: async () => {
      clearInterval(timer);
      server.closeAllConnections();
      await new Promise<void>((closed) => server.close(() => closed()));
      await turn;
      connection?.close();
      folder.close();
    },
  };
}

function isSigned(statement: string): boolean {
  try {
    parseRotation(statement);
    return true;
  } catch (error) {
    if (error instanceof Problem) return false;
    throw error;
  }
}

/** The body as text, undefined where it is longer than any submission. */
async function readText(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    const piece = chunk as Buffer;
    bytes += piece.length;
    if (bytes > maxAddCheckpointLength) return undefined;
    chunks.push(piece);
  }
  return Buffer.concat(chunks).toString('utf8');
}
